"""The tools' lists → one ranked pool: weighted reciprocal-rank fusion, then tastes and how well known an item is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agents.state import Ledger, Understanding
from retrieval.catalog import Catalog
from retrieval.fuse import rrf
from retrieval.items import Filter
from tools.spec import ToolResult

WEIGHTS = {
    "search_keywords": 1.0,
    "search_meaning": 0.3,
    "similar_items": 1.5,
    "suggest_titles": 1.0,
    "talk": 1.0,
    "filter_items": 0.0,
    "new": 0.0,
    "wished": 0.0,
}
"""Weight of each list, by tool; "talk" is what the words of the whole conversation find.

The filtered lists (all, the new, what is wished) bring items to the pool; their order is how well known they are.
"""
KNOWN = 0.03
"""Weight of prominence (0–1) for a described wish; one first place in a list of weight 1 is worth 1/61 ≈ 0.016."""
KNOWN_BY_EXAMPLE = 0.06
"""Weight of prominence in talk about items known, where nothing is asked for: people then want what many know."""
LIKED = 0.015
"""Weight of each liked value or unsure word an item matches; a disliked one takes as much away."""


@dataclass(frozen=True)
class Ranked:
    """One item of the pool with all the evidence for it."""

    row: int
    score: float
    why: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Evidence by the tool that found it."""
    liked: tuple[Filter, ...] = ()
    """The tastes and unsure words it matches."""
    chance: float | None = None
    """Calibrated chance that it is what people took next; None where nothing was fitted for the turn."""


def rank(
    lists: Sequence[tuple[str, ToolResult]], understood: Understanding, ledger: Ledger, catalog: Catalog
) -> list[Ranked]:
    """Fuse the lists of one turn, best first. An order asked for by name ("longest") is kept as the tool gave it."""
    rows_of = [(name, catalog.rows_of(hit.item_id for hit in result.hits)) for name, result in lists]
    why: dict[int, dict[str, dict[str, Any]]] = {}
    for (name, rows), (_, result) in zip(rows_of, lists, strict=True):
        for row, hit in zip(rows, result.hits, strict=True):
            why.setdefault(row, {})[name] = hit.why
    if understood.order:
        ordered = next((rows for name, rows in rows_of if name == "filter_items"), [])
        return [Ranked(row, 1 / (i + 1), why[row]) for i, row in enumerate(ordered)]
    fused = dict(rrf([rows for _, rows in rows_of], [WEIGHTS.get(name, 0.5) for name, _ in rows_of]))
    pool = np.fromiter(why, np.int64, len(why))
    by_example = understood.intent != "similar" and any(name == "similar_items" for name, _ in lists)
    known = KNOWN_BY_EXAMPLE if by_example else KNOWN
    scores = np.array([fused.get(int(row), 0.0) for row in pool]) + known * catalog.prominence[pool]
    matched: dict[int, list[Filter]] = {}
    for wish, weight in _wishes(understood, ledger):
        hit_mask = np.isin(pool, catalog.select([wish]).rows)
        scores += weight * hit_mask
        if weight > 0:
            for row in pool[hit_mask]:
                matched.setdefault(int(row), []).append(wish)
    order = np.lexsort((pool, -scores))
    return [
        Ranked(int(pool[i]), float(scores[i]), why[int(pool[i])], tuple(matched.get(int(pool[i]), ()))) for i in order
    ]


def _wishes(understood: Understanding, ledger: Ledger) -> list[tuple[Filter, float]]:
    wishes = [(wish, LIKED) for wish in understood.soft]
    for taste in ledger.tastes:
        if taste.field and taste.kind in ("like", "dislike"):
            wish = Filter(field=taste.field, op="contains", value=taste.value)
            wishes.append((wish, LIKED if taste.kind == "like" else -LIKED))
    return wishes
