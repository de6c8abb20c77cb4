"""Ridge regression in closed form; how strong it is chosen by leaving whole groups out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

STRENGTHS = np.logspace(0, 4, 13)
_WIDE = 3.0
"""Standardised features are cut off here: one odd dialogue must not pull a line of its own."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How columns are standardised: (n_columns,) each."""

    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> "Scale":
        """Measure the columns; one that never varies counts for nothing."""
        sd = rows.std(axis=0)
        return cls(rows.mean(axis=0), np.where(sd > 1e-9, sd, np.inf))

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return the rows standardised and cut off."""
        return ((rows - self.mean) / self.sd).clip(-_WIDE, _WIDE)


@dataclass(frozen=True, slots=True)
class Ridge:
    """A fitted regression."""

    scale: Scale
    weights: np.ndarray
    mean: float
    strength: float

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Predict (n,) from (n, n_columns)."""
        predicted: np.ndarray = self.scale(rows) @ self.weights + self.mean
        return predicted


def fit_ridge(rows: np.ndarray, labels: np.ndarray, groups: Sequence[str] | np.ndarray) -> Ridge:
    """Fit (n, n_columns) to (n,); the strength is the one that predicts groups left out best."""
    scale = Scale.of(rows)
    scaled, named = scale(rows), np.asarray(groups)
    lost = np.zeros(len(STRENGTHS))
    held = [named == group for group in np.unique(named)]
    for out in held if len(held) > 1 else []:
        mean = labels[~out].mean()
        weights = _weights(scaled[~out], labels[~out] - mean, STRENGTHS)
        lost += ((scaled[out] @ weights + mean - labels[out, None]) ** 2).sum(axis=0)
    strength = float(STRENGTHS[lost.argmin()] if len(held) > 1 else STRENGTHS[-1])
    mean = float(labels.mean())
    return Ridge(scale, _weights(scaled, labels - mean, np.array([strength]))[:, 0], mean, strength)


def _weights(rows: np.ndarray, labels: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Return (n_columns, n_strengths), from one decomposition of the smaller product of the rows with themselves."""
    if rows.shape[1] <= rows.shape[0]:
        values, axes = np.linalg.eigh(rows.T @ rows)
        turned = axes.T @ (rows.T @ labels)
        columns: np.ndarray = axes @ (turned[:, None] / (values.clip(0)[:, None] + strengths))
        return columns
    values, axes = np.linalg.eigh(rows @ rows.T)
    duals = axes @ ((axes.T @ labels)[:, None] / (values.clip(0)[:, None] + strengths))
    wide: np.ndarray = rows.T @ duals
    return wide
