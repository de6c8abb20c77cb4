"""Ranking metrics and their intervals."""

import math
import random
from collections.abc import Sequence


def recall_at(ranked: Sequence[str], targets: Sequence[str | None], k: int) -> float:
    """Share of targets among the first k; a target without an id (not in the catalogue) counts as missed."""
    if not targets:
        return 0.0
    top = set(ranked[:k])
    return sum(target in top for target in targets if target) / len(targets)


def ndcg_at(ranked: Sequence[str], targets: Sequence[str | None], k: int) -> float:
    """NDCG@k with binary relevance (Järvelin and Kekäläinen, 2002)."""
    wanted = {target for target in targets if target}
    gain = sum(1 / math.log2(i + 2) for i, item_id in enumerate(ranked[:k]) if item_id in wanted)
    ideal = sum(1 / math.log2(i + 2) for i in range(min(len(targets), k)))
    return gain / ideal if ideal else 0.0


def reciprocal_rank_at(ranked: Sequence[str], targets: Sequence[str | None], k: int) -> float:
    """1 / rank of the first target among the first k, else 0."""
    wanted = {target for target in targets if target}
    return next((1 / (i + 1) for i, item_id in enumerate(ranked[:k]) if item_id in wanted), 0.0)


def interval(
    values: Sequence[float], clusters: Sequence[str], n_samples: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % bootstrap interval of the mean, resampling whole clusters (the turns of a dialogue depend on each other)."""
    groups: dict[str, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        groups.setdefault(cluster, []).append(value)
    sums = [(sum(group), len(group)) for group in groups.values()]
    draw = random.Random(seed)
    means = []
    for _ in range(n_samples):
        sample = draw.choices(sums, k=len(sums))
        means.append(sum(s for s, _ in sample) / sum(n for _, n in sample))
    means.sort()
    return means[int(0.025 * n_samples)], means[int(0.975 * n_samples)]


def percentile(values: Sequence[float], share: float) -> float:
    """Value below which `share` of the values lie (nearest rank); 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0
