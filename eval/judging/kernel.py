"""Kernel ridge regression: dialogues that are alike in many small ways are judged alike."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.judging.ridge import Scale

WIDTH = 1.0
"""Of the Gaussian, for squared distances divided by the number of columns."""
STRENGTH = 3.0
"""Neither matters much: for two to five, and widths of one and two, the agreement with people stays within .02."""
_TURNS = 25
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Kernel:
    """A fitted regression; rows come in parts, and likeness is the sum over the parts."""

    scales: Sequence[Scale]
    known: Sequence[np.ndarray]
    """Standardised rows it compares with, (n, n_columns) a part."""
    duals: np.ndarray
    """Weight of each of them, (n,)."""
    level: float
    """Mean of the labels it was fitted to."""

    def above(self, rows: Sequence[np.ndarray]) -> np.ndarray:
        """Predict how far above the level dialogues lie, (n,)."""
        scaled = [scale(part) for scale, part in zip(self.scales, rows, strict=True)]
        predicted: np.ndarray = _likeness(scaled, self.known) @ self.duals
        return predicted


def fit_kernel(rows: Sequence[np.ndarray], labels: np.ndarray) -> Kernel:
    """Fit parts of rows, (n, n_columns) each, to (n,)."""
    scales = [Scale.of(part) for part in rows]
    scaled = [scale(part) for scale, part in zip(scales, rows, strict=True)]
    level = float(labels.mean())
    alike = _likeness(scaled, scaled) + STRENGTH * np.eye(len(labels))
    return Kernel(scales, scaled, np.linalg.solve(alike, labels - level), level)


def condensed(kernel: Kernel, n: int, seed: int = 0) -> Kernel:
    """Return nearly the same regression that compares with `n` means of similar rows instead of every row.

    Nyström's method with k-means: Zhang, Tsang and Kwok, "Improved Nyström low-rank approximation" (2008).
    """
    widths = np.cumsum([part.shape[1] for part in kernel.known])[:-1]
    rows = np.hstack(kernel.known)
    centres = rows[np.random.default_rng(seed).choice(len(rows), min(n, len(rows)), replace=False)]
    for _ in range(_TURNS):
        nearest = ((rows[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
        near = [rows[nearest == i] for i in range(len(centres))]
        centres = np.array([mine.mean(axis=0) if len(mine) else old for mine, old in zip(near, centres, strict=True)])
    known = np.split(centres, widths, axis=1)
    across, among = _likeness(kernel.known, known), _likeness(known, known)
    # What the whole regression was fitted to, from its own weights: labels less level are (K + strength) duals.
    target = _likeness(kernel.known, kernel.known) @ kernel.duals + STRENGTH * kernel.duals
    normal = across.T @ across + STRENGTH * among + _EPSILON * np.eye(len(among))
    return Kernel(kernel.scales, known, np.linalg.solve(normal, across.T @ target), kernel.level)


def _likeness(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> np.ndarray:
    """Return (n_a, n_b): for every part 1 for the same row and towards 0 for rows far apart."""
    alike = np.zeros((len(a[0]), len(b[0])))
    for one, other in zip(a, b, strict=True):
        squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
        alike += np.exp(-WIDTH / one.shape[1] * squares.clip(0))
    return alike
