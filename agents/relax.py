"""Nothing satisfies every limit: relax exactly one, the one that costs the user least, or give the nearest misses.

A limit is relaxed at the mean cost of the three nearest items that meet all the others, and what leaves fewer than
three pays for each one missing: to keep the rest of the wish but hardly find anything is no gain either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from agents.misfit import costs as costs_of
from agents.misfit import day_of, ends_of, is_bounded
from agents.state import Limit
from retrieval.catalog import Catalog
from retrieval.filters import MAX_VALUES
from retrieval.items import Field, Filter, Role

ENOUGH = 3
"""So many items make a choice."""
_NEAREST = MAX_VALUES
"""How many nearest misses are looked at."""
_EACH_LACKING = 0.1
_FAR_OFF = 3
"""So many times as far as the nearest is no longer worth having a choice."""
_TOO_FAR = 1.4
"""From this cost on, relaxing one limit misses the point: the items would be what was ruled out or not what must be."""


@dataclass(frozen=True)
class Relaxed:
    """Which limits were put aside, and what is asked of the catalogue instead."""

    dropped: list[Limit]
    """The one limit relaxed; of nearest misses every limit that one of them breaks."""
    filters: list[Filter]
    bound: Filter | None = None
    """The wider bound in place of the one limit; None where it is let go or nothing but near misses are left."""
    costs: dict[int, float] = field(default_factory=dict)
    """What each row costs the user, where rows differ: the cheapest is shown first."""
    n_fit: int = 0
    """How many items meet every limit, and were put aside for another reason: seen, refused, shown before."""
    abstains: bool = False
    """Whether these are no recommendations but the nearest misses, each of which may break other limits."""


def relax(
    limits: Sequence[Limit],
    catalog: Catalog,
    *,
    said: Mapping[int, str] | None = None,
    without: Sequence[int] = (),
    goes_on: bool = True,
) -> Relaxed | None:
    """Choose the cheapest way to find something, or None where nothing would be near.

    `said` holds the messages by turn, for how firmly a limit was put; `without` the rows that must not be shown;
    `goes_on` tells whether there is something to rank by where the only limit is let go. Where there is not, and
    that limit is a name, the catalogue at large would miss the point.
    """
    if not limits:
        return None
    now = max(limit.turn for limit in limits)
    costs = np.stack([costs_of(x, catalog, now, said or {}) for x in limits])
    allowed = np.ones(catalog.n_items, bool)
    allowed[list(without)] = False
    n_fit = int((costs.sum(axis=0) == 0).sum())
    cheapest = _cheapest(costs, allowed)
    if cheapest is not None and (len(limits) > 1 or goes_on or is_bounded(limits[0].filter, catalog)):
        return _one(cheapest, limits, costs, catalog, allowed, n_fit)
    return _nearest(limits, costs, catalog, allowed, n_fit)


def _cheapest(costs: np.ndarray, allowed: np.ndarray) -> int | None:
    """Return the limit that is relaxed at the least cost, None where no single one is enough or near enough."""
    prices: dict[int, float] = {}
    for i in range(len(costs)):
        others = np.delete(costs, i, axis=0).sum(axis=0)
        options = np.sort(costs[i][allowed & (others == 0)])[:ENOUGH]
        if len(options):
            prices[i] = float(options.mean()) + _EACH_LACKING * (ENOUGH - len(options))
    best = min(prices, key=lambda i: prices[i], default=None)
    return None if best is None or len(costs) > 1 and prices[best] >= _TOO_FAR else best


def _one(
    i: int, limits: Sequence[Limit], costs: np.ndarray, catalog: Catalog, allowed: np.ndarray, n_fit: int
) -> Relaxed:
    rest = [x.filter for j, x in enumerate(limits) if j != i]
    rows = np.flatnonzero(allowed & (np.delete(costs, i, axis=0).sum(axis=0) == 0))
    bound = _widened(limits[i].filter, rows, catalog)
    graded = {int(row): float(costs[i][row]) for row in rows} if bound else {}
    return Relaxed([limits[i]], [*rest, *([bound] if bound else [])], bound, graded, n_fit)


def _nearest(
    limits: Sequence[Limit], costs: np.ndarray, catalog: Catalog, allowed: np.ndarray, n_fit: int
) -> Relaxed | None:
    """Return the items that miss least, of those that meet one limit at least; None where there is none."""
    total = np.where(allowed & (costs == 0).any(axis=0), costs.sum(axis=0), np.inf)
    rows = np.lexsort((-catalog.prominence, total))[:_NEAREST]
    rows = rows[np.isfinite(total[rows])]
    if not len(rows):
        return None
    ids = Filter(field=catalog.id_field, op="in", value=[catalog.ids[row] for row in rows])
    broken = [limit for limit, lost in zip(limits, costs, strict=True) if (lost[rows] > 0).any()]
    graded = {int(row): float(total[row]) for row in rows}
    return Relaxed(broken, [ids], costs=graded, n_fit=n_fit, abstains=True)


def _widened(given: Filter, rows: np.ndarray, catalog: Catalog) -> Filter | None:
    """Return the bound moved outwards to the nearest values among these rows; None where there is none to move."""
    about = catalog.fields[given.field]
    if not is_bounded(given, catalog):
        return None
    low, high = ends_of(given, about)
    values = catalog.numbers(about.name)[rows]
    values = values[np.isfinite(values)]
    miss = np.maximum(np.maximum(low - values, values - high), 0.0)
    if not len(values):
        return None
    order = np.argsort(miss)
    farthest = miss[order[min(ENOUGH, len(order)) - 1]]
    reach = farthest if farthest <= _FAR_OFF * miss[order[0]] else miss[order[0]]
    near = values[miss <= reach]
    ends = [_end(low, float(near.min()), about, up=False), _end(high, float(near.max()), about, up=True)]
    known = [end for end in ends if end is not None]
    if given.op in ("gte", "lte"):
        return Filter(field=given.field, op=given.op, value=known[0])
    return Filter(field=given.field, op="between", value=known)


def _end(old: float, nearest: float, about: Field, *, up: bool) -> float | str | None:
    """Return one end of a wider bound, None where it is open; years and days as they are, other numbers rounded."""
    if not np.isfinite(old):
        return None
    end = max(old, nearest) if up else min(old, nearest)
    if about.role is Role.DATE:
        return day_of(end)
    rounded = end if about.unit == "year" else _rounded(end, abs(end - old), up=up)
    return int(rounded) if rounded == int(rounded) else rounded


def _rounded(end: float, moved: float, *, up: bool) -> float:
    """Round a bound outwards to the roundest number that goes little beyond what was needed: 97 after 89 → 100."""
    if not moved:
        return end
    best = end
    for power in range(-2, 10):
        for step in (10.0**power, 2 * 10.0**power, 5 * 10.0**power):
            rounded = (np.ceil if up else np.floor)(round(end / step, 6)) * step
            beyond = rounded - end if up else end - rounded
            if 0 <= beyond <= 0.4 * moved:
                best = round(float(rounded), 6)
    return best
