"""What sentence vectors tell of a dialogue: how replies follow questions, and what either side's turns are like."""

from collections.abc import Mapping, Sequence

import numpy as np

from eval.dialogues import Dialogue, exchanges
from eval.judging.evidence import Evidence
from retrieval.embed import Embedder

SOUNDS = {
    "content": (
        "Thank you, that is exactly what I was looking for.",
        "Great suggestion, I will try that one!",
        "Perfect, I love it.",
    ),
    "annoyed": (
        "That is not what I asked for.",
        "You are not answering my question.",
        "You keep repeating the same thing.",
        "This makes no sense.",
    ),
    "declining": (
        "I already know it, suggest something else.",
        "I don't like that one.",
        "No, not interested.",
    ),
}
"""Sentences of our own that a user's turn is compared with."""
ACTS = {
    "nonsense": (
        "asdf it the the the is is.",
        "I do not know what you mean.",
        "Sorry, I did not understand that.",
    ),
    "opinion": ("It is a great story.", "I really liked it, it was so funny."),
    "recommend": ("I would recommend this one, have you seen it?", "Here is a list of titles you may like."),
    "explain": (
        "It is about a man who travels through time to save his family.",
        "It is directed by a famous director and stars well-known actors.",
    ),
    "farewell": ("You're welcome, have a great day!", "Goodbye!"),
    "ask": ("What kind of titles do you like?", "Which genre do you prefer?"),
}
"""Sentences of our own for what a turn does: replies are compared with them, and the user's turns."""
_LAST = 2
_OFF = (0.1, 0.2)
"""Cosines below which a reply has little to do with the question."""
_NEAR, _SAME = 0.7, 0.9
Known = Mapping[str, np.ndarray]


class Meanings:
    """Reads dialogues with an embedder; every text is embedded once a call."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, dialogues: Sequence[Dialogue]) -> Evidence:
        """Return cosines as columns, and the mean vectors of the last user turns and of the replies as blocks."""
        texts = {turn.text for dialogue in dialogues for turn in dialogue.turns if turn.text.strip()}
        anchors = {sentence for sounds in (SOUNDS, ACTS) for sentences in sounds.values() for sentence in sentences}
        wanted = sorted(texts | anchors)
        at = dict(zip(wanted, self._embedder.embed(wanted), strict=True))
        sounds, acts = (
            [np.array([at[sentence] for sentence in sentences]) for sentences in known.values()]
            for known in (SOUNDS, ACTS)
        )
        users = [_stacked(dialogue.said("user"), at, self._embedder.dim) for dialogue in dialogues]
        replies = [_stacked(dialogue.said("assistant"), at, self._embedder.dim) for dialogue in dialogues]
        columns = [
            [*_follows(dialogue, at), *_moves(mine, theirs), *_sounds(mine, sounds), *_acts(mine, theirs, acts)]
            for dialogue, mine, theirs in zip(dialogues, users, replies, strict=True)
        ]
        blocks = [
            np.array([one[-_LAST:].mean(axis=0) for one in users]),
            np.array([one.mean(axis=0) for one in replies]),
        ]
        return Evidence(np.array(columns), blocks)


def _stacked(texts: Sequence[str], at: Known, dim: int) -> np.ndarray:
    """Return the vectors of the texts that hold anything, one row of zeros where none does."""
    found = [at[text] for text in texts if text in at]
    return np.array(found) if found else np.zeros((1, dim))


def _follows(dialogue: Dialogue, at: Known) -> list[float]:
    """Return how near replies are to what was asked, how that varies, and how it changes from the first half on."""
    pairs = [(one.asked, one.reply) for one in exchanges(dialogue)]
    near = np.array([float(at[asked] @ at[reply]) for asked, reply in pairs if asked in at and reply in at] or [0.0])
    half = len(near) // 2
    grows = near[half:].mean() - near[: half or 1].mean()
    off = [float((near < bound).mean()) for bound in _OFF]
    return [near.mean(), near.min(), near[-1], float(np.median(near)), near.std(), grows, *off]


def _moves(users: np.ndarray, replies: np.ndarray) -> list[float]:
    """Return how near a user's turns are to those before, and replies to the nearest one before."""
    said = [float(a @ b) for a, b in zip(users[1:], users, strict=False)] or [0.0]
    again = np.array([float((users[:i] @ one).max()) for i, one in enumerate(users) if i] or [0.0])
    told = np.array([float((replies[:i] @ one).max()) for i, one in enumerate(replies) if i] or [0.0])
    shares = [float((told > _SAME).mean()), float((told > _NEAR).mean()), float((again > _NEAR).mean())]
    return [sum(said) / len(said), told.mean(), *shares, again.max()]


def _sounds(users: np.ndarray, sounds: Sequence[np.ndarray]) -> list[float]:
    """Return for every sound how near the user comes to it: on average with later turns weighing more, and last."""
    near = np.array([(users @ sentences.T).max(axis=1) for sentences in sounds])
    weights = 1 + np.linspace(0, 1, len(users))
    return [*(near @ weights / weights.sum()), *near[:, -1]]


def _acts(users: np.ndarray, replies: np.ndarray, acts: Sequence[np.ndarray]) -> list[float]:
    """Return for every act how near the replies come to it, on average and last, and the user on average."""
    theirs = np.array([(replies @ sentences.T).max(axis=1) for sentences in acts])
    mine = np.array([(users @ sentences.T).max(axis=1).mean() for sentences in acts])
    return [*theirs.mean(axis=1), *theirs[:, -1], *mine]
