"""One list of several: weights and the way to add are chosen by NDCG@10 on the validation position."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.metrics import MISSED
from eval.next_lists import METRICS, Lists, joined, top

_BATCH = 256
_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
_ROUNDS = 3
_WAYS = (("ranks", 5.0), ("ranks", 20.0), ("ranks", 60.0), ("shares", 1.0), ("shares", 0.5))


@dataclass(frozen=True)
class Fusion:
    """How lists are added up."""

    way: str
    """`ranks`: weight / (constant + rank), rank from 1 (Cormack et al. 2009). `shares`: weight × share of the list's
    scores to the power of the constant."""
    constant: float
    weights: Mapping[str, float]
    """By model."""

    def told(self) -> dict[str, Any]:
        """Return it for the file of results."""
        return {self.way: self.constant, **self.weights}


def fuse(lists: Mapping[str, Lists], fusion: Fusion, n_items: int) -> Lists:
    """List the best of the sums; the names are those of the weights."""
    used = [(lists[name], weight) for name, weight in fusion.weights.items() if weight]
    n_users = len(next(iter(lists.values())).items)
    parts = []
    for start in range(0, n_users, _BATCH):
        part = slice(start, start + _BATCH)
        total = np.zeros((len(range(n_users)[part]), n_items + 1), np.float32)  # the last column takes the −1
        for listed, weight in used:
            items = listed.items[part] % (n_items + 1)
            worth = weight * _worth(listed, fusion.way, fusion.constant)[part]
            np.put_along_axis(total, items, np.take_along_axis(total, items, axis=1) + worth, axis=1)
        parts.append(top(total[:, :n_items]))
    return joined(parts)


def choose(lists: Mapping[str, Lists], targets: np.ndarray, n_items: int) -> Fusion:
    """Choose way and weights, a model at a time from the best one on, by the NDCG@10 of these users."""
    pool = _Pool(list(lists.values()), targets, n_items)
    best: tuple[float, Fusion] | None = None
    for way, constant in _WAYS:
        columns = pool.columns(way, constant)
        value, weights = _weigh(pool, columns)
        if best is None or value > best[0]:
            best = value, Fusion(way, constant, dict(zip(lists, weights, strict=True)))
    assert best is not None
    return best[1]


def _weigh(pool: "_Pool", columns: np.ndarray) -> tuple[float, list[float]]:
    n = columns.shape[1]
    alone = [pool.ndcg(columns[:, i]) for i in range(n)]
    order = sorted(range(n), key=lambda i: -alone[i])
    weights = np.zeros(n, np.float32)
    weights[order[0]] = 1
    best, total = alone[order[0]], columns[:, order[0]].copy()
    for _ in range(_ROUNDS):
        before = best
        for i in order:
            rest = total - weights[i] * columns[:, i]
            for weight in _WEIGHTS:
                value = pool.ndcg(rest + np.float32(weight) * columns[:, i])
                if value > best:
                    best, weights[i] = value, weight
            total = rest + weights[i] * columns[:, i]
        if best == before:
            break
    return best, [float(weight) for weight in weights]


class _Pool:
    """All items listed for users whose target is listed by any model; the others are missed whatever the weights."""

    def __init__(self, lists: Sequence[Lists], targets: np.ndarray, n_items: int) -> None:
        found = np.any([(part.items == targets[:, None]).any(axis=1) for part in lists], axis=0)
        kept = np.flatnonzero(found)
        self._n_users, self._lists = len(targets), [Lists(part.items[kept], part.scores[kept]) for part in lists]
        users = np.arange(len(kept))[:, None]
        keys = [(users * n_items + part.items)[part.items >= 0] for part in self._lists]
        self._keys = np.unique(np.concatenate(keys)) if len(kept) else np.zeros(0, np.int64)
        self._user = self._keys // n_items
        self._places = [np.searchsorted(self._keys, key) for key in keys]
        self._target = np.searchsorted(self._keys, np.arange(len(kept)) * n_items + targets[kept])

    def columns(self, way: str, constant: float) -> np.ndarray:
        """Return (n_candidates, n_models) float32 of what each model adds."""
        columns = np.zeros((len(self._keys), len(self._lists)), np.float32, order="F")
        for i, (part, places) in enumerate(zip(self._lists, self._places, strict=True)):
            columns[places, i] = _worth(part, way, constant)[part.items >= 0]
        return columns

    def ndcg(self, total: np.ndarray) -> float:
        """Return the mean over all users; what ties with the target stands before it."""
        if not len(self._keys):
            return 0.0
        mine = total[self._target]
        ahead = np.bincount(self._user[total >= mine[self._user]], minlength=len(mine)) - 1
        return float(METRICS["NDCG@10"](np.where(mine > 0, ahead, MISSED)).sum()) / self._n_users


def _worth(lists: Lists, way: str, constant: float) -> np.ndarray:
    if way == "ranks":
        return np.where(lists.items >= 0, 1 / (constant + 1 + np.arange(lists.items.shape[1])), 0).astype(np.float32)
    share = lists.scores / np.maximum(lists.scores.sum(axis=1, keepdims=True), 1e-30)
    worth: np.ndarray = share**constant
    return worth
