"""What one item of a history says about what comes next, as sparse (n_items, n_items) weights."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from eval.sequences import Sequences
from retrieval.collaborative_weights import ease_weights, knn_weights
from retrieval.followed import followed

Histories = Sequence[np.ndarray]
_WINDOW = 10
_PER_STEP = 0.8
_BACKWARDS = 0.5
_EASE_ITEMS = 15_000


def transitions(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    """How often one item came right after another."""
    return followed(histories, len(data.items), 1, _PER_STEP, np.float32)


def together(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    """How many took both."""
    likes = _likes(histories, len(data.items))
    both = (likes.T @ likes).tocsr()
    both.setdiag(0)
    return both


def sequential(histories: Histories, data: Sequences, given: float, taken: float) -> sparse.csr_matrix:
    """How often one came at most ten places after another, each place further counting 0.8 times as much.

    The other way round counts half. Divided by how often each was taken: the item of the history to the power `given`,
    the one it speaks for to the power `taken`.
    """
    forward = followed(histories, len(data.items), _WINDOW, _PER_STEP, np.float32)
    counts = np.bincount(np.concatenate(list(histories)), minlength=len(data.items))
    often = np.maximum(counts, 1).astype(np.float32)
    both = forward + _BACKWARDS * forward.T
    return (sparse.diags(often**-given) @ both @ sparse.diags(often**-taken)).tocsr().astype(np.float32)


def knn(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    """Shrunk cosine over users."""
    return knn_weights(_likes(histories, len(data.items)))


def ease(histories: Histories, data: Sequences, regularisation: float) -> sparse.csr_matrix:
    """EASE, over the 15,000 items taken most."""
    n_items = len(data.items)
    return ease_weights(_likes(histories, n_items), 200, min(n_items, _EASE_ITEMS), regularisation)


def _likes(histories: Histories, n_items: int) -> sparse.csr_matrix:
    users = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    shape = (len(histories), n_items)
    likes = sparse.csr_matrix((np.ones(len(users), np.float32), (users, np.concatenate(list(histories)))), shape=shape)
    likes.data[:] = 1
    return likes
