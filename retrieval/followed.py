"""What was taken after what, and how far apart: the counts that company and transitions are made of."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse


def followed(
    histories: Sequence[np.ndarray],
    n_items: int,
    window: int,
    decay: float,
    dtype: type[np.float32 | np.float64] = np.float64,
) -> sparse.csr_matrix:
    """Return (n_items, n_items): decayⁿ⁻¹ summed over pairs n ≤ window places apart, row the earlier, column the later.

    Histories hold rows, oldest first; pairs never cross from one to the next.
    """
    rows = np.concatenate([np.zeros(0, np.int32), *histories])
    owners: np.ndarray = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    total = sparse.csr_matrix((n_items, n_items), dtype=dtype)
    for apart in range(1, window + 1):
        near = np.flatnonzero(owners[apart:] == owners[:-apart])
        if not len(near):
            break
        weights = np.full(len(near), decay ** (apart - 1), dtype)
        total = total + sparse.csr_matrix((weights, (rows[:-apart][near], rows[apart:][near])), shape=total.shape)
    return total
