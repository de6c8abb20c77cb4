"""Familiar ↔ adventurous: how far the ranking leans to what many know, or to what few know and to variety."""

import re
from collections.abc import Sequence

import numpy as np

from agents.ranking.ranker import Ranked
from retrieval.bundle import Bundle
from retrieval.fuse import mmr

_DEEP = 200
"""Items of the pool that change places, the best; the others stay behind them, so that limits still find theirs."""
_SPREAD = 50
"""Of them, those chosen to be unlike each other."""
_FAME = 0.6
"""What the best known is worth beside the least known, where relevance spans 1, at the ends of the control."""
_VARIETY = 0.5
"""Weight of likeness beside relevance at the adventurous end (Carbonell and Goldstein, 1998)."""
_KNOWN = r"(?:well[- ]?known|known|popular|famous|mainstream|obvious)"
_LESS = re.compile(
    rf"\b(?:less(?:er)?|not (?:so|as|too|that)|under)[- ]?{_KNOWN}\b(?! than)|\b(?:hidden|overlooked) gems?\b"
    r"|\bunder the radar\b|\boff the beaten (?:track|path)\b|\b(?:more|something|anything) obscure\b"
)
_MORE = re.compile(rf"\b(?:more|better)[- ]{_KNOWN}\b(?! than)|\bpopular ones\b|\b(?:a|the) safe (?:bet|choice)\b")
_SURPRISE = re.compile(r"\bsurprise me\b|\bmore adventurous\b|\bsomething (?:completely|totally|very) different\b")


def level_in(text: str) -> float | None:
    """Return the level a message asks for, −1 (familiar) to 1 (adventurous); None where it asks for none."""
    said = text.lower()
    levels = ((_SURPRISE, 1.0), (_LESS, 0.7), (_MORE, -0.7))
    return next((level for words, level in levels if words.search(said)), None)


def without_level(text: str) -> str:
    """Return a message without the words that ask for a level: they describe no item, and set no limit."""
    for words in (_SURPRISE, _LESS, _MORE):
        text = re.sub(words.pattern, " ", text, flags=re.IGNORECASE)
    return text


def leaning(ranked: Sequence[Ranked], level: float, bundle: Bundle) -> list[Ranked]:
    """Return a ranked pool as a level between −1 and 1 would have it, scores unchanged; 0 changes nothing.

    Fame is how an item stands among the best of the pool: below 0 the known rise, above 0 the others, and the more so
    the more they differ from those before them.
    """
    if not level or len(ranked) < 2:
        return list(ranked)
    best, rest = list(ranked[:_DEEP]), ranked[_DEEP:]
    worth = _unit([entry.score for entry in best])
    known = bundle.catalog.prominence[[entry.row for entry in best]]
    fame = np.searchsorted(np.sort(known), known) / max(1, len(known) - 1)
    worth = worth - level * _FAME * fame
    order = np.argsort(-worth, kind="stable")
    if level > 0:
        front = order[:_SPREAD]
        likeness = _likeness([best[i].row for i in front], bundle)
        picked = mmr(worth[front].tolist(), lambda a, b: float(likeness[a, b]), len(front), 1 - _VARIETY * level)
        order = np.r_[front[picked], order[_SPREAD:]]
    return [*(best[i] for i in order), *rest]


def _unit(values: Sequence[float]) -> np.ndarray:
    """Scale to 0–1."""
    given = np.asarray(values, np.float64)
    span = given.max() - given.min()
    return (given - given.min()) / span if span > 0 else np.zeros(len(given))


def _likeness(rows: Sequence[int], bundle: Bundle) -> np.ndarray:
    if bundle.dense is None:
        return bundle.attributes.facets(rows, rows)
    vectors = bundle.dense.vectors[rows].astype(np.float32)
    likeness: np.ndarray = np.maximum(vectors @ vectors.T, 0)
    return likeness
