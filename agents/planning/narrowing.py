"""Is a question worth a turn? What the answer is expected to cut off the pool, against what asking costs.

Of a facet with the choices c the gain is Σ P(c) · log2(1 / share(c)) bits: P(c) is how likely the answer is, over the
best of the pool weighted by the ranking, an item with several of the choices giving each an equal part; share(c) what
part of the whole pool the answer leaves. An answer beside the choices gains nothing. Halving it for sure is one bit.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

_HALF_WEIGHT_AT = 20
"""Place at which an item counts half of the first one."""


class Split(NamedTuple):
    """How a facet would split a pool."""

    choices: list[str]
    """Commonest first."""
    gain: float
    """Bits, 0 where nothing is cut off."""
    covered: float
    """How likely one of the choices is the answer, 0–1."""


def weights_of(n: int) -> np.ndarray:
    """Return how likely each place of a ranking holds what is wanted, (n,), summing to 1."""
    weights = 1.0 / (1.0 + np.arange(n) / _HALF_WEIGHT_AT)
    return np.asarray(weights / weights.sum())


def split_by(values: Sequence[Any], weights: np.ndarray, counts: Mapping[str, int], n_pool: int) -> Split:
    """Return the split of a pool by one facet.

    `values` are those of its best items (one, a list or None), best first, with their `weights`; `counts` says of the
    choices, the commonest first, how many of the `n_pool` items have each.
    """
    answers = dict.fromkeys(counts, 0.0)
    for value, weight in zip(values, weights.tolist(), strict=True):
        several = value if isinstance(value, list) else [value]
        offered = [one for one in several if one in answers]
        for one in offered:
            answers[one] += weight / len(offered)
    gain = sum(p * float(np.log2(n_pool / max(counts[one], 1))) for one, p in answers.items())
    return Split(list(counts), max(gain, 0.0), sum(answers.values()))


def best_split(splits: Mapping[str, Split], cost: float, least_covered: float) -> str:
    """Return the facet whose question gains most over its cost, "" where none is worth it."""
    worth = {name: split.gain - cost for name, split in splits.items() if split.covered >= least_covered}
    best = max(worth, key=lambda name: worth[name], default="")
    return best if best and worth[best] > 0 else ""
