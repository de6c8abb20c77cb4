"""All IDs of a catalogue as a trie in flat arrays: a node is a range of the items sorted by their codes.

Nodes of one depth are numbered in that order too, so a node's children are a range of the next depth. Ranges need 12
bytes a node, where a table by code would need a cell for every code there could be.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Depth:
    """The nodes some number of codes below the root, which is depth 0; at the last depth each node is one item."""

    starts: np.ndarray
    """(n_nodes + 1): node i holds items starts[i] to starts[i + 1] of the sorted order."""
    first: np.ndarray
    """(n_nodes + 1): its children are nodes first[i] to first[i + 1] of the next depth; empty at the last depth."""
    codes: np.ndarray
    """(n_nodes): the code that leads to it; empty at depth 0."""


@dataclass(frozen=True)
class Step:
    """Children of some nodes, all of one depth, in order: the first node's, then the second's, and so on."""

    nodes: np.ndarray
    """Their numbers at the next depth."""
    parents: np.ndarray
    """Of each, the position of its parent among the nodes asked for."""
    offsets: np.ndarray
    """(n_asked + 1): where each parent's children begin."""


class Trie:
    """Which codes may follow which, and how many of some items lie below."""

    def __init__(self, codes: np.ndarray) -> None:
        """Sort items by their codes (n_items, n_levels), each tuple another. Raises ValueError where two are alike."""
        self.order = np.lexsort(codes.T[::-1]).astype(np.int32)
        """Rows of the items, sorted by codes."""
        self.n_items, self.n_levels = codes.shape
        self.place = np.empty(self.n_items, np.int32)
        """Of each row, its position in that order."""
        self.place[self.order] = np.arange(self.n_items, dtype=np.int32)
        starts = [np.array([0, self.n_items], np.int32)]
        levels = [np.empty(0, np.int32)]
        begins = np.zeros(self.n_items, bool)
        begins[:1] = True
        for level in range(self.n_levels):
            column = codes[self.order, level]
            begins[1:] |= column[1:] != column[:-1]
            nodes = np.flatnonzero(begins)
            starts.append(np.append(nodes, self.n_items).astype(np.int32))
            levels.append(column[nodes].astype(np.int32))
        if len(levels[-1]) != self.n_items:
            raise ValueError(f"{self.n_items - len(levels[-1])} items have the ID of another")
        firsts = [
            np.searchsorted(below, above).astype(np.int32) for above, below in zip(starts, starts[1:], strict=False)
        ]
        self.depths = [Depth(*parts) for parts in zip(starts, [*firsts, np.empty(0, np.int32)], levels, strict=True)]

    @property
    def n_bytes(self) -> int:
        """Memory of all arrays."""
        arrays = [part for depth in self.depths for part in (depth.starts, depth.first, depth.codes)]
        return sum(array.nbytes for array in (self.order, self.place, *arrays))

    def children(self, depth: int, nodes: np.ndarray) -> Step:
        """Return all children of nodes of this depth."""
        first = self.depths[depth].first
        low = first[nodes]
        n_each = first[nodes + 1] - low
        offsets = np.zeros(len(nodes) + 1, np.int64)
        np.cumsum(n_each, out=offsets[1:])
        parents = np.repeat(np.arange(len(nodes)), n_each)
        return Step(np.arange(offsets[-1]) + (low - offsets[:-1])[parents], parents, offsets)

    def cumulated(self, weights: np.ndarray) -> np.ndarray:
        """Add up a mask or a weight of rows along the sorted order, (n_items + 1), for `below` to read."""
        total = np.zeros(self.n_items + 1, np.int32 if weights.dtype == bool else np.float64)
        np.cumsum(weights[self.order], out=total[1:])
        return total

    def below(self, depth: int, nodes: np.ndarray, cumulated: np.ndarray | None = None) -> np.ndarray:
        """Return of each node how many items lie below it: all of them, or of a mask, or the sum of their weights."""
        starts = self.depths[depth].starts
        low, high = starts[nodes], starts[nodes + 1]
        found: np.ndarray = high - low if cumulated is None else cumulated[high] - cumulated[low]
        return found

    def totals(self, cumulated: np.ndarray) -> list[np.ndarray]:
        """Return `below` of all nodes, by depth."""
        return [self.below(depth, np.arange(self.n_nodes(depth)), cumulated) for depth in range(len(self.depths))]

    def n_nodes(self, depth: int) -> int:
        """Return how many prefixes of this many codes there are."""
        return len(self.depths[depth].starts) - 1

    def parents(self, depth: int, nodes: np.ndarray) -> np.ndarray:
        """Return the nodes of this depth above nodes of the next."""
        # Of one type, or the whole table would be converted at every call.
        found: np.ndarray = np.searchsorted(self.depths[depth].first, nodes.astype(np.int32), side="right") - 1
        return found
