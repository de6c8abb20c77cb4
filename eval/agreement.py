"""How well two judges agree: rank correlations, quadratic kappa, Krippendorff's alpha, and intervals for them."""

from collections.abc import Callable, Sequence

import numpy as np

N_RESAMPLES = 2_000
_ENOUGH = 0.9
"""Share of the resamples that must give a number before an interval is told."""


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation, nan where one side never varies."""
    x, y = a - a.mean(), b - b.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 1e-12 else float("nan")


def ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks from 1, ties sharing the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    shared: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return shared


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation of ranks, nan where one side never varies."""
    return pearson(ranks(a), ranks(b))


def kendall(a: np.ndarray, b: np.ndarray) -> float:
    """Return tau-b, which allows for ties on both sides; nan where one side never varies."""
    upper = np.triu_indices(len(a), 1)
    x, y = np.sign(np.subtract.outer(a, a))[upper], np.sign(np.subtract.outer(b, b))[upper]
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size else float("nan")


def quadratic_kappa(a: np.ndarray, b: np.ndarray) -> float:
    """Return Cohen's kappa with squared distances as weights, of numbers as they are (no levels needed).

    Scale counts: a judge that ranks well but is off by one everywhere scores low.
    """
    by_chance = float(a.var() + b.var() + (a.mean() - b.mean()) ** 2)
    return 1 - float(((a - b) ** 2).mean()) / by_chance if by_chance > 1e-12 else float("nan")


def krippendorff(units: Sequence[Sequence[float]]) -> float:
    """Return alpha for interval data; a unit holds the values it was given, and counts if it has two or more.

    K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011). nan where there is nothing to disagree about.
    """
    pairable = [np.asarray(unit, float) for unit in units if len(unit) > 1]
    if not pairable:
        return float("nan")
    pooled = np.concatenate(pairable)
    # The sum of squared differences over all ordered pairs of n values is 2 n² times their variance.
    observed = sum(2 * len(unit) ** 2 * float(unit.var()) / (len(unit) - 1) for unit in pairable) / len(pooled)
    expected = 2 * len(pooled) * float(pooled.var()) / (len(pooled) - 1)
    return 1 - observed / expected if expected > 1e-12 else float("nan")


def within(a: np.ndarray, b: np.ndarray, groups: np.ndarray) -> float:
    """Return the correlation of what is left when every group's mean is taken away on both sides."""
    x, y = a.astype(float), b.astype(float)
    for group in np.unique(groups):
        inside = groups == group
        x[inside] -= x[inside].mean()
        y[inside] -= y[inside].mean()
    return pearson(x, y)


def one_against_others(units: Sequence[Sequence[float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (one annotator's value, mean of the others, number of the unit) for units of two or more."""
    ones, others, at = [], [], []
    for i, unit in enumerate(units):
        for value in unit if len(unit) > 1 else ():
            ones.append(value)
            others.append((sum(unit) - value) / (len(unit) - 1))
            at.append(i)
    return np.asarray(ones, float), np.asarray(others, float), np.asarray(at, int)


def interval(
    statistic: Callable[[np.ndarray], float], clusters: np.ndarray, *, n: int = N_RESAMPLES, seed: int = 0
) -> tuple[float, float] | None:
    """Return the 95 % interval of a bootstrap that draws whole clusters; None where too few resamples give a number.

    `statistic` is given the rows drawn, as positions, some more than once.
    """
    rng = np.random.default_rng(seed)
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    if len(members) < 2:
        return None
    drawn = (
        statistic(np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])) for _ in range(n)
    )
    held = [value for value in drawn if not np.isnan(value)]
    if len(held) < _ENOUGH * n:
        return None
    low, high = np.quantile(held, [0.025, 0.975])
    return float(low), float(high)
