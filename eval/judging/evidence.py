"""What the regression is given: columns as they are, and blocks of vectors that each fold reduces by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from eval.dialogues import Dialogue
from eval.judging.features import features

_N_AXES = 8
"""Kept of a block of vectors: a few hundred labelled dialogues bear no more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of n dialogues: columns (n, n_columns), and blocks (n, dim) of sentence vectors."""

    columns: np.ndarray
    blocks: Sequence[np.ndarray] = field(default_factory=list)

    def split(self, tested: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows to fit on and the rows tested; the axes of the blocks come from the former alone."""
        known, asked = [self.columns[~tested]], [self.columns[tested]]
        for block in self.blocks:
            mean = block[~tested].mean(axis=0)
            _, _, axes = np.linalg.svd(block[~tested] - mean, full_matrices=False)
            known.append((block[~tested] - mean) @ axes[:_N_AXES].T)
            asked.append((block[tested] - mean) @ axes[:_N_AXES].T)
        return np.hstack(known), np.hstack(asked)


Reader = Callable[[Sequence[Dialogue]], Evidence]


def texts(dialogues: Sequence[Dialogue]) -> Evidence:
    """Return what the texts alone show; a Reader."""
    return Evidence(np.array([list(features(dialogue).values()) for dialogue in dialogues]))


def evidence(dialogues: Sequence[Dialogue], readers: Sequence[Reader]) -> Evidence:
    """Return what all readers find, side by side."""
    found = [read(dialogues) for read in readers]
    return Evidence(np.hstack([one.columns for one in found]), [block for one in found for block in one.blocks])
