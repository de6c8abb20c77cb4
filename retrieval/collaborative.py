"""What people who liked this also liked: EASE where an item has the likes for it, item-kNN beside it."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from errors import BundleError
from retrieval.collaborative_likes import likes_of
from retrieval.collaborative_weights import ease_weights, knn_weights
from retrieval.items import Rows

_EASE_SHARE = 0.75
"""Of the blend, each of the two scaled to a maximum of 1; on dialogues the two together find more than either."""
_PREFIXES = ("", "ease_")
"""Of the names under which the two matrices are stored: item-kNN, EASE."""


class Ties:
    """What liking one item says about the others: (n_items, n_items) weights, row i holding those of item i."""

    def __init__(self, weights: sparse.csr_matrix) -> None:
        self.weights = weights

    def summed(self, rows: Sequence[int]) -> np.ndarray:
        """Return the weights summed over these rows, (n_items,) float32; 0 at the rows themselves."""
        seeds = sorted(set(rows))
        total = np.zeros(self.weights.shape[1], np.float32)
        for seed in seeds:
            part = slice(self.weights.indptr[seed], self.weights.indptr[seed + 1])
            total[self.weights.indices[part]] += self.weights.data[part]
        total[seeds] = 0
        return total

    def neighbours(self, rows: Sequence[int], k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, weight summed over these rows), best first, without these rows themselves."""
        return _best(self.summed(rows), k, allowed)


class CoLiked:
    """Neighbours of items by co-liking. Row numbers are those of the catalogue."""

    def __init__(self, knn: Ties, ease: Ties, n_liked: np.ndarray) -> None:
        """Use `open`."""
        self.knn = knn
        self.ease = ease
        self.counts = n_liked
        """(n_items,) how many users like each item."""

    @staticmethod
    def build(
        path: Path,
        users: np.ndarray,
        rows: np.ndarray,
        ratings: np.ndarray | None,
        timestamps: np.ndarray | None,
        n_items: int,
    ) -> None:
        """Write the neighbours of every item to `path` (.npz); the arrays are those of `likes_of`."""
        likes = likes_of(users, rows, ratings, timestamps, n_items)
        arrays = {"n_liked": np.asarray(likes.sum(axis=0)).ravel().astype(np.int32)}
        for prefix, weights in zip(_PREFIXES, (knn_weights(likes), ease_weights(likes)), strict=True):
            arrays |= {f"{prefix}{part}": getattr(weights, part) for part in ("data", "indptr")}
            arrays[f"{prefix}indices"] = weights.indices.astype(np.int32)
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)

    @classmethod
    def open(cls, path: Path) -> "CoLiked":
        """Read a built file. Raises BundleError where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                n_liked = stored["n_liked"]
                shape = (len(n_liked), len(n_liked))
                knn, ease = (_stored(stored, prefix, shape) for prefix in _PREFIXES)
            return cls(Ties(knn), Ties(ease), n_liked)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BundleError(f"{path} holds no readable neighbours ({error}). Build the catalogue again.") from error

    def n_liked(self, row: int) -> int:
        """How many users like this item."""
        return int(self.counts[row])

    def neighbours(self, rows: Sequence[int], k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, score above 0 and at most 1), best first, without these rows themselves.

        Where EASE was not solved for any of the rows, item-kNN speaks alone.
        """
        return _best(self.scores(rows), k, allowed)

    def scores(self, rows: Sequence[int]) -> np.ndarray:
        """Return how strongly each item is tied to these rows together, (n_items,) float32, 0–1."""
        by_knn, by_ease = _scaled(self.knn.summed(rows)), _scaled(self.ease.summed(rows))
        return by_ease * _EASE_SHARE + by_knn * (1 - _EASE_SHARE) if by_ease.any() else by_knn

    def closest_seed(self, rows: Sequence[int], seeds: Sequence[int]) -> list[int | None]:
        """Return, for each of these rows, which seed is tied to it most: the evidence for it; None where no seed is."""
        if not len(rows) or not len(seeds):
            return [None] * len(rows)
        ties = [_scaled(kind.weights[list(seeds)][:, list(rows)].toarray()) for kind in (self.knn, self.ease)]
        summed = np.sum(ties, axis=0)
        best, tied = summed.argmax(axis=0), summed.max(axis=0) > 0
        return [seeds[int(i)] if some else None for i, some in zip(best, tied, strict=True)]


def _stored(stored: Mapping[str, np.ndarray], prefix: str, shape: tuple[int, int]) -> sparse.csr_matrix:
    if prefix and f"{prefix}data" not in stored:  # built before there was EASE
        return sparse.csr_matrix(shape, dtype=np.float32)
    return sparse.csr_matrix(tuple(stored[f"{prefix}{part}"] for part in ("data", "indices", "indptr")), shape=shape)


def _scaled(values: np.ndarray) -> np.ndarray:
    top = values.max(initial=0)
    return values / top if top > 0 else values


def _best(scores: np.ndarray, k: int, allowed: Rows | None) -> list[tuple[int, float]]:
    found = np.flatnonzero(scores) if allowed is None else allowed[scores[allowed] > 0]
    if k < 1:
        return []
    if len(found) > k:
        values = scores[found]
        found = found[values >= np.partition(values, len(found) - k)[len(found) - k]]
    best = np.lexsort((found, -scores[found]))[:k]
    return [(int(row), float(scores[row])) for row in found[best]]
