"""What a filter costs semantic IDs: kept to inside the beam, and applied to what the beam found without it."""

import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from eval.metrics import MISSED, rank_of, with_intervals
from eval.next_lists import METRICS
from eval.next_models import Means, select
from eval.sequences import Sequences

_SHARES = (0.5, 0.1, 0.01)
_BEAM = 50
_ASKED = 2000
Hits = list[list[tuple[int, float]]]


class Decodes(Protocol):
    """A decoder of semantic IDs."""

    def decode(
        self,
        histories: Sequence[np.ndarray],
        k: int,
        beam: int = 50,
        *,
        allowed: np.ndarray | None = None,
        excluded: Sequence[np.ndarray] | None = None,
    ) -> Hits:
        """Return (row, log-probability), best first, for each history."""
        ...


def score_filters(data: Sequences, means: Means) -> dict[str, dict[str, Any]]:
    """Train semantic IDs, or open what is trained, and score them under filters that keep half to a hundredth."""
    [model] = select(["semantic_ids"], data, means)
    model.fit(data.histories(2), data)
    decoder: Decodes = model.decoder  # type: ignore[attr-defined]
    return filtered_rows(decoder, data, means.seed)


def filtered_rows(decoder: Decodes, data: Sequences, seed: int) -> dict[str, dict[str, Any]]:
    """Score (at most 2,000) users at the last position, everyone under one filter that the target passes.

    A share s parts the items by chance into 1/s filters, and each user is asked under that of the target.
    """
    drawn = np.random.default_rng(seed)
    users = drawn.permutation(len(data.users))[:_ASKED]
    targets = data.targets(1)[users]
    histories = [data.taken[user][:-1] for user in users]
    names = [data.users[user] for user in users]
    rows = {}
    for share in _SHARES:
        filters = drawn.permutation(len(data.items)) % round(1 / share)

        def inside(part: list[np.ndarray], allowed: np.ndarray) -> Hits:
            return decoder.decode(part, _BEAM, _BEAM, allowed=allowed, excluded=part)

        def after(part: list[np.ndarray], allowed: np.ndarray) -> Hits:
            hits = decoder.decode(part, _BEAM, _BEAM, excluded=part)
            return [[hit for hit in found if allowed[hit[0]]] for found in hits]

        for way, decode in (("inside the beam", inside), ("after the beam", after)):
            rows[f"{share:.0%} kept, {way}"] = _row(decode, histories, targets, filters, names, seed)
    return rows


def _row(
    decode: Callable[[list[np.ndarray], np.ndarray], Hits],
    histories: Sequence[np.ndarray],
    targets: np.ndarray,
    filters: np.ndarray,
    names: Sequence[str],
    seed: int,
) -> dict[str, Any]:
    ranks, n_found, taken_s = np.full(len(targets), MISSED), np.zeros(len(targets), int), 0.0
    mine = filters[targets]
    for number in np.unique(mine):
        at = np.flatnonzero(mine == number)
        started = time.perf_counter()
        hits = decode([histories[int(i)] for i in at], filters == number)
        taken_s += time.perf_counter() - started
        ranks[at] = [rank_of([item for item, _ in found], targets[i]) for i, found in zip(at, hits, strict=True)]
        n_found[at] = [len(found) for found in hits]
    cells = with_intervals({name: METRICS[name](ranks) for name in ("R@10", "NDCG@10", "R@50")}, names, seed)
    fewer = {"fewer than 10": round(float((n_found < 10).mean()), 4)}
    return {"n": len(targets), **cells, **fewer, "ms": round(taken_s * 1000 / len(targets), 2)}
