"""What the regression is given: columns as they are, blocks of vectors that each fold reduces, other judges' scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from eval.dialogues import Dialogue
from eval.judging.features import features

_N_AXES = 8
"""Kept of a block of vectors: a few hundred labelled dialogues bear no more."""
Axes = tuple[np.ndarray, np.ndarray]
"""Mean (dim,) and main directions (n_axes, dim) of a block."""
Rows = list[np.ndarray]
"""(n, n_columns) of what is told by code, and of every other judge."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of n dialogues: columns (n, n_columns), blocks (n, dim) of vectors, and the columns of other judges."""

    columns: np.ndarray
    blocks: Sequence[np.ndarray] = field(default_factory=list)
    apart: Sequence[np.ndarray] = field(default_factory=list)
    """Columns that must not drown among the many others."""

    def axes(self, known: np.ndarray) -> list[Axes]:
        """Return the axes of the blocks that the known dialogues alone show."""
        found = []
        for block in self.blocks:
            mean = block[known].mean(axis=0)
            found.append((mean, np.linalg.svd(block[known] - mean, full_matrices=False)[2][:_N_AXES]))
        return found

    def rows(self, axes: Sequence[Axes], at: np.ndarray) -> Rows:
        """Return the rows of these dialogues, blocks reduced to the axes."""
        reduced = [(block[at] - mean) @ main.T for block, (mean, main) in zip(self.blocks, axes, strict=True)]
        return [np.hstack([self.columns[at], *reduced]), *(one[at] for one in self.apart)]

    def split(self, tested: np.ndarray) -> tuple[Rows, Rows]:
        """Return the rows to fit on and the rows tested; the axes of the blocks come from the former alone."""
        axes = self.axes(~tested)
        return self.rows(axes, ~tested), self.rows(axes, tested)


Reader = Callable[[Sequence[Dialogue]], Evidence]


def texts(dialogues: Sequence[Dialogue]) -> Evidence:
    """Return what the texts alone show; a Reader."""
    return Evidence(np.array([list(features(dialogue).values()) for dialogue in dialogues]))


def evidence(dialogues: Sequence[Dialogue], readers: Sequence[Reader]) -> Evidence:
    """Return what all readers find, side by side."""
    found = [read(dialogues) for read in readers]
    columns = np.hstack([one.columns for one in found])
    blocks = [block for one in found for block in one.blocks]
    return Evidence(columns, blocks, [more for one in found for more in one.apart])
