"""Fitting the weights of a ranker: a conditional logit with weights that are never below a floor."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.ranking.learned import ASKED, COLUMNS

_RIDGE = 0.001
_STEPS = 100
_LEAST_SPREAD = 0.003
"""A column that varies less has its floor for a weight, for nothing speaks for more."""
_EVERY = 2
"""Of the candidates nobody took, every second is used."""
FLOORS = {
    "words_of_request": 1.0, "meaning_of_request": 1.0, "keywords": 1.0, "meaning": 1.0, "unsure_words_met": 0.5,
    "likes_met": 1.0, "dislikes_not_met": 1.0, "likeness_asked_for": 2.0, "subject_asked_for": 3.0,
}  # fmt: skip
"""Least weight of what was asked for: in small talk words hardly count, but a wish must outweigh fame."""


@dataclass(frozen=True)
class Pool:
    """The candidates of one turn."""

    group: str
    """Turns of one group are never parted: the dialogue, with the name of its file."""
    columns: np.ndarray
    """(n, n_columns) float32, as `agents.ranking.learned.COLUMNS`."""
    context: np.ndarray
    """(n_context,) as `agents.ranking.learned.CONTEXT`."""
    taken: np.ndarray
    """(n,) bool: what was recommended next."""
    fixed: np.ndarray
    """(n,) what the fixed weights give."""
    n_targets: int
    """How many were recommended next, in the pool or not."""
    learned: bool
    """Whether the learned ranker is to speak; else the fixed weights rank."""


def fit(pools: Sequence[Pool]) -> np.ndarray:
    """Return (n_columns,) weights, by maximum likelihood over the pools that hold what was taken, with a ridge."""
    from scipy.optimize import minimize

    kept = [_thinned(pool) for pool in pools if pool.learned and pool.taken.any()]
    columns = np.concatenate([columns for columns, _ in kept])
    spread = columns.std(axis=0)
    scale = np.where(spread > _LEAST_SPREAD, spread, 1.0).astype(np.float32)
    columns = columns / scale
    sizes = np.array([len(taken) for _, taken in kept])
    starts, turn = np.r_[0, np.cumsum(sizes)[:-1]], np.repeat(np.arange(len(sizes)), sizes)
    wanted = np.concatenate([taken / taken.sum() for _, taken in kept]).astype(np.float32)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = columns @ weights.astype(np.float32)
        logits -= np.maximum.reduceat(logits, starts)[turn]
        odds = np.exp(logits)
        total = np.add.reduceat(odds, starts)
        value = -float(wanted @ (logits - np.log(total)[turn])) / len(sizes)
        slope = (odds / total[turn] - wanted) @ columns / len(sizes)
        return value + _RIDGE / 2 * float(weights @ weights), slope.astype(np.float64) + _RIDGE * weights

    floors = np.array([FLOORS.get(name, 0.0) for name in COLUMNS]) * scale
    found = minimize(
        loss, np.maximum(floors, 0.1), jac=True, method="L-BFGS-B",
        bounds=[(floor, None) for floor in floors], options={"maxiter": _STEPS},
    )  # fmt: skip
    weights: np.ndarray = found.x / scale
    return weights


def _thinned(pool: Pool) -> tuple[np.ndarray, np.ndarray]:
    kept = pool.taken.copy()
    kept[::_EVERY] = True
    columns = pool.columns[kept]
    # The weights of these are their floors: fitted along, the first bends all the others (ReDial R@10 .123, not .129).
    columns[:, [list(COLUMNS).index(name) for name in ASKED]] = 0
    return columns, pool.taken[kept]


def folds_of(pools: Sequence[Pool], n_folds: int = 5, seed: int = 0) -> np.ndarray:
    """Return the fold of each pool, drawn by group."""
    groups, group = np.unique([pool.group for pool in pools], return_inverse=True)
    return np.random.default_rng(seed).permutation(len(groups))[group] % n_folds
