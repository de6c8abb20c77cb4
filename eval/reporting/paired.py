"""Two systems on the same units: the differences, how sure they are, and how small a one could have been seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb, sqrt

import numpy as np

from eval import agreement
from eval.reporting.units import Unit

_N_FLIPS = 10_000
_EXACT = 12
"""Up to so many clusters all signs are tried."""
_SEEN = 1.96 + 0.8416
"""Standard errors a true difference must measure to be found four times in five at 5 %, two-sided."""
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Difference:
    """What one metric says of B against A."""

    metric: str
    n: int
    """Units both have."""
    a: float
    b: float
    interval: tuple[float, float] | None
    """95 %, of B − A."""
    better: int
    """Units in which B is higher, then those in which it is lower."""
    worse: int
    p: float
    """By flipping signs of whole clusters."""
    p_sign: float
    """By counting the signs of clusters alone."""
    smallest: float
    """The difference that would have been seen four times in five."""
    p_holm: float = 1.0
    """`p` for having looked at all metrics."""

    @property
    def difference(self) -> float:
        """Return B − A."""
        return self.b - self.a


def compare(a: Sequence[Unit], b: Sequence[Unit], seed: int = 0) -> list[Difference]:
    """Return the differences by metric over the units both have, corrected by Holm for their number."""
    others = {unit.name: unit for unit in b}
    pairs = [(unit, others[unit.name]) for unit in a if unit.name in others]
    metrics = dict.fromkeys(name for mine, its in pairs for name in mine.values if name in its.values)
    found = [_difference(metric, pairs, seed) for metric in metrics]
    return _holm([one for one in found if one.n >= FEWEST])


def _difference(metric: str, pairs: Sequence[tuple[Unit, Unit]], seed: int) -> Difference:
    both = [(mine, its) for mine, its in pairs if metric in mine.values and metric in its.values]
    x = np.array([mine.values[metric] for mine, _ in both])
    y = np.array([its.values[metric] for _, its in both])
    d, clusters = y - x, np.array([mine.cluster for mine, _ in both])
    sums = np.array([d[clusters == cluster].sum() for cluster in np.unique(clusters)])
    better, worse = int((d > 0).sum()), int((d < 0).sum())
    return Difference(
        metric,
        len(d),
        float(x.mean()),
        float(y.mean()),
        agreement.interval(lambda at: float(d[at].mean()), clusters, seed=seed),
        better,
        worse,
        _p_of_flips(sums, seed),
        _p_of_signs(int((sums > 0).sum()), int((sums < 0).sum())),
        _SEEN * _error_of_mean(sums, len(d)),
    )


def _error_of_mean(sums: np.ndarray, n: int) -> float:
    """Return the standard error of the mean over n units, whose clusters sum up to `sums`."""
    k = len(sums)
    return float(sqrt(k * sums.var(ddof=1)) / n) if k > 1 else float("nan")


def _p_of_flips(sums: np.ndarray, seed: int) -> float:
    """Return how often chance alone gives a mean as far from 0, were A and B the same."""
    held = sums[sums != 0]
    if not len(held):
        return 1.0
    seen = abs(held.sum()) - 1e-9
    if len(held) <= _EXACT:
        signs = 1 - 2 * ((np.arange(2 ** len(held))[:, None] >> np.arange(len(held))) & 1)
        return float((np.abs(signs @ held) >= seen).mean())
    rng, n_far = np.random.default_rng(seed), 0
    for _ in range(10):
        signs = rng.choice([-1.0, 1.0], (_N_FLIPS // 10, len(held)))
        n_far += int((np.abs(signs @ held) >= seen).sum())
    return (n_far + 1) / (_N_FLIPS + 1)


def _p_of_signs(better: int, worse: int) -> float:
    n, few = better + worse, min(better, worse)
    return min(1.0, 2 * sum(comb(n, i) for i in range(few + 1)) / 2**n) if n else 1.0


def _holm(found: Sequence[Difference]) -> list[Difference]:
    """S. Holm, "A simple sequentially rejective multiple test procedure" (1979)."""
    corrected: dict[str, float] = {}
    highest = 0.0
    for rank, one in enumerate(sorted(found, key=lambda one: one.p)):
        highest = max(highest, min(1.0, one.p * (len(found) - rank)))
        corrected[one.metric] = highest
    return [replace(one, p_holm=corrected[one.metric]) for one in found]
