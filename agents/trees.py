"""Boosted regression trees that were fitted elsewhere, summed with NumPy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Forest:
    """Trees side by side; every array is (n_trees, n_nodes), node 0 is the root, and a leaf leads to itself."""

    feature: np.ndarray
    """Column that a node asks about; 0 at leaves."""
    threshold: np.ndarray
    """Values up to it go left."""
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    """What a leaf adds; 0 at inner nodes."""
    depth: int

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> "Forest":
        """Read the arrays as `plain` wrote them."""
        ints = {name: np.array(raw[name], np.int32) for name in ("feature", "left", "right")}
        floats = {name: np.array(raw[name], np.float32) for name in ("threshold", "value")}
        return cls(**ints, **floats, depth=int(raw["depth"]))

    def plain(self) -> dict[str, Any]:
        """Return the arrays as lists; the nine digits of a float lose nothing."""
        ints = {name: getattr(self, name).tolist() for name in ("feature", "left", "right")}
        floats = {
            name: [[float(f"{x:.9g}") for x in tree] for tree in getattr(self, name)] for name in ("threshold", "value")
        }
        return {**ints, **floats, "depth": self.depth}

    def scores(self, columns: np.ndarray) -> np.ndarray:
        """Return (n,) float64 sums over the trees for (n, n_columns) rows."""
        trees = np.arange(len(self.feature))
        rows = np.arange(len(columns))[:, None]
        node = np.zeros((len(columns), len(trees)), np.int32)
        for _ in range(self.depth):
            goes_left = columns[rows, self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(goes_left, self.left[trees, node], self.right[trees, node])
        total: np.ndarray = self.value[trees, node].sum(axis=1, dtype=np.float64)
        return total
