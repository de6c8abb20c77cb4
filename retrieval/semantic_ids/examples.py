"""What a training step is shown: pieces of histories, and sometimes what keeps company instead of what came next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from retrieval.followed import followed

_WINDOW = 10
_DECAY = 0.8
_REVERSED = 0.5
"""What it counts that an item came before another instead of after it."""
_STEPS = 80
"""Steps an epoch has where there are pieces enough."""
_FEWEST = 32
"""Pieces of a batch, below which gradients are noise."""


@dataclass(frozen=True)
class Batch:
    """Pieces of histories of one length."""

    inputs: np.ndarray
    """(B, T) rows, oldest first; T may be 0 where only a request is given."""
    targets: np.ndarray
    """(B, T): the row to come after each input; (B, 1) where there are requests, after the last input."""
    queries: np.ndarray | None = None
    """(B, query_dim) unit vectors."""


class Company:
    """Which items stand near an item in histories: a teacher of more than the one item that happened to come next."""

    def __init__(self, histories: Sequence[np.ndarray], n_items: int) -> None:
        """Count pairs at most ten apart, nearer ones more, each divided by the root of how often the item occurs."""
        forward = followed(histories, n_items, _WINDOW, _DECAY, np.float32)
        rows = np.concatenate([np.zeros(0, np.int64), *histories])
        counts = np.maximum(np.bincount(rows, minlength=n_items), 1)
        weighed = ((forward + forward.T * _REVERSED) @ sparse.diags(1 / np.sqrt(counts))).tocsr()
        weighed.setdiag(0)
        weighed.eliminate_zeros()
        self._near = weighed.indices
        self._reached = np.append(0, np.cumsum(weighed.data, dtype=np.float64))
        self._from, self._to = self._reached[weighed.indptr[:-1]], self._reached[weighed.indptr[1:]]

    def drawn(self, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return an item near each of these, drawn by weight; −1 where there is none."""
        low, high = self._from[rows], self._to[rows]
        at = np.searchsorted(self._reached, low + rng.random(rows.shape) * (high - low), side="right") - 1
        found = self._near[np.minimum(at, len(self._near) - 1)] if len(self._near) else np.zeros(rows.shape, np.int64)
        return np.where(high > low, found, -1)


class Examples:
    """Histories cut into pieces of at most `longest` + 1 items, in batches of equal length."""

    def __init__(self, histories: Sequence[np.ndarray], n_items: int, longest: int, batch_size: int) -> None:
        """Cut, from the end backwards; an item that begins a piece is the last of the one before it.

        A batch holds at most `batch_size` pieces, fewer where an epoch would be but a few steps.
        """
        by_length: dict[int, list[np.ndarray]] = {}
        for history in histories:
            for end in range(len(history), 1, -longest):
                piece = history[max(0, end - longest - 1) : end]
                by_length.setdefault(len(piece), []).append(piece)
        self._pieces = [np.stack(pieces).astype(np.int64) for _, pieces in sorted(by_length.items())]
        n_pieces = sum(map(len, self._pieces))
        self._size = min(batch_size, max(_FEWEST, n_pieces // _STEPS))
        self._company = Company(histories, n_items)
        self.counts = np.bincount(np.concatenate([np.zeros(0, np.int64), *histories]), minlength=n_items)
        """(n_items,) how often each item occurs."""
        self.n_batches = sum(-(-len(pieces) // self._size) for pieces in self._pieces)
        """Of one epoch."""

    def epoch(self, rng: np.random.Generator, taught: float) -> Iterator[Batch]:
        """Yield every piece once; a share `taught` of the targets is drawn from the company of a recent input."""
        batches = [
            pieces[part]
            for pieces in self._pieces
            for part in np.array_split(rng.permutation(len(pieces)), -(-len(pieces) // self._size))
        ]
        for i in rng.permutation(len(batches)):
            inputs, targets = batches[i][:, :-1], batches[i][:, 1:]
            yield Batch(inputs, self._taught(inputs, targets, taught, rng))

    def asked(self, vectors: np.ndarray, noise: float, rng: np.random.Generator) -> Batch:
        """Return a batch of requests, each for one item: half of them after a piece of history, half after nothing.

        A request is the item's own vector, (n_items, dim) unit rows in `vectors`, with so much noise beside it.
        """
        if rng.random() < 0.5 and self._pieces:
            pieces = self._pieces[rng.integers(len(self._pieces))]
            chosen = pieces[rng.integers(len(pieces), size=min(self._size, len(pieces)))]
            inputs, targets = chosen[:, :-1], chosen[:, -1:]
        else:
            targets = rng.integers(len(vectors), size=(self._size, 1))
            inputs = targets[:, :0]
        wanted = vectors[targets[:, 0]].astype(np.float32)
        strayed = wanted + rng.standard_normal(wanted.shape).astype(np.float32) * (noise / wanted.shape[1] ** 0.5)
        return Batch(inputs, targets, strayed / np.linalg.norm(strayed, axis=1, keepdims=True))

    def _taught(self, inputs: np.ndarray, targets: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
        places = np.arange(inputs.shape[1])
        ages = np.minimum(rng.geometric(0.4, inputs.shape) - 1, places)
        drawn = self._company.drawn(np.take_along_axis(inputs, places - ages, axis=1), rng)
        return np.where((rng.random(targets.shape) < share) & (drawn >= 0), drawn, targets)
