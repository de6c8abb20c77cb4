"""Putting several ranked lists together, and spreading one list out. Pure functions."""

from collections.abc import Callable, Sequence
from operator import itemgetter

import numpy as np

Similarity = Callable[[int, int], float]
"""How alike two positions of a list are, 0–1."""


def rrf(
    lists: Sequence[Sequence[int]], weights: Sequence[float] | None = None, c: float = 60
) -> list[tuple[int, float]]:
    """Fuse ranked lists by reciprocal rank: each list gives its weight / (c + rank), rank from 1.

    Returns (row, score) best first; on equal scores the one met first stays first. A row that is
    repeated within a list counts once, at its best rank. Raises ValueError where weights and lists differ in number.
    """
    scores: dict[int, float] = {}
    for rows, weight in zip(lists, weights if weights is not None else [1.0] * len(lists), strict=True):
        for rank, row in enumerate(dict.fromkeys(rows), start=1):
            scores[row] = scores.get(row, 0.0) + weight / (c + rank)
    return sorted(scores.items(), key=itemgetter(1), reverse=True)  # which keeps the order of equals


def mmr(relevance: Sequence[float], similarity: Similarity, k: int, trade_off: float = 0.7) -> list[int]:
    """Pick k positions by maximal marginal relevance, in the order picked.

    Each step takes the position with the highest trade_off · relevance − (1 − trade_off) · likeness to the nearest
    one already taken; trade_off 1 is plain relevance. Relevance is scaled to 0–1 here, so any unit will do.
    """
    if not len(relevance):
        return []
    wanted = _unit_range(np.asarray(relevance, np.float64))
    nearest = np.zeros(len(wanted))
    left = list(range(len(wanted)))
    picked: list[int] = []
    while left and len(picked) < k:
        best = max(left, key=lambda i: trade_off * wanted[i] - (1 - trade_off) * nearest[i])
        left.remove(best)
        picked.append(best)
        for i in left:
            nearest[i] = max(nearest[i], similarity(best, i))
    return picked


def _unit_range(values: np.ndarray) -> np.ndarray:
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.ones_like(values)
