"""What a model predicts for many users at once: the best items and their scores, and where the right one stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from eval.metrics import MISSED, hit_at, ndcg_at, reciprocal_rank_at

DEPTH = 200
_BATCH = 256
METRICS = {
    "R@5": hit_at(5),
    "NDCG@5": ndcg_at(5),
    "R@10": hit_at(10),
    "NDCG@10": ndcg_at(10),
    "R@50": hit_at(50),
    "HR@1": hit_at(1),
    "MRR@10": reciprocal_rank_at(10),
}
"""With one right item a user, recall and hit rate are the same."""


@dataclass(frozen=True)
class Lists:
    """Of each user the 200 best items, best first."""

    items: np.ndarray
    """(n_users, 200) int32 positions of items, −1 where there are no more."""
    scores: np.ndarray
    """(n_users, 200) float32 above 0, falling; 0 where there are no more."""


class Scorer(Protocol):
    """Scores every item for every history."""

    def score(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        """Return (n_histories, n_items) float32; only what is above 0 is ever listed."""
        ...


def predict(scorer: Scorer, histories: Sequence[np.ndarray]) -> Lists:
    """List the best items of each history, never one that is in it."""
    parts = []
    for start in range(0, len(histories), _BATCH):
        batch = histories[start : start + _BATCH]
        scores = scorer.score(batch)
        for row, history in zip(scores, batch, strict=True):
            row[history] = 0
        parts.append(top(scores))
    return joined(parts)


def top(scores: np.ndarray) -> Lists:
    """List the best of (n, n_items) scores, equals in an order drawn by chance.

    Not that of the file: items are often numbered as they were first taken, which tells what came next.
    """
    depth = min(DEPTH, scores.shape[1])
    best = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    values = np.take_along_axis(scores, best, axis=1)
    drawn = np.random.default_rng(0).permutation(scores.shape[1])
    order = np.lexsort((drawn[best], -values), axis=1)
    best, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
    listed = values > 0
    return Lists(np.where(listed, best, -1).astype(np.int32), np.where(listed, values, 0).astype(np.float32))


def joined(parts: Sequence[Lists]) -> Lists:
    """Put the lists of batches of users one after another."""
    return Lists(np.concatenate([part.items for part in parts]), np.concatenate([part.scores for part in parts]))


def ranks_of(lists: Lists, targets: np.ndarray) -> np.ndarray:
    """Return where each user's target stands, from 0; MISSED where it is not listed."""
    found = lists.items == targets[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1), MISSED)


def ndcg(lists: Lists, targets: np.ndarray) -> float:
    """Return the mean NDCG@10, by which everything is chosen."""
    return float(METRICS["NDCG@10"](ranks_of(lists, targets)).mean())
