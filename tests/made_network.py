"""A tiny network of random weights in a folder, and the exact answer that any decoder of it must find."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.made_network import made_ids, made_weights, write_made
from retrieval.semantic_ids.ids import SemanticIds

N_ITEMS, QUERY_DIM = 400, 5


def small_ids(n_items: int = N_ITEMS) -> SemanticIds:
    return made_ids(n_items, 8)


def small_weights(ids: SemanticIds, content_dim: int = 0) -> dict[str, np.ndarray]:
    return made_weights(ids.sizes, width=16, query_dim=QUERY_DIM, content_dim=content_dim, n_layers=2)


def write_small(folder: Path, n_items: int = N_ITEMS) -> SemanticIds:
    ids = small_ids(n_items)
    write_made(folder, ids, small_weights(ids), n_heads=2)
    return ids


def exact_log_probs(
    ids: SemanticIds,
    state: np.ndarray,
    logits: Callable[[int, np.ndarray], np.ndarray],
    added: Callable[[int, np.ndarray], np.ndarray],
) -> np.ndarray:
    """Every item's log-probability for one user, (n_items,), item by item without any trie or beam.

    Args:
        ids: of all items.
        state: (width,).
        logits: level, (n, width) → (n, codes).
        added: level, (n,) codes → (n, width).
    """
    n_items, n_levels = ids.codes.shape
    total, y = np.zeros(n_items), np.repeat(state[None], n_items, axis=0)
    for level in range(n_levels):
        values = logits(level, y).astype(np.float64)
        for prefix in np.unique(ids.codes[:, :level], axis=0):
            rows = np.flatnonzero((ids.codes[:, :level] == prefix).all(axis=1))
            codes = ids.codes[rows, level]
            total[rows] += values[rows, codes] - np.log(np.exp(values[rows[0], np.unique(codes)]).sum())
        if level + 1 < n_levels:
            y = y + added(level, ids.codes[:, level])
    return total
