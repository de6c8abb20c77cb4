"""Vectors to codes, coarse to fine: each level quantises what the levels before left over."""

from collections.abc import Mapping
from typing import Protocol, Self

import numpy as np
from scipy import sparse

_MOST_CODES = 256
_FEWEST_CODES = 4
_ITEMS_PER_CODE = 40
_FITTED_ON = 100_000
"""Vectors a codebook is fitted on at most; above that a sample gives the same centroids."""
_ITERATIONS = 25
_SETTLED = 1e-3
"""Share of vectors that change their cluster below which an iteration is the last."""
_CHUNK = 16_384
_TRIALS = 4
"""Candidates per seed of k-means++, of which the best is taken."""
_SEEDED_FROM = 10
"""Points per code that seeds are chosen from; with all of them seeding would take longer than the iterations."""


class Quantiser(Protocol):
    """Turns vectors into codes. `arrays` and `of_arrays` carry a fitted one through an npz file."""

    n_codes: int
    n_levels: int

    def fit(self, vectors: np.ndarray, seed: int) -> Self:
        """Learn the codebooks from (n, dim) vectors and return itself; the same seed gives the same codebooks."""
        ...

    def assign(self, vectors: np.ndarray) -> np.ndarray:
        """Return (n, n_levels) int32 codes, coarse to fine."""
        ...

    def last_ranked(self, vectors: np.ndarray) -> np.ndarray:
        """Return (n, n_codes) int32: every code of the last level, nearest first, under the vector's coarser codes."""
        ...

    def arrays(self) -> dict[str, np.ndarray]:
        """Return everything a fitted quantiser needs."""
        ...

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the quantiser that `arrays` came from."""
        ...


def n_codes_for(n_items: int) -> int:
    """Return how many codes a level should have: a power of two, 256 from 10,240 items, 64 at 3,600, at least 4."""
    wanted = max(n_items // _ITEMS_PER_CODE, _FEWEST_CODES)
    return min(1 << (wanted.bit_length() - 1), _MOST_CODES)


class ResidualKMeans:
    """k-means on the vectors, then on the residuals of each level before; no level can collapse."""

    def __init__(self, n_codes: int = _MOST_CODES, n_levels: int = 3) -> None:
        """Codes at each level, and levels."""
        self.n_codes = n_codes
        self.n_levels = n_levels
        self.codebooks = np.zeros((n_levels, n_codes, 0), np.float32)
        """(n_levels, n_codes, dim) float32, empty before `fit`."""

    def fit(self, vectors: np.ndarray, seed: int) -> Self:
        """Learn the codebooks, see `Quantiser.fit`."""
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(vectors), _FITTED_ON, replace=False) if len(vectors) > _FITTED_ON else slice(None)
        residual = np.array(vectors[chosen], np.float32)
        codebooks = []
        for _ in range(self.n_levels):
            centroids, labels = kmeans(residual, self.n_codes, rng)
            residual -= centroids[labels]
            codebooks.append(centroids)
        self.codebooks = np.stack(codebooks)
        return self

    def assign(self, vectors: np.ndarray) -> np.ndarray:
        """Return the codes, see `Quantiser.assign`."""
        return residual_codes(vectors, self.codebooks)

    def last_ranked(self, vectors: np.ndarray) -> np.ndarray:
        """Return the last level's codes, see `Quantiser.last_ranked`."""
        return last_ranked(vectors, self.codebooks)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the codebooks."""
        return {"codebooks": self.codebooks}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Self:
        """Return the quantiser that `arrays` came from."""
        codebooks = arrays["codebooks"]
        quantiser = cls(codebooks.shape[1], codebooks.shape[0])
        quantiser.codebooks = codebooks
        return quantiser


def residual_codes(vectors: np.ndarray, codebooks: np.ndarray) -> np.ndarray:
    """Return (n, n_levels) int32: at each level the centroid nearest to what the levels before left over."""
    codes = np.empty((len(vectors), len(codebooks)), np.int32)
    for start in range(0, len(vectors), _CHUNK):
        residual = np.array(vectors[start : start + _CHUNK], np.float32)
        for level, centroids in enumerate(codebooks):
            nearest = _distances(residual, centroids).argmin(axis=1)
            residual -= centroids[nearest]
            codes[start : start + _CHUNK, level] = nearest
    return codes


def last_ranked(vectors: np.ndarray, codebooks: np.ndarray) -> np.ndarray:
    """Return (n, n_codes) int32: the codes of the last level by distance from what the levels before left over."""
    coarse = residual_codes(vectors, codebooks[:-1])
    residual = vectors - decoded(coarse, codebooks[:-1])
    return np.argsort(_distances(residual, codebooks[-1]), axis=1, kind="stable").astype(np.int32)


def decoded(codes: np.ndarray, codebooks: np.ndarray) -> np.ndarray:
    """Return (n, dim): the sum of the centroids that these codes (n, n_levels) name, level by level."""
    total = np.zeros((len(codes), codebooks.shape[2]), np.float32)
    for level, centroids in enumerate(codebooks):
        total += centroids[codes[:, level]]
    return total


def kmeans(points: np.ndarray, n_codes: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return centroids (n_codes, dim) and labels (n,); every centroid has points where there are enough unlike ones.

    Lloyd's iterations from k-means++ seeds (Arthur and Vassilvitskii 2007); a cluster left empty starts again at the
    point farthest from its centroid.
    """
    n_candidates = min(len(points), _SEEDED_FROM * n_codes)
    centroids = _seeds(points[rng.choice(len(points), n_candidates, replace=False)], n_codes, rng)
    labels = np.full(len(points), -1)
    for _ in range(_ITERATIONS):
        before = labels
        labels, far = _nearest(points, centroids)
        counts = np.bincount(labels, minlength=n_codes)
        empty = np.flatnonzero(counts == 0)
        centroids = _means(points, labels, counts, centroids)
        farthest = np.argsort(-far, kind="stable")[: len(empty)]
        centroids[empty[: len(farthest)]] = points[farthest]
        if not len(empty) and np.mean(labels != before) < _SETTLED:
            break
    return centroids, _nearest(points, centroids)[0]


def _seeds(points: np.ndarray, n_codes: int, rng: np.random.Generator) -> np.ndarray:
    lengths = np.einsum("nd,nd->n", points, points)
    apart = np.maximum(lengths[:, None] + lengths - 2 * (points @ points.T), 0)
    chosen = [int(rng.integers(len(points)))]
    nearest = apart[chosen[0]]
    for _ in range(1, n_codes):
        reached = np.cumsum(nearest, dtype=np.float64)
        tries = np.searchsorted(reached, rng.random(_TRIALS) * reached[-1]).clip(max=len(points) - 1)
        closer = np.minimum(apart[tries], nearest)
        best = int(closer.sum(axis=1).argmin())
        nearest = closer[best]
        chosen.append(int(tries[best]))
    return points[chosen]


def _nearest(points: np.ndarray, centroids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each point's nearest centroid and its squared distance to it."""
    labels = np.empty(len(points), np.int64)
    far = np.empty(len(points), np.float32)
    for start in range(0, len(points), _CHUNK):
        part = points[start : start + _CHUNK]
        apart = _distances(part, centroids)
        labels[start : start + _CHUNK] = nearest = apart.argmin(axis=1)
        far[start : start + _CHUNK] = apart[np.arange(len(part)), nearest] + np.einsum("nd,nd->n", part, part)
    return labels, far


def _distances(points: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Return (n, n_centroids) squared distances, less the point's own squared length, which ranks alike."""
    return np.einsum("kd,kd->k", centroids, centroids) - 2 * (points @ centroids.T)


def _means(points: np.ndarray, labels: np.ndarray, counts: np.ndarray, before: np.ndarray) -> np.ndarray:
    members = sparse.csr_matrix(
        (np.ones(len(points), np.float32), (labels, np.arange(len(points)))), shape=(len(counts), len(points))
    )
    means = (members @ points) / np.maximum(counts, 1)[:, None]
    return np.where(counts[:, None] > 0, means, before).astype(np.float32)
