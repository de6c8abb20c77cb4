"""Boosted regression trees that were fitted elsewhere, summed with NumPy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
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

    @cached_property
    def _flat(self) -> "_Flat":
        return _Flat.of(self)

    def scores(self, columns: np.ndarray) -> np.ndarray:
        """Return (n,) float64 sums over the trees for (n, n_columns) rows."""
        flat, values = self._flat, np.ascontiguousarray(columns).ravel()
        begins = (np.arange(len(columns)) * columns.shape[1])[:, None]
        node = np.tile(flat.roots, (len(columns), 1))
        for _ in range(self.depth):
            asked = values.take(flat.feature.take(node) + begins)
            node = flat.children.take(2 * node + (asked <= flat.threshold.take(node)))
        total: np.ndarray = flat.value.take(node).sum(axis=1, dtype=np.float64)
        return total


@dataclass(frozen=True)
class _Flat:
    """All nodes in one row, so that a step is a few plain look-ups: four times as fast."""

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    value: np.ndarray
    children: np.ndarray
    """Of node i, the right one at 2i and the left one at 2i + 1."""

    @classmethod
    def of(cls, forest: Forest) -> "_Flat":
        n_trees, n_nodes = forest.feature.shape
        roots = np.arange(n_trees) * n_nodes
        children = np.stack([forest.right, forest.left], axis=2) + roots[:, None, None]
        feature = forest.feature.ravel().astype(np.int64)
        return cls(roots, feature, forest.threshold.ravel(), forest.value.ravel(), children.ravel())
