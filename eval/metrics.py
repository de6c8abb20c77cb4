"""Ranking metrics of one target each, from its rank alone, and their bootstrap intervals."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

MISSED = np.inf
"""Rank of a target that is not in the list, or has no id in the catalogue."""
Metric = Callable[[np.ndarray], np.ndarray]
"""(n,) ranks from 0, MISSED where the target was not found → (n,) values in 0–1."""

_BLOCK = 2_000_000


def rank_of(ranked: Sequence[Any], target: Any) -> float:
    """Return where a target stands in a list, from 0; None is never found."""
    return (
        next((float(i) for i, found in enumerate(ranked) if found == target), MISSED) if target is not None else MISSED
    )


def hit_at(k: int) -> Metric:
    """Make the metric that is 1 where the target is among the first k: recall of one target, or hit rate."""
    return lambda ranks: (ranks < k).astype(np.float64)


def ndcg_at(k: int) -> Metric:
    """Make NDCG@k for one relevant item: 1 / log2(rank + 2) among the first k."""
    return lambda ranks: np.where(ranks < k, 1 / np.log2(np.where(ranks < k, ranks, 0) + 2), 0.0)


def reciprocal_rank_at(k: int) -> Metric:
    """Make the metric that is 1 / (rank + 1) among the first k."""
    return lambda ranks: np.where(ranks < k, 1 / (np.where(ranks < k, ranks, 0) + 1), 0.0)


RANKING: Mapping[str, Metric] = {
    "R@1": hit_at(1),
    "R@10": hit_at(10),
    "R@50": hit_at(50),
    "NDCG@10": ndcg_at(10),
    "MRR@10": reciprocal_rank_at(10),
    "pool@100": hit_at(100),
    "pool@250": hit_at(250),
}
"""What is reported of a list of up to 250."""


def intervals(values: np.ndarray, clusters: Sequence[str], n_samples: int = 1000, seed: int = 0) -> np.ndarray:
    """Return 95 % bootstrap intervals of the means of (n, n_metrics) values, as (n_metrics, 2).

    Whole clusters are resampled, because the turns of one dialogue depend on each other.
    """
    _, cluster = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    sizes = np.bincount(cluster).astype(np.float64)
    sums = np.stack([np.bincount(cluster, column) for column in values.T], axis=1)
    draw = np.random.default_rng(seed)
    means = []
    step = max(1, _BLOCK // len(sizes))
    for start in range(0, n_samples, step):
        n = min(step, n_samples - start)
        drawn = draw.integers(0, len(sizes), (n, len(sizes))) + np.arange(n)[:, None] * len(sizes)
        times = np.bincount(drawn.ravel(), minlength=n * len(sizes)).reshape(n, len(sizes))
        means.append((times @ sums) / (times @ sizes)[:, None])
    return np.percentile(np.concatenate(means), [2.5, 97.5], axis=0).T


def with_intervals(columns: Mapping[str, np.ndarray], clusters: Sequence[str], seed: int = 0) -> dict[str, Any]:
    """Return {metric: {mean, low, high}} for columns of per-case values."""
    if not clusters:
        return {}
    bounds = intervals(np.stack(list(columns.values()), axis=1), clusters, seed=seed)
    return {
        name: {"mean": round(float(column.mean()), 4), "low": round(float(low), 4), "high": round(float(high), 4)}
        for (name, column), (low, high) in zip(columns.items(), bounds, strict=True)
    }


def percentile(values: Sequence[float], share: float) -> float:
    """Value below which `share` of the values lie (nearest rank); 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
