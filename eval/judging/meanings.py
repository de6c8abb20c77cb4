"""What sentence vectors tell of a dialogue: how replies follow questions, and how the user's last turns sound."""

from collections.abc import Sequence

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
_LAST = 2


class Meanings:
    """Reads dialogues with an embedder; every text is embedded once a call."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def __call__(self, dialogues: Sequence[Dialogue]) -> Evidence:
        """Return cosines as columns, and the mean vectors of the last user turns and of the replies as blocks."""
        texts = sorted({turn.text for dialogue in dialogues for turn in dialogue.turns if turn.text.strip()})
        anchors = [sentence for sentences in SOUNDS.values() for sentence in sentences]
        vectors = self._embedder.embed([*anchors, *texts])
        sounds, start = [], 0
        for sentences in SOUNDS.values():
            sounds.append(vectors[start : start + len(sentences)])
            start += len(sentences)
        at = dict(zip(texts, vectors[len(anchors) :], strict=True))
        users = [_stacked(dialogue.said("user"), at, self._embedder.dim) for dialogue in dialogues]
        replies = [_stacked(dialogue.said("assistant"), at, self._embedder.dim) for dialogue in dialogues]
        columns = np.array(
            [
                [*_follows(dialogue, at), *_moves(mine, theirs), *_sounds(mine, sounds)]
                for dialogue, mine, theirs in zip(dialogues, users, replies, strict=True)
            ]
        )
        blocks = [
            np.array([one[-_LAST:].mean(axis=0) for one in users]),
            np.array([one.mean(axis=0) for one in replies]),
        ]
        return Evidence(columns, blocks)


Known = dict[str, np.ndarray]


def _stacked(texts: Sequence[str], at: Known, dim: int) -> np.ndarray:
    """Return the vectors of the texts that hold anything, one row of zeros where none does."""
    found = [at[text] for text in texts if text in at]
    return np.array(found) if found else np.zeros((1, dim))


def _follows(dialogue: Dialogue, at: Known) -> tuple[float, float, float]:
    """Return how near replies are to what was asked: mean, least, last."""
    near = [
        float(at[asked] @ at[reply])
        for asked, reply in ((one.asked, one.reply) for one in exchanges(dialogue))
        if asked in at and reply in at
    ] or [0.0]
    return sum(near) / len(near), min(near), near[-1]


def _moves(users: np.ndarray, replies: np.ndarray) -> tuple[float, float]:
    """Return how near a user's turns are to the ones before, and replies to the nearest one before."""
    said = [float(a @ b) for a, b in zip(users[1:], users, strict=False)]
    told = [float((replies[:i] @ reply).max()) for i, reply in enumerate(replies) if i]
    return sum(said) / max(len(said), 1), sum(told) / max(len(told), 1)


def _sounds(users: np.ndarray, sounds: Sequence[np.ndarray]) -> list[float]:
    """Return for every sound how near the user comes to it: on average with later turns weighing more, and last."""
    near = np.array([(users @ sentences.T).max(axis=1) for sentences in sounds])
    weights = 1 + np.linspace(0, 1, len(users))
    return [*(near @ weights / weights.sum()), *near[:, -1]]
