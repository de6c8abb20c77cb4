"""Who took what in which order, without who: per anonymous user the rows of items, oldest first."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from errors import BundleError
from retrieval.collaborative_likes import are_likes

PER_USER = 200
"""Items kept of one user, the latest."""
_LEAST = 2
"""What is shorter says nothing about what comes next."""


@dataclass(frozen=True)
class Histories:
    """All histories one after the other."""

    lengths: np.ndarray
    """(n_users,) int32, the shortest first: in this order nobody is who he was in the source."""
    rows: np.ndarray
    """int32, of each user the items oldest first; of one time in the order of the source."""
    liked: np.ndarray
    """bool, one an entry of `rows`."""

    @classmethod
    def of(
        cls, users: np.ndarray, rows: np.ndarray, ratings: np.ndarray | None, timestamps: np.ndarray | None
    ) -> "Histories":
        """Sort interactions, the arrays of `likes_of`, into histories: the latest 200 of each user, at least 2."""
        user = np.unique(users, return_inverse=True)[1].astype(np.int64)
        time = np.zeros(len(user), np.int64) if timestamps is None else np.asarray(timestamps)
        likes = np.ones(len(user), bool) if ratings is None else are_likes(user, np.asarray(ratings, np.float64))
        n_of = np.bincount(user, minlength=1)
        first = np.full(len(n_of), np.iinfo(np.int64).max)
        np.minimum.at(first, user, np.asarray(rows, np.int64))
        shuffled = np.empty(len(n_of), np.int64)
        shuffled[np.lexsort((first, n_of))] = np.arange(len(n_of))
        order = np.lexsort((time, shuffled[user]))  # stable
        lengths = np.sort(n_of)
        from_end = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(order))
        kept = order[(from_end <= PER_USER) & (np.repeat(lengths, lengths) >= _LEAST)]
        lengths = np.minimum(lengths[lengths >= _LEAST], PER_USER).astype(np.int32)
        return cls(lengths, np.asarray(rows)[kept].astype(np.int32), likes[kept])

    def save(self, path: Path) -> None:
        """Write one .npz file."""
        with path.open("wb") as file:
            np.savez_compressed(file, lengths=self.lengths, rows=self.rows, liked=np.packbits(self.liked))

    @classmethod
    def load(cls, path: Path) -> "Histories":
        """Read what `save` wrote. Raises BundleError where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                rows = stored["rows"]
                return cls(stored["lengths"], rows, np.unpackbits(stored["liked"], count=len(rows)).astype(bool))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BundleError(f"{path} holds no readable histories ({error}). Build the catalogue again.") from error

    def of_likes(self, least: int = _LEAST) -> list[np.ndarray]:
        """Return what each user liked, oldest first, of those who liked at least so many; int32 rows."""
        begins = np.concatenate([[0], np.cumsum(self.lengths)])
        parts = (slice(*ends) for ends in zip(begins[:-1].tolist(), begins[1:].tolist(), strict=True))
        every = (self.rows[part][self.liked[part]] for part in parts)
        return [history for history in every if len(history) >= least]
