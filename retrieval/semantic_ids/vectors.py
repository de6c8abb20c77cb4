"""The vectors that items are quantised by: what an item says of itself, mixed with the company it keeps."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from scipy import sparse

from retrieval.followed import followed

_DIM = 64
_WINDOW = 5
_DECAY = 0.8
"""Weight of a pair one step further apart in a history."""
_OVERSAMPLED = 16
_POWER_ITERATIONS = 4
_RIDGE = 0.03
_ENOUGH = 1.0
"""Histories with an item at which its own company counts as much as the one its text lets expect."""
_SHARE = 0.5
"""Of the collaborative part in the squared length of a mixed vector."""


def collaborative_vectors(
    histories: Sequence[np.ndarray], n_items: int, dim: int = _DIM, window: int = _WINDOW, decay: float = _DECAY
) -> np.ndarray:
    """Return (n_items, dim) float32, unit rows: items alike that stand beside the same items in histories.

    Positive pointwise mutual information of standing at most `window` apart, nearer pairs counting more, factored by
    a truncated SVD (Levy and Goldberg 2014). The rows of items without company are 0, and so are the columns beyond
    the number of items.
    """
    forward = followed(histories, n_items, window, decay)
    informative = _ppmi(forward + forward.T)
    vectors = np.zeros((n_items, dim), np.float32)
    if informative.nnz:
        left, strengths = _truncated_svd(informative, min(dim, n_items))
        vectors[:, : len(strengths)] = left * np.sqrt(strengths)
    return _unit(vectors)


def _ppmi(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    pairs = counts.tocoo()
    unlike = pairs.row != pairs.col
    row, col, data = pairs.row[unlike], pairs.col[unlike], pairs.data[unlike]
    sums = np.bincount(row, data, counts.shape[0])
    values = np.log(data * sums.sum() / (sums[row] * sums[col]))
    kept = values > 0
    return sparse.csr_matrix((values[kept].astype(np.float32), (row[kept], col[kept])), shape=counts.shape)


def _truncated_svd(matrix: sparse.csr_matrix, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the left singular vectors (n, dim) and values of a symmetric matrix (Halko, Martinsson and Tropp 2011)."""
    n_columns = min(dim + _OVERSAMPLED, matrix.shape[0])
    basis = np.random.default_rng(0).standard_normal((matrix.shape[0], n_columns)).astype(np.float32)
    for _ in range(_POWER_ITERATIONS):
        basis = np.linalg.qr(matrix @ basis)[0]
    left, strengths, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    return left[:, :dim], strengths[:dim]


class Mixer:
    """Mixes text vectors with collaborative ones, and lets a text stand for the company an item does not have yet."""

    def __init__(self, share: float = _SHARE, dim: int = _DIM) -> None:
        """Share of the collaborative part, 0–1 (0 leaves the text alone), and its length."""
        self.share = share
        self.dim = dim
        self._mixed = np.zeros((0, 0), np.float32)

    def fit(self, text: np.ndarray, histories: Sequence[np.ndarray]) -> Self:
        """Learn from (n_items, d) text vectors and the histories of the same items."""
        company = collaborative_vectors(histories, len(text), self.dim)
        n_histories = _n_histories(histories, len(text))
        known = np.flatnonzero(company.any(axis=1))
        self._centre = text.mean(axis=0, dtype=np.float64).astype(np.float32)
        self._scale = 1 / max(float(np.sqrt(np.mean(np.sum((text - self._centre) ** 2, axis=1)))), 1e-9)
        self._expects = _ridge(self._told(text)[known], company[known], n_histories[known])
        trust = np.where(company.any(axis=1), n_histories / (n_histories + _ENOUGH), 0)[:, None]
        blended = trust * company + (1 - trust) * self._expected(text)
        self._mixed = self._joined(text, _unit(blended.astype(np.float32)))
        return self

    def vectors(self) -> np.ndarray:
        """Return (n_items, D) float32: the mixed vectors of the items it was fitted on; none after `of_arrays`."""
        return self._mixed

    def mixed_from_text(self, text: np.ndarray) -> np.ndarray:
        """Return (n, D) float32 for new items: their collaborative part is what their text lets expect."""
        return self._joined(text, _unit(self._expected(text)))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything `mixed_from_text` needs."""
        weights = {"share": np.array(self.share), "centre": self._centre, "scale": np.array(self._scale)}
        return weights | {"expects": self._expects}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the mixer that `arrays` came from, without the vectors it was fitted on."""
        mixer = cls(float(arrays["share"]), arrays["expects"].shape[1])
        mixer._centre, mixer._scale, mixer._expects = arrays["centre"], float(arrays["scale"]), arrays["expects"]
        return mixer

    def _told(self, text: np.ndarray) -> np.ndarray:
        return (np.asarray(text, np.float32) - self._centre) * self._scale

    def _expected(self, text: np.ndarray) -> np.ndarray:
        told = self._told(text)
        return np.column_stack([told, np.ones(len(told), np.float32)]) @ self._expects

    def _joined(self, text: np.ndarray, company: np.ndarray) -> np.ndarray:
        told = self._told(text) * np.sqrt(1 - self.share)
        return np.column_stack([told, company * np.sqrt(self.share)]).astype(np.float32)


def _n_histories(histories: Sequence[np.ndarray], n_items: int) -> np.ndarray:
    rows = np.concatenate([np.zeros(0, np.int64), *(np.unique(history) for history in histories)])
    return np.bincount(rows, minlength=n_items)


def _ridge(inputs: np.ndarray, outputs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return (d + 1, dim) coefficients, the last row the constant: weighted least squares, the slopes shrunk."""
    with_one = np.column_stack([inputs, np.ones(len(inputs), np.float64)])
    weighted = with_one * weights[:, None]
    penalty = np.diag([_RIDGE * max(weights.sum(), 1) / inputs.shape[1]] * inputs.shape[1] + [1e-6])
    return np.linalg.solve(weighted.T @ with_one + penalty, weighted.T @ outputs).astype(np.float32)


def _unit(rows: np.ndarray) -> np.ndarray:
    """Return the rows at length 1; rows of length 0 stay."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9).astype(np.float32)
