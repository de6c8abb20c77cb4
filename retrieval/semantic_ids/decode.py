"""Beam search over the IDs there are: users' histories → the items most likely to come next."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.semantic_ids.network import Network, Rows
from retrieval.semantic_ids.trie import Step, Trie

_BATCH = 64
"""Users decoded at once: enough to fill the matrices, few enough to stay in the processor's cache."""
_EXACT = 4
"""Up to this many times the beam's width, items that fit a filter are all scored."""


@dataclass(frozen=True)
class _Paths:
    """Prefixes of IDs that are still in the running, by user and then in the order of the trie."""

    users: np.ndarray
    nodes: np.ndarray
    log_probs: np.ndarray
    states: np.ndarray
    """(n, width): the user's state, and what the codes chosen so far add to it."""


@dataclass(frozen=True)
class _Masks:
    """Which items may come out."""

    allowed: np.ndarray | None
    """The filter, cumulated along the trie."""
    dead: list[np.ndarray]
    """By depth: user times the number of nodes plus node, where a user's own exclusions leave nothing below; sorted."""


class Decoder:
    """A trained model, ready to generate items. Safe for threads: nothing changes after opening."""

    def __init__(self, network: Network, ids: SemanticIds, debias: float = 0.0) -> None:
        """Sort the IDs; see `open`."""
        self.ids, self.debias = ids, debias
        self._network, self._trie = network, Trie(ids.codes)
        self._seen = [below > 0 for below in self._trie.totals(self._trie.cumulated(network.counts > 0))]
        mass = self._trie.cumulated(network.counts + 1.0)
        self._log_mass = [np.log(below / mass[-1]).astype(np.float32) for below in self._trie.totals(mass)]

    @classmethod
    def open(cls, folder: Path, n_threads: int = 1) -> "Decoder":
        """Check and open a trained model. Raises BundleError on a folder missing, damaged or put together wrongly."""
        about = artefact.read(folder)
        ids = SemanticIds.load(folder / artefact.IDS)
        return cls(Network(folder, ids.codes, n_threads), ids, about.debias)

    def decode(
        self,
        histories: Sequence[Rows],
        k: int,
        beam: int = 50,
        *,
        allowed: np.ndarray | None = None,
        excluded: Sequence[Rows] | None = None,
        queries: np.ndarray | None = None,
        debias: float | None = None,
    ) -> list[list[tuple[int, float]]]:
        """Return k items a user, or all where fewer may come out: (row, log-probability given the history), best first.

        The order is by log-probability less `debias` times the log of the item's share of all that happened in
        training; equals go by row. Every prefix kept leads to an item that may come out, so a beam at least k wide
        ends with k items, without a filter or with any.

        Args:
            histories: rows a user, oldest first; the most recent 20 count. They are not excluded by themselves.
            k: items wanted a user.
            beam: prefixes kept at each level; at least k are. Few items allowed are all scored.
            allowed: (n_items,) bool; other items never come out. Probabilities stay those without it.
            excluded: rows a user that must not come out besides.
            queries: (users, query_dim) unit vectors of requests, a zero row for none.
            debias: instead of the model's own.
        """
        if allowed is not None:
            n_allowed, cumulated = int(np.count_nonzero(allowed)), self._trie.cumulated(allowed)
        else:
            n_allowed, cumulated = self._trie.n_items, None
        width = max(beam, k, n_allowed if n_allowed <= _EXACT * beam else 0)
        strength = self.debias if debias is None else debias
        found: list[list[tuple[int, float]]] = []
        for start in range(0, len(histories), _BATCH):
            part = slice(start, start + _BATCH)
            states = self._network.states(histories[part], None if queries is None else queries[part])
            masks = self._masks(allowed, cumulated, [] if excluded is None else excluded[part])
            found += self._ranked(self._walk(states, masks, width, strength), len(states), k, strength)
        return found

    def _masks(self, allowed: np.ndarray | None, cumulated: np.ndarray | None, excluded: Sequence[Rows]) -> _Masks:
        """Find the branches without any item for a user, from their leaves up: few, and soon none."""
        trie, n_items = self._trie, self._trie.n_items
        rows = [np.asarray(rows, np.int64) for rows in excluded]
        if allowed is not None:
            rows = [part[allowed[part]] for part in rows]
        keys = [i * n_items + trie.place[part].astype(np.int64) for i, part in enumerate(rows) if len(part)]
        dead = [np.unique(np.concatenate(keys)) if keys else np.empty(0, np.int64)]
        n_excluded = np.ones(len(dead[0]), np.int64)
        for depth in range(trie.n_levels - 1, -1, -1):
            users, nodes = np.divmod(dead[-1], trie.n_nodes(depth + 1))
            above = users * trie.n_nodes(depth) + trie.parents(depth, nodes)
            begins = np.flatnonzero(np.diff(above, prepend=-1))
            above, n_excluded = above[begins], np.add.reduceat(n_excluded, begins)
            empty = n_excluded >= trie.below(depth, above % trie.n_nodes(depth), cumulated)
            dead.append(above[empty])
            n_excluded = n_excluded[empty]
            if not len(dead[-1]):
                return _Masks(cumulated, [*dead[-1:] * depth, *dead[::-1]])
        return _Masks(cumulated, dead[::-1])

    def _walk(self, states: np.ndarray, masks: _Masks, width: int, strength: float) -> _Paths:
        """Follow the most likely prefixes level by level; return all items below those kept before the last."""
        n_users = len(states)
        root = np.zeros(n_users, np.int64)
        paths = _Paths(np.arange(n_users), root, np.zeros(n_users, np.float32), states)
        for level in range(self._trie.n_levels):
            if not len(paths.nodes):
                return paths
            step = self._trie.children(level, paths.nodes)
            log_probs = self._log_softmax(level, paths, step) + paths.log_probs[step.parents]
            scores = log_probs - strength * self._log_mass[level + 1][step.nodes] if strength else log_probs.copy()
            if masks.allowed is not None:
                scores[self._trie.below(level + 1, step.nodes, masks.allowed) == 0] = -np.inf
            if len(dead := masks.dead[level + 1]):
                keys = paths.users[step.parents] * self._trie.n_nodes(level + 1) + step.nodes
                at = np.minimum(np.searchsorted(keys, dead), len(keys) - 1)
                scores[at[keys[at] == dead]] = -np.inf
            bounds = step.offsets[np.searchsorted(paths.users, np.arange(n_users + 1))]
            kept = _best(scores, bounds, width)
            nodes, parents = step.nodes[kept], step.parents[kept]
            y = paths.states[parents]
            if level + 1 < self._trie.n_levels:
                y += self._network.added(level, self._trie.depths[level + 1].codes[nodes])
            paths = _Paths(paths.users[parents], nodes, log_probs[kept], y)
        return paths

    def _log_softmax(self, level: int, paths: _Paths, step: Step) -> np.ndarray:
        """Return the log-probability of each child among its siblings, which are all the codes there are."""
        n_each = np.diff(step.offsets)
        branching = n_each > 1  # an only child is certain, whatever the network says
        if branching.all():
            return self._normalised(
                level, self._network.logits(level, paths.states), step.parents, step.nodes, step.offsets
            )
        found = np.zeros(len(step.nodes), np.float32)
        if branching.any():
            several = branching[step.parents]
            line = (np.cumsum(branching) - 1)[step.parents[several]]
            bounds = np.append(0, np.cumsum(n_each[branching]))
            logits = self._network.logits(level, paths.states[branching])
            found[several] = self._normalised(level, logits, line, step.nodes[several], bounds)
        return found

    def _normalised(
        self, level: int, logits: np.ndarray, line: np.ndarray, nodes: np.ndarray, bounds: np.ndarray
    ) -> np.ndarray:
        """Return the logits at these lines and nodes as log-probabilities: between each two bounds these add up to one.

        The network learned never to name a code under which nothing was seen in training, so such a code is lent the
        mean odds that an item has under its siblings: a new item comes out where its like does.
        """
        values: np.ndarray = logits[line, self._trie.depths[level + 1].codes[nodes]]
        values -= np.maximum.reduceat(values, bounds[:-1])[line]
        seen = self._seen[level + 1][nodes]
        if not seen.all():
            n_items = self._trie.below(level + 1, nodes)
            odds = np.add.reduceat(np.where(seen, np.exp(values), 0), bounds[:-1])
            n_seen = np.add.reduceat(np.where(seen, n_items, 0), bounds[:-1])
            lent = ~seen & (odds > 0)[line]
            values[lent] = (np.log(np.maximum(odds, 1e-30) / np.maximum(n_seen, 1))[line] + np.log(n_items))[lent]
        values -= np.log(np.add.reduceat(np.exp(values), bounds[:-1]))[line]
        return values

    def _ranked(self, paths: _Paths, n_users: int, k: int, strength: float) -> list[list[tuple[int, float]]]:
        rows = self._trie.order[paths.nodes]
        scores = paths.log_probs - strength * self._log_mass[-1][paths.nodes] if strength else paths.log_probs
        order = np.lexsort((rows, -scores, paths.users))
        bounds = np.searchsorted(paths.users, np.arange(n_users + 1))
        best = [order[low:high][:k] for low, high in zip(bounds, bounds[1:], strict=False)]
        return [list(zip(rows[part].tolist(), paths.log_probs[part].tolist(), strict=True)) for part in best]


def _best(scores: np.ndarray, bounds: np.ndarray, width: int) -> np.ndarray:
    """Return, in order, where the `width` best scores between each two bounds are; of equals the first; never -inf."""
    kept = scores > -np.inf
    for low, high in zip(bounds, bounds[1:], strict=False):
        if high - low <= width:
            continue
        part = scores[low:high]
        least = np.partition(part, -width)[-width]
        if least > -np.inf:
            kept[low:high] = part > least
            equal = np.flatnonzero(part == least)
            kept[low + equal[: width - np.count_nonzero(kept[low:high])]] = True
    return np.flatnonzero(kept)
