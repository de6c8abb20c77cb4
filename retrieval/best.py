"""The best of many scores without sorting, or even partitioning, all of them."""

import numpy as np

_BLOCK = 256


def best(scores: np.ndarray, k: int) -> np.ndarray:
    """Return the positions of the k highest scores above 0 and of all that equal the last of them, ascending.

    The k-th highest maximum of a block is no higher than the k-th highest score: one pass leaves little to look at.
    """
    n_blocks = len(scores) // _BLOCK
    bound = scores.dtype.type(0)
    if n_blocks > k:
        highest = scores[: n_blocks * _BLOCK].reshape(n_blocks, _BLOCK).max(axis=1)
        bound = max(bound, np.partition(highest, n_blocks - k)[n_blocks - k])
    found = np.flatnonzero(scores >= bound) if bound > 0 else np.flatnonzero(scores > 0)
    if len(found) <= k:
        return found
    kept = scores[found]
    return found[kept >= np.partition(kept, len(kept) - k)[len(kept) - k]]
