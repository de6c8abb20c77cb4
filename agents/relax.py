"""Nothing satisfies every limit: relax exactly one, the one that costs the user least, or show the nearest misses."""

from dataclasses import dataclass

from agents.ledger import interval
from agents.state import Limit
from retrieval.catalog import Catalog
from retrieval.items import Filter, Role

_ENOUGH = 3


@dataclass(frozen=True)
class Relaxed:
    """Which limits were put aside, and what is asked of the catalogue instead."""

    dropped: list[Limit]
    filters: list[Filter]


def relax(limits: list[Limit], catalog: Catalog) -> Relaxed | None:
    """Choose the cheapest way to find something, or None where even the gentlest leaves nothing.

    One limit goes if that is enough: a model's guess before the user's words, a number before a name, an older
    wish before a newer one. Otherwise limits go one by one, always the one whose absence leaves most items.
    """
    candidates = []
    for i, limit in enumerate(limits):
        rest = [x.filter for j, x in enumerate(limits) if j != i]
        n_left = len(catalog.select(rest).rows) if rest else catalog.n_items
        if n_left:
            candidates.append((_cost(limit, catalog, n_left), i, rest))
    if candidates:
        _, i, rest = min(candidates)
        return Relaxed([limits[i]], [*rest, *_widened(limits[i], catalog, rest)])
    return _several(limits, catalog)


def _cost(limit: Limit, catalog: Catalog, n_left: int) -> tuple[bool, bool, bool, int]:
    """Least first: guessed by a model, a number or date, enough left without it, the older wish."""
    is_number = catalog.fields[limit.filter.field].role in (Role.NUMBER, Role.DATE)
    return limit.source != "model", not is_number, n_left < _ENOUGH, limit.turn


def _several(limits: list[Limit], catalog: Catalog) -> Relaxed | None:
    left = list(limits)
    dropped: list[Limit] = []
    while left:
        sizes = [len(catalog.select([x.filter for j, x in enumerate(left) if j != i]).rows) for i in range(len(left))]
        best = max(range(len(left)), key=lambda i: sizes[i])
        dropped.append(left.pop(best))
        if sizes[best] and left:
            return Relaxed(dropped, [x.filter for x in left])
    return None


def _widened(limit: Limit, catalog: Catalog, rest: list[Filter]) -> list[Filter]:
    """Keep a number limit but move its bound outwards until something fits: under 90 → under 100."""
    if catalog.fields[limit.filter.field].role is not Role.NUMBER or limit.filter.op in ("ne", "in", "not_in"):
        return []
    low, high = interval(limit.filter)
    bounds = [abs(b) for b in (low, high) if abs(b) != float("inf")]
    if not bounds:  # "known" and "unknown" have nothing to move
        return []
    size = max(bounds)
    is_year = catalog.fields[limit.filter.field].unit == "year"
    for share in (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0):
        margin = share * (20 if is_year else size)
        wide = Filter(
            field=limit.filter.field, op="between", value=[max(low - margin, -1e15), min(high + margin, 1e15)]
        )
        if len(catalog.select([*rest, wide]).rows) >= 1:
            return [wide]
    return []
