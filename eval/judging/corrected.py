"""Means of a system by a judge, put right by the dialogues of it that people labelled; and what a mean can show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_Z95, _Z80 = 1.959964, 0.841621


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its standard error."""

    mean: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval."""
        return self.mean - _Z95 * self.error, self.mean + _Z95 * self.error


def mean_of(labels: np.ndarray) -> Estimate:
    """Return the mean of what people said, by itself."""
    return Estimate(float(labels.mean()), float(labels.std(ddof=1) / math.sqrt(len(labels))))


def corrected_mean(judged: np.ndarray, labels: np.ndarray, others: np.ndarray) -> Estimate:
    """Return the mean label, from few labels and a judge's numbers for these and for all other dialogues.

    Prediction-powered, its weight on the judge tuned: A. Angelopoulos, J. Duchi and T. Zrnic, "PPI++" (2023). The judge
    must not have seen these labels. A judge that tells nothing gets no weight: then it is the mean of the labels.
    """
    n, m = len(labels), len(others)
    spread = float(np.concatenate([judged, others]).var(ddof=1))
    shared = float(np.cov(judged, labels, ddof=1)[0, 1])
    weight = min(1.0, max(0.0, shared / ((1 + n / m) * spread))) if m and spread > 1e-12 else 0.0
    mean = float(labels.mean()) + (weight * float(others.mean() - judged.mean()) if m else 0.0)
    rest = float((labels - weight * judged).var(ddof=1)) / n
    return Estimate(mean, math.sqrt(rest + (weight**2 * float(others.var(ddof=1)) / m if m > 1 else 0.0)))


def corrected_share(seen: float, sensitivity: float, specificity: float) -> float:
    """Return the true share of good dialogues where a judge that errs calls the share `seen` good; nan for a blind one.

    W. Rogan and B. Gladen, "Estimating prevalence from the results of a screening test" (1978).
    """
    told = sensitivity + specificity - 1
    return min(1.0, max(0.0, (seen + specificity - 1) / told)) if told > 1e-9 else math.nan


def smallest_difference(labels: np.ndarray, systems: np.ndarray, n: int) -> float:
    """Return the difference of two systems' means that `n` dialogues an arm show in four of five trials, at 5 %."""
    return (_Z95 + _Z80) * spread_inside(labels, systems) * math.sqrt(2 / n)


def dialogues_needed(labels: np.ndarray, systems: np.ndarray, difference: float) -> int:
    """Return how many dialogues an arm show such a difference of means in four of five trials, at 5 %."""
    return math.ceil(2 * ((_Z95 + _Z80) * spread_inside(labels, systems) / difference) ** 2)


def spread_inside(labels: np.ndarray, systems: Sequence[str] | np.ndarray) -> float:
    """Return the standard deviation of labels about the mean of their system."""
    named = np.asarray(systems)
    groups = [labels[named == system] for system in np.unique(named)]
    free = sum(len(group) - 1 for group in groups)
    return math.sqrt(sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / max(free, 1))
