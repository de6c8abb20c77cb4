"""What people who liked this also liked: item-kNN over liked ratings, as one sparse matrix."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from errors import BundleError
from retrieval.items import Rows

_NEIGHBOURS = 200
_SHRINKAGE = 10
_PER_USER = 500
"""Likes kept of one user, the latest: the work grows with the square of this, and nobody's taste needs more."""
_SCALE_LIKED = 0.7
_SCALE_DISLIKED = 0.5


class CoLiked:
    """Neighbours of items by co-liking. Row numbers are those of the catalogue."""

    def __init__(self, weights: sparse.csr_matrix, n_liked: np.ndarray) -> None:
        """Use `open`. `weights` is (n_items, n_items), row i holding at most 200 neighbours of item i, 0–1."""
        self._weights = weights
        self._n_liked = n_liked

    @staticmethod
    def build(
        path: Path,
        users: np.ndarray,
        rows: np.ndarray,
        ratings: np.ndarray | None,
        timestamps: np.ndarray | None,
        n_items: int,
    ) -> None:
        """Write the neighbours of every item to `path` (.npz).

        The arrays have one entry an interaction: any user key, an item row, a rating on any positive scale (None:
        every interaction is a like) and a time (None: in order). Of a repeated pair the latest counts. A like is a
        rating of at least 70 % of the scale, or of at least the user's own mean and half the scale. The weight of two
        items is the cosine over users, shrunk by n / (n + 10) for n users who like both.
        """
        likes = _likes(users, rows, ratings, timestamps, n_items)
        n_liked = np.asarray(likes.sum(axis=0)).ravel().astype(np.int32)
        weights = _neighbours(likes, n_liked)
        indices = weights.indices.astype(np.int32)
        with path.open("wb") as file:
            np.savez(file, indptr=weights.indptr, indices=indices, data=weights.data, n_liked=n_liked)

    @classmethod
    def open(cls, path: Path) -> "CoLiked":
        """Read a built file. Raises BundleError where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                n_liked = stored["n_liked"]
                parts = (stored["data"], stored["indices"], stored["indptr"])
            return cls(sparse.csr_matrix(parts, shape=(len(n_liked), len(n_liked))), n_liked)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BundleError(f"{path} holds no readable neighbours ({error}). Build the catalogue again.") from error

    def n_liked(self, row: int) -> int:
        """How many users like this item."""
        return int(self._n_liked[row])

    def neighbours(self, rows: Sequence[int], k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, weight summed over these rows), best first, without these rows themselves."""
        seeds = sorted(set(rows))
        if not seeds or k < 1:
            return []
        summed = np.asarray(self._weights[seeds].sum(axis=0)).ravel()
        summed[seeds] = 0
        found = np.flatnonzero(summed) if allowed is None else allowed[summed[allowed] > 0]
        best = np.lexsort((found, -summed[found]))[:k]
        return [(int(row), float(summed[row])) for row in found[best]]

    def closest_seed(self, rows: Sequence[int], seeds: Sequence[int]) -> list[int | None]:
        """Return, for each of these rows, which seed is tied to it most: the evidence for it; None where no seed is."""
        if not len(rows) or not len(seeds):
            return [None] * len(rows)
        ties = self._weights[list(seeds)][:, list(rows)].toarray()
        best, tied = ties.argmax(axis=0), ties.max(axis=0) > 0
        return [seeds[int(i)] if some else None for i, some in zip(best, tied, strict=True)]


def _likes(
    users: np.ndarray, rows: np.ndarray, ratings: np.ndarray | None, timestamps: np.ndarray | None, n_items: int
) -> sparse.csr_matrix:
    """(n_users, n_items) float32 of ones, at most 500 a user."""
    user = np.unique(users, return_inverse=True)[1].astype(np.int64)
    time = np.arange(len(user)) if timestamps is None else np.asarray(timestamps)
    order = np.lexsort((time, user))[::-1]  # users together, the latest first
    order = order[np.sort(np.unique(user[order] * n_items + rows[order], return_index=True)[1])]
    if ratings is not None:
        given = np.asarray(ratings, np.float64)
        order = order[_liked(user[order], given[order], top=given[np.isfinite(given)].max(initial=0))]
    of_user = user[order]
    begins = np.flatnonzero(np.diff(of_user, prepend=-1))
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    order = order[nth < _PER_USER]
    n_users = int(user.max()) + 1 if len(user) else 0
    ones = np.ones(len(order), np.float32)
    return sparse.csr_matrix((ones, (user[order], np.asarray(rows)[order])), shape=(n_users, n_items))


def _liked(user: np.ndarray, ratings: np.ndarray, top: float) -> np.ndarray:
    known = np.isfinite(ratings)
    safe = np.where(known, ratings, 0)
    totals = np.bincount(user, weights=safe, minlength=1)
    means = totals / np.maximum(np.bincount(user, weights=known, minlength=1), 1)
    fair = (safe >= means[user]) & (safe >= _SCALE_DISLIKED * top)
    liked: np.ndarray = known & (safe > 0) & (fair | (safe >= _SCALE_LIKED * top))
    return liked


def _neighbours(likes: sparse.csr_matrix, n_liked: np.ndarray, chunk: int = 512) -> sparse.csr_matrix:
    """Cosine with shrinkage, a chunk of items at a time: never more than (chunk, n_items) numbers at once."""
    n_items = likes.shape[1]
    by_item = likes.T.tocsr()
    scale = 1 / np.sqrt(np.maximum(n_liked, 1)).astype(np.float32)
    indptr, indices, data = [0], [], []
    for start in range(0, n_items, chunk):
        both = (by_item[start : start + chunk] @ likes).tocsr()
        for i in range(both.shape[0]):
            part = slice(both.indptr[i], both.indptr[i + 1])
            rows, n_both = both.indices[part], both.data[part]
            other = rows != start + i
            rows, n_both = rows[other], n_both[other]
            weights = n_both / (n_both + _SHRINKAGE) * n_both * scale[rows] * scale[start + i]
            best = np.lexsort((rows, -weights))[:_NEIGHBOURS]
            indices.append(rows[best].astype(np.int32))
            data.append(weights[best].astype(np.float32))
            indptr.append(indptr[-1] + len(best))
    flat = np.concatenate([np.zeros(0, np.float32), *data]), np.concatenate([np.zeros(0, np.int32), *indices])
    return sparse.csr_matrix((*flat, np.asarray(indptr, np.int64)), shape=(n_items, n_items))
