"""Ratings → who likes what, as one sparse matrix of ones."""

import numpy as np
from scipy import sparse

_PER_USER = 500
"""Likes kept of one user, the latest: the work grows with the square of this, and nobody's taste needs more."""
_SCALE_LIKED = 0.7
_SCALE_DISLIKED = 0.5


def likes_of(
    users: np.ndarray, rows: np.ndarray, ratings: np.ndarray | None, timestamps: np.ndarray | None, n_items: int
) -> sparse.csr_matrix:
    """Return (n_users, n_items) float32 of ones, at most 500 a user.

    The arrays have one entry an interaction: any user key, an item row, a rating on any positive scale (None:
    every interaction is a like) and a time (None: in order). Of a repeated pair the latest counts. A like is a
    rating of at least 70 % of the scale, or of at least the user's own mean and half the scale.
    """
    user = np.unique(users, return_inverse=True)[1].astype(np.int64)
    time = np.arange(len(user)) if timestamps is None else np.asarray(timestamps)
    order = np.lexsort((time, user))[::-1]  # users together, the latest first
    order = order[np.sort(np.unique(user[order] * n_items + rows[order], return_index=True)[1])]
    if ratings is not None:
        order = order[are_likes(user, np.asarray(ratings, np.float64), order)]
    of_user = user[order]
    begins = np.flatnonzero(np.diff(of_user, prepend=-1))
    nth = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    order = order[nth < _PER_USER]
    n_users = int(user.max()) + 1 if len(user) else 0
    ones = np.ones(len(order), np.float32)
    return sparse.csr_matrix((ones, (user[order], np.asarray(rows)[order])), shape=(n_users, n_items))


def are_likes(user: np.ndarray, ratings: np.ndarray, order: np.ndarray | None = None) -> np.ndarray:
    """Tell of each interaction, or of those in `order`, whether it is a like; `user` counts from 0."""
    which = np.arange(len(user)) if order is None else order
    return _liked(user[which], ratings[which], top=_top(ratings))


def _top(ratings: np.ndarray) -> float:
    """Return the upper end of the scale, whatever a few lines far beyond it say."""
    known = ratings[np.isfinite(ratings) & (ratings > 0)]
    return float(np.percentile(known, 99, method="inverted_cdf")) if len(known) else 0.0


def _liked(user: np.ndarray, ratings: np.ndarray, top: float) -> np.ndarray:
    known = np.isfinite(ratings)
    safe = np.where(known, ratings, 0)
    totals = np.bincount(user, weights=safe, minlength=1)
    means = totals / np.maximum(np.bincount(user, weights=known, minlength=1), 1)
    fair = (safe >= means[user]) & (safe >= _SCALE_DISLIKED * top)
    liked: np.ndarray = known & (safe > 0) & (fair | (safe >= _SCALE_LIKED * top))
    return liked
