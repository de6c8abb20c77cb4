"""The tools' lists → one ranked pool: their scores or ranks fused, then tastes and how well known an item is."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

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
    "generate_items": 0.5,
    "suggest_titles": 1.0,
    "talk": 1.0,
    "filter_items": 0.0,
    "new": 0.0,
    "wished": 0.0,
    "taste": 0.0,
}
"""Weight of each list, by tool; "talk" is what the words of the whole conversation find.

The filtered lists (all, the new, what is wished) bring items to the pool; their order is how well known they are. So
does what resembles items liked in other conversations, which the profile weighs.
"""
DESCRIBED = {"search_keywords": 1 / 61, "search_meaning": 0.5 / 61}
"""Where a wish is put in words, these two lists count by score, the best worth this much and the rest in proportion:
their ranks hide how far ahead the best is (plot questions, R@1 .29 instead of .18)."""
KNOWN_DESCRIBED = 0.4 / 61
"""Weight of prominence (0–1) beside such scores."""
KNOWN = 0.03
"""Weight of prominence for any other wish; one first place in a list of weight 1 is worth 1/61 ≈ 0.016."""
KNOWN_BY_EXAMPLE = 0.06
"""Weight of prominence in talk about items known, where nothing is asked for: people then want what many know."""
UNSURE_DESCRIBED = 0.15 / 61
"""Weight of an unsure word beside such scores, which have heard it already."""
LIKED = 0.015
"""Weight of each liked value or unsure word an item matches; a disliked one takes as much away."""


class Ranked(NamedTuple):
    """One item of the pool with all the evidence for it; a tuple, for a turn makes thousands."""

    row: int
    score: float
    why: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    """Evidence by the tool that found it."""
    liked: tuple[Filter, ...] = ()
    """The tastes and unsure words it matches."""
    chance: float | None = None
    """Calibrated chance that it is what people took next; None where nothing was fitted for the turn."""
    profile: tuple[str, ...] = ()
    """What speaks for it in the user's profile, in clauses ready to show."""


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
    described = bool(understood.query) and understood.intent != "similar"
    weights = {**WEIGHTS, **dict.fromkeys(DESCRIBED, 0.0)} if described else WEIGHTS
    fused = dict(rrf([rows for _, rows in rows_of], [weights.get(name, 0.5) for name, _ in rows_of]))
    if described:
        for row, worth in _by_score(lists, catalog):
            fused[row] = fused.get(row, 0.0) + worth
    pool = np.fromiter(why, np.int64, len(why))
    by_example = understood.intent != "similar" and any(name == "similar_items" for name, _ in lists)
    known = KNOWN_BY_EXAMPLE if by_example else KNOWN_DESCRIBED if described else KNOWN
    scores = np.array([fused.get(row, 0.0) for row in why]) + known * catalog.prominence[pool]
    matched: dict[int, list[Filter]] = {}
    for wish, weight in _wishes(understood, ledger, UNSURE_DESCRIBED if described else LIKED):
        hit_mask = np.isin(pool, catalog.select([wish]).rows)
        scores += weight * hit_mask
        if weight > 0:
            for row in pool[hit_mask]:
                matched.setdefault(int(row), []).append(wish)
    order = np.lexsort((pool, -scores))
    best = zip(pool[order].tolist(), scores[order].tolist(), strict=True)
    return [Ranked(row, score, why[row], tuple(matched.get(row, ()))) for row, score in best]


def _by_score(lists: Sequence[tuple[str, ToolResult]], catalog: Catalog) -> Iterator[tuple[int, float]]:
    """Yield (row, worth) for the lists that count by score; cosines count from the last of their list upwards."""
    for name, result in lists:
        if name not in DESCRIBED or not result.hits:
            continue
        found = [hit.score for hit in result.hits]
        low = min(found) if name == "search_meaning" else 0.0
        width = max(found) - low or 1.0
        for hit, row in zip(result.hits, catalog.rows_of(hit.item_id for hit in result.hits), strict=True):
            yield row, DESCRIBED[name] * (hit.score - low) / width


def _wishes(understood: Understanding, ledger: Ledger, unsure: float) -> list[tuple[Filter, float]]:
    wishes = [(wish, unsure) for wish in understood.soft]
    for taste in ledger.tastes:
        if taste.field and taste.kind in ("like", "dislike"):
            wish = Filter(field=taste.field, op="contains", value=taste.value)
            wishes.append((wish, LIKED if taste.kind == "like" else -LIKED))
    return wishes
