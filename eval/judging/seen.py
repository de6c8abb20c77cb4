"""What code sees in one exchange: what was asked, what the reply gives, and how the user took it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.dialogues import Exchange
from eval.judging import cues
from eval.judging.cut_off import is_cut
from retrieval.text import tokens

Asked = Literal["items", "about", "social", "other"]
Taken = Literal["praise", "complaint", "refusal", "plain", "none"]
_INFORMATIVE = 12
"""Words of a reply that can explain something."""
_REPEATED = 0.8
_ASKED_AGAIN = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """The facts of one exchange."""

    asked: Asked
    named: tuple[str, ...]
    fresh: int
    """Items not named before, by either side."""
    n_words: int
    answered: bool
    """The reply gives what was asked: items, an explanation, a courtesy."""
    empty: bool
    gap: bool
    """A gap or a placeholder where a name should stand."""
    repeated: bool
    """The reply was given before, nearly word by word, and names nothing new."""
    idle: bool
    """Small talk or a farewell where something was asked."""
    stutter: bool
    echo: bool
    """A sentence is said twice in the reply."""
    cut: bool
    """The reply breaks off."""
    explains: bool
    asks: bool
    on_topic: float
    """Share of content words that question and reply hold both, 0–1."""
    taken: Taken
    asked_again: bool
    """The user's next words say the same once more."""


def look(exchanges: Sequence[Exchange]) -> list[Seen]:
    """Return the facts of every exchange, in order."""
    found: list[Seen] = []
    before: set[str] = set()
    replies: list[str] = []
    told = [exchange.reply for exchange in exchanges]
    for i, exchange in enumerate(exchanges):
        asked_text = " ".join(tokens(exchange.asked))
        before |= {name for name in cues.named_in(exchange.asked) if name}
        cut = is_cut(exchange.reply, told[:i] + told[i + 1 :])
        seen = _look(exchange, before | {asked_text}, replies, cut=cut)
        before |= set(seen.named)
        replies.append(exchange.reply)
        found.append(seen)
    return found


def _look(exchange: Exchange, before: set[str], replies: Sequence[str], *, cut: bool) -> Seen:
    reply, asked = exchange.reply, asked_for(exchange.asked)
    named = tuple(exchange.items) or tuple(cues.named_in(reply))
    n_words = len(tokens(reply))
    empty = not n_words
    gap = bool(reply.strip()) and bool(cues.HOLE.search(reply.strip()) or cues.PLACEHOLDER.search(reply))
    fresh = [name for name in named if name not in before]
    repeated = not (empty or fresh) and any(cues.sameness(reply, old) >= _REPEATED for old in replies)
    idle = asked in ("items", "about") and not named and _is_idle(reply, n_words)
    explains = n_words >= _INFORMATIVE and bool(cues.REASONS.search(reply))
    good = not (empty or repeated or idle)
    return Seen(
        asked,
        named,
        len(fresh),
        n_words,
        good and _answers(asked, named, n_words, explains),
        empty,
        gap,
        repeated,
        idle,
        bool(cues.STUTTER.search(reply)),
        cues.echoes(reply),
        cut,
        explains,
        "?" in reply,
        cues.overlap(exchange.asked, reply),
        reaction(exchange.reaction),
        exchange.reaction is not None and cues.overlap(exchange.asked, exchange.reaction) >= _ASKED_AGAIN,
    )


def asked_for(text: str) -> Asked:
    """Return what a user's turn asks for."""
    if not tokens(text):
        return "other"
    wants, about = cues.WANTS.search(text), cues.ABOUT.search(text)
    if about and not (wants and "?" not in text):
        return "about"
    if wants:
        return "items"
    if cues.GREETING.search(text) or cues.FAREWELL.search(text) or cues.PRAISE.search(text):
        return "social"
    return "other"


def reaction(text: str | None) -> Taken:
    """Return how a user took the reply before."""
    if text is None:
        return "none"
    if cues.COMPLAINT.search(text):
        return "complaint"
    if cues.REFUSAL.search(text):
        return "refusal"
    return "praise" if cues.PRAISE.search(text) else "plain"


def _answers(asked: Asked, named: Sequence[str], n_words: int, explains: bool) -> bool:
    if asked == "items":
        return bool(named)
    if asked == "about":
        return explains or n_words >= _INFORMATIVE and not named
    return True


def _is_idle(reply: str, n_words: int) -> bool:
    return bool(cues.CLOSING.search(reply) or cues.CHATTER.search(reply)) and n_words < 2 * _INFORMATIVE
