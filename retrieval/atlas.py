"""Items laid out on a plane, so that what is alike stands together: neighbours attract each other, strangers repel."""

import numpy as np

_N_NEIGHBOURS = 12
_N_STRANGERS = 4
"""Random others each item is pushed from, an epoch."""
_EPOCHS = 160
_ROWS_AT_ONCE = 1024
_STEP, _MOST_STEP = 1.0, 4.0
_NEAR = 0.1
"""Kept in the denominator of the push: two on one spot would fly apart."""
_NEAREST_PLACED = 3


def nearest(vectors: np.ndarray, among: np.ndarray, k: int) -> np.ndarray:
    """Return (n, k) int32: for each row of `vectors` the k rows of `among` nearest by cosine, in no order.

    Both hold unit rows.
    """
    found = []
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        close = vectors[start : start + _ROWS_AT_ONCE] @ among.T
        found.append(np.argpartition(-close, min(k, close.shape[1] - 1), axis=1)[:, :k].astype(np.int32))
    return np.concatenate(found)


def lay_out(vectors: np.ndarray, seed: int = 7) -> np.ndarray:
    """Return (n, 2) float32 within 0 … 1 for (n, dim) unit rows; the same every time.

    A neighbour embedding after UMAP (McInnes et al. 2018), begun from the first two principal components. Takes some
    seconds for 3,000 rows.
    """
    n = len(vectors)
    if n <= 3:
        return np.linspace(0.2, 0.8, max(n, 1) * 2, dtype=np.float32).reshape(-1, 2)[:n]
    centred = vectors.astype(np.float32) - vectors.mean(axis=0, dtype=np.float32)
    _, _, axes = np.linalg.svd(centred[:: max(1, n // 2000)], full_matrices=False)
    spots = centred @ axes[:2].T
    spots = 10 * spots / (np.abs(spots).max() or 1)
    near = nearest(vectors.astype(np.float32), vectors.astype(np.float32), min(_N_NEIGHBOURS + 1, n - 1))
    one = np.repeat(np.arange(n), near.shape[1])
    other = near.ravel().astype(np.intp)
    random = np.random.default_rng(seed)
    for epoch in range(_EPOCHS):
        spots = spots + _STEP * (1 - epoch / _EPOCHS) * _forces(spots, one, other, random)
    return _framed(spots)


def _forces(spots: np.ndarray, one: np.ndarray, other: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Sum up pulls and pushes on each spot, bounded so that none is thrown out of the picture."""
    n = len(spots)
    apart = spots[one] - spots[other]
    far = (apart**2).sum(axis=1, keepdims=True)
    pull = -2 * apart / (1 + far) / _N_NEIGHBOURS
    forces = _summed(one, pull, n) - _summed(other, pull, n)
    for _ in range(_N_STRANGERS):
        apart = spots - spots[random.permutation(n)]
        far = (apart**2).sum(axis=1, keepdims=True)
        forces += 2 * apart / ((_NEAR + far) * (1 + far))
    return np.clip(forces, -_MOST_STEP, _MOST_STEP)


def _summed(at: np.ndarray, vectors: np.ndarray, n: int) -> np.ndarray:
    return np.stack([np.bincount(at, vectors[:, axis], n) for axis in (0, 1)], axis=1)


def _framed(spots: np.ndarray) -> np.ndarray:
    """Fit all but the outermost percent between 0 and 1; those come to stand at the edge."""
    low, high = np.percentile(spots, [0.5, 99.5], axis=0)
    return np.clip((spots - low) / np.maximum(high - low, 1e-9), 0, 1).astype(np.float32)


def place(vectors: np.ndarray, laid: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """Return (n, 2) spots for items that were not laid out: amid the nearest of those that were."""
    if not len(vectors):
        return np.empty((0, 2), np.float32)
    near = nearest(vectors, laid, min(_NEAREST_PLACED, len(laid)))
    return spots[near].mean(axis=1).astype(np.float32)
