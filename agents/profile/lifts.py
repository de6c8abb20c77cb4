"""What somebody likes more, or less, often than people do: from the items they like, by statistics.

The lift of a trait is (k + a) / (n·p + a), k of n liked items having it where people's base rate is p: the expected
posterior of a gamma-Poisson count (DuMouchel, 1999), so that two items make no taste.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.profile.traits import Trait, Traits

PRIOR = 5.0
"""a: expected likes that weigh as much as those seen."""
_LEAST_SURE = 1.64
"""Standard deviations above chance that a trait must stand to be called a taste."""
_LEAST_HAD = 3
"""Liked items with it, likewise."""
_LEAST_MISSED = 4.0
"""Likes expected to have a trait, of which hardly any does, before it is called avoided."""
_LEAST_LIFT = 0.2


@dataclass(frozen=True)
class Lift:
    """A trait somebody's likes have unusually often, or seldom."""

    trait: Trait
    log: float
    """Log of the lift; below 0 where it is avoided."""
    n_with: int
    n_liked: int
    expected: float
    """Of as many likes, how many would have it by chance."""


def log_lifts(traits: Traits, liked: Sequence[int], weights: Sequence[float] | None = None) -> np.ndarray:
    """Return (n_traits,) logs of the lifts; 0 for all where nothing is liked."""
    worth = np.ones(len(liked)) if weights is None else np.asarray(weights, np.float64)
    had = np.asarray(traits.matrix[list(liked)].T @ worth).ravel() if len(liked) else np.zeros(len(traits.base))
    found: np.ndarray = np.log((had + PRIOR) / (worth.sum() * traits.base + PRIOR))
    return found


def sure_lifts(traits: Traits, liked: Sequence[int]) -> list[Lift]:
    """Return the lifts that chance does not explain, the strongest first."""
    n = len(liked)
    if not n:
        return []
    had = np.asarray(traits.matrix[list(liked)].sum(axis=0)).ravel()
    expected = n * traits.base
    logs = log_lifts(traits, liked)
    deviation = (had - expected) / np.sqrt(np.maximum(expected * (1 - np.minimum(traits.base, 0.99)), 0.25))
    above = (deviation >= _LEAST_SURE) & (had >= _LEAST_HAD) & (logs >= _LEAST_LIFT)
    below = (deviation <= -_LEAST_SURE) & (expected >= _LEAST_MISSED) & (logs <= -_LEAST_LIFT)
    found = np.flatnonzero(above | below)
    order = found[np.lexsort((found, -np.abs(logs[found])))]
    return [Lift(traits.traits[i], float(logs[i]), int(had[i]), n, float(expected[i])) for i in order.tolist()]
