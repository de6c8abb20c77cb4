"""What one liked item says about the others, as sparse (n_items, n_items) weights: item-kNN and EASE."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.linalg import lapack

_SHRINKAGE = 10
_CHUNK = 512
N_KNN = 200
"""Neighbours of an item kept by item-kNN."""
N_EASE = 100
"""Neighbours of an item kept by EASE; measured on dialogues, 100 find as much as all."""
EASE_ITEMS = 5000
"""Items EASE is solved for, the most liked: the work grows with the cube of this."""
_LEAST_LIKED = 2
_REGULARISATION = 300.0


def knn_weights(likes: sparse.csr_matrix, n_kept: int = N_KNN, chunk: int = _CHUNK) -> sparse.csr_matrix:
    """Return the cosine over users of any two items, shrunk by n / (n + 10) for n users who like both.

    `likes` is (n_users, n_items); row i of the result holds the `n_kept` strongest of item i, 0–1, never i itself.
    A chunk of items is worked on at a time: never more than (chunk, n_items) numbers at once.
    """
    by_item = likes.T.tocsr()
    n_liked = np.diff(by_item.indptr)
    scale = 1 / np.sqrt(np.maximum(n_liked, 1)).astype(np.float32)
    rows = _Rows(likes.shape[1])
    for start in range(0, likes.shape[1], chunk):
        both = (by_item[start : start + chunk] @ likes).tocsr()
        for i in range(both.shape[0]):
            part = slice(both.indptr[i], both.indptr[i + 1])
            found, n_both = both.indices[part], both.data[part]
            other = found != start + i
            found, n_both = found[other], n_both[other]
            weights = n_both / (n_both + _SHRINKAGE) * n_both * scale[found] * scale[start + i]
            best = np.lexsort((found, -weights))[:n_kept]
            rows.add(found[best], weights[best])
    return rows.matrix()


def ease_weights(
    likes: sparse.csr_matrix,
    n_kept: int = N_EASE,
    most_items: int = EASE_ITEMS,
    regularisation: float = _REGULARISATION,
) -> sparse.csr_matrix:
    """Return the positive weights of EASE (Steck, 2019), row i holding the `n_kept` strongest of item i.

    Solved in closed form for the `most_items` items liked most, by at least two; other rows and columns are empty.
    Memory and work are those of the smaller of (n_users)² and (items solved for)², beside a dense matrix of both.
    """
    n_liked = np.bincount(likes.indices, minlength=likes.shape[1])
    kept = np.sort(np.argsort(-n_liked, kind="stable")[:most_items])
    kept = kept[n_liked[kept] >= _LEAST_LIKED]
    chosen = likes[:, kept].tocsr()
    chosen = chosen[np.diff(chosen.indptr) > 0]
    by_item: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    solve = _solved_over_users if chosen.shape[0] < len(kept) else _solved_over_items
    for start, weights in solve(chosen, regularisation) if len(kept) else ():
        for i, row in enumerate(weights):
            row[start + i] = 0
            best = np.argpartition(-row, n_kept)[:n_kept] if len(row) > n_kept else np.arange(len(row))
            best = best[row[best] > 0]
            best = best[np.lexsort((best, -row[best]))]
            by_item[int(kept[start + i])] = kept[best], row[best]
    rows = _Rows(likes.shape[1])
    nothing = np.zeros(0, np.int32), np.zeros(0, np.float32)
    for item in range(likes.shape[1]):
        rows.add(*by_item.get(item, nothing))
    return rows.matrix()


def _solved_over_items(likes: sparse.csr_matrix, regularisation: float) -> Iterator[tuple[int, np.ndarray]]:
    """Yield B = −P / diag(P), P = (XᵀX + λ)⁻¹, a chunk of rows at a time with the number of the first."""
    gram = (likes.T @ likes).astype(np.float32).toarray(order="F")
    gram[np.diag_indices_from(gram)] += regularisation
    factor, _ = lapack.spotrf(gram, lower=1, overwrite_a=1)
    inverse, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    del gram, factor
    scale = -1 / np.diag(inverse)
    for start in range(0, len(inverse), _CHUNK):
        stop = min(start + _CHUNK, len(inverse))
        # Only the lower triangle is filled: row i is left of the diagonal as it stands, right of it as a column.
        rows = inverse[start:stop].copy()
        rows[:, stop:] = inverse[stop:, start:stop].T
        corner = np.tril(inverse[start:stop, start:stop])
        rows[:, start:stop] = corner + np.tril(corner, -1).T
        yield start, rows * scale


def _solved_over_users(likes: sparse.csr_matrix, regularisation: float) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the same for fewer users than items, by Woodbury: G = Xᵀ (XXᵀ + λ)⁻¹ X, B = G / (1 − diag(G))."""
    gram = (likes @ likes.T).toarray().astype(np.float64)
    gram[np.diag_indices_from(gram)] += regularisation
    solved = (likes.T @ np.linalg.inv(gram).astype(np.float32)).T  # (n_users, n_items)
    diagonal = np.asarray(likes.multiply(solved).sum(axis=0)).ravel()
    scale = (1 / (1 - diagonal)).astype(np.float32)
    by_item = likes.T.tocsr()
    for start in range(0, likes.shape[1], _CHUNK):
        yield start, np.asarray(by_item[start : start + _CHUNK] @ solved) * scale


class _Rows:
    """Rows of a square sparse matrix, added in order."""

    def __init__(self, n_items: int) -> None:
        self._n_items = n_items
        self._indptr, self._indices, self._data = [0], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]

    def add(self, indices: np.ndarray, data: np.ndarray) -> None:
        self._indices.append(indices.astype(np.int32))
        self._data.append(data.astype(np.float32))
        self._indptr.append(self._indptr[-1] + len(indices))

    def matrix(self) -> sparse.csr_matrix:
        parts = np.concatenate(self._data), np.concatenate(self._indices), np.asarray(self._indptr, np.int64)
        return sparse.csr_matrix(parts, shape=(self._n_items, self._n_items))
