"""Semantic IDs: every item as a tuple of codes from coarse to fine, no two items alike."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from errors import BundleError

_ROOM = 4
"""Codes of the last level kept free above the largest bucket, so that even there new items find a place."""


@dataclass(frozen=True)
class SemanticIds:
    """The IDs of a catalogue's items, in row order."""

    codes: np.ndarray
    """(n_items, n_levels) int32, coarse to fine; the last level only tells apart the items alike in all before it."""
    sizes: tuple[int, ...]
    """Number of codes at each level; the last exceeds every number in use, see `made_unique`."""

    def save(self, path: Path) -> None:
        """Write to `path` (.npz)."""
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, codes=self.codes, sizes=np.array(self.sizes, np.int32))

    @classmethod
    def load(cls, path: Path) -> "SemanticIds":
        """Read what `save` wrote. Raises BundleError where it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                return cls(stored["codes"], tuple(map(int, stored["sizes"])))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise BundleError(f"{path} holds no readable item codes ({error}). Train the catalogue again.") from error

    def extended(self, codes: np.ndarray) -> "SemanticIds":
        """Return these IDs with those of new items (m, n_levels) after them; sizes stay, as a trained model needs."""
        return SemanticIds(np.concatenate([self.codes, codes.astype(np.int32)]), self.sizes)


def made_unique(codes: np.ndarray, order: np.ndarray | None = None, n_codes: int = 0, room: int = _ROOM) -> SemanticIds:
    """Append a last level that numbers the items sharing all codes 0, 1, 2 ….

    Args:
        codes: (n_items, n_levels), each level's numbers from 0.
        order: (n_items,) ranks; of items alike the one with the lowest is numbered 0. By default the first row.
        n_codes: codes each level has at least, for a quantiser may give items to come some that none has yet.
        room: how many codes of the last level stay free above the largest bucket, for items to come.
    """
    n_items = len(codes)
    ranks = np.arange(n_items) if order is None else order
    bucket = buckets(codes)
    by_bucket = np.lexsort((np.arange(n_items), ranks, bucket))
    counts = np.bincount(bucket)
    starts = np.cumsum(counts) - counts
    last = np.empty(n_items, np.int32)
    last[by_bucket] = np.arange(n_items) - starts[bucket[by_bucket]]
    sizes = (
        *(max(int(highest) + 1, n_codes) for highest in codes.max(axis=0, initial=0)),
        int(counts.max(initial=0)) + room,
    )
    return SemanticIds(np.column_stack([codes, last]).astype(np.int32), sizes)


def buckets(codes: np.ndarray) -> np.ndarray:
    """Return (n,) a number for each row of codes (n, n_levels), the same for rows alike, from 0 without gaps."""
    number = np.zeros(len(codes), np.int64)
    for level in codes.T:  # each step is renumbered, or the product of many levels would overflow
        number = np.unique(number * (int(level.max(initial=0)) + 1) + level, return_inverse=True)[1]
    return number
