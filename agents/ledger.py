"""How the ledger of a conversation changes; pure functions, old ledgers are never altered."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from agents.state import Ledger, Limit, Taste
from retrieval.items import NEGATIVE_OPS, Filter
from retrieval.text import fold

MOST_LIMITS = 32
"""What nobody says and no query should hold."""
_BOUNDS = {"gte", "lte", "between", "eq"}


def add_limit(ledger: Ledger, limit: Limit, *, replace: bool = False) -> Ledger:
    """Add a limit; what it contradicts from earlier turns goes, or all positive limits on its field with `replace`.

    Of more than `MOST_LIMITS` the oldest goes, but none that a calling program gave.
    """
    kept = [old for old in ledger.limits if not _gives_way(old, limit, replace=replace)]
    limits = [*kept, limit]
    said = [i for i, one in enumerate(limits) if one.source != "caller"]
    if len(limits) > MOST_LIMITS and said:
        del limits[said[0]]
    return ledger.model_copy(update={"limits": limits})


def _gives_way(old: Limit, new: Limit, *, replace: bool) -> bool:
    if old.filter.field != new.filter.field:
        return False
    if old.filter == new.filter:
        return True
    if _is_negative(old) != _is_negative(new):
        return bool(_folded(old.filter.value) & _folded(new.filter.value))
    if _is_negative(new):
        return False
    if old.turn == new.turn:
        return False
    if replace:
        return True
    if new.filter.op in _BOUNDS and old.filter.op in _BOUNDS:
        return (
            new.filter.op == old.filter.op
            or not _overlap(old.filter, new.filter)
            or "eq" in (old.filter.op, new.filter.op)
        )
    return False


def _is_negative(limit: Limit) -> bool:
    return limit.filter.op in NEGATIVE_OPS


def _folded(value: Any) -> set[str]:
    return {fold(str(v)) for v in (value if isinstance(value, list) else [value])}


def interval(given: Filter) -> tuple[float, float]:
    """Return the interval a number or year limit allows; open ends are infinite."""
    low, high = float("-inf"), float("inf")
    if given.op == "between":
        low, high = _number(given.value[0], low), _number(given.value[1], high)
    elif given.op == "gte":
        low = _number(given.value, low)
    elif given.op == "lte":
        high = _number(given.value, high)
    elif given.op == "eq":
        low, high = _number(given.value, low), _number(given.value, high)
    return low, high


def _number(value: Any, otherwise: float) -> float:
    place = place_of(value)
    return otherwise if place is None else place


def place_of(value: Any) -> float | None:
    """Return where a number, a year or a day stands on one line, days as parts of their year; None for other things."""
    try:
        if isinstance(value, str) and "-" in value:
            day = date.fromisoformat(value[:10])
            return day.year + (day.timetuple().tm_yday - 1) / 366
        return float(value)
    except (TypeError, ValueError):
        return None


def _overlap(one: Filter, other: Filter) -> bool:
    (low_1, high_1), (low_2, high_2) = interval(one), interval(other)
    return max(low_1, low_2) <= min(high_1, high_2)


def contradictions(ledger: Ledger) -> list[tuple[Limit, Limit]]:
    """Return the pairs of limits on one number field that no value can satisfy both of."""
    bounds = [limit for limit in ledger.limits if limit.filter.op in _BOUNDS and _is_number_like(limit.filter)]
    return [
        (one, other)
        for i, one in enumerate(bounds)
        for other in bounds[i + 1 :]
        if one.filter.field == other.filter.field and not _overlap(one.filter, other.filter)
    ]


def _is_number_like(given: Filter) -> bool:
    values = given.value if isinstance(given.value, list) else [given.value]
    return given.op != "eq" or all(isinstance(v, int | float) for v in values)


def lift_fields(ledger: Ledger, fields: Iterable[str]) -> Ledger:
    """Remove every limit on these fields."""
    gone = set(fields)
    return ledger.model_copy(update={"limits": [limit for limit in ledger.limits if limit.filter.field not in gone]})


def lift_value(ledger: Ledger, field: str, value: Any) -> Ledger:
    """Remove the limits and tastes that name this value of this field."""
    names = _folded(value)
    limits = [x for x in ledger.limits if x.filter.field != field or not _folded(x.filter.value) & names]
    tastes = [x for x in ledger.tastes if x.field != field or fold(x.value) not in names]
    return Ledger(limits=limits, tastes=tastes)


def remove_key(ledger: Ledger, key: str) -> Ledger:
    """Remove the limit or taste behind a chip; an unknown key changes nothing."""
    limits = [limit for limit in ledger.limits if limit.key != key]
    return Ledger(limits=limits, tastes=[taste for taste in ledger.tastes if taste.key != key])


def add_taste(ledger: Ledger, taste: Taste) -> Ledger:
    """Add a taste; a newer like or dislike of the same thing replaces the older one."""
    kept = [t for t in ledger.tastes if not _same_matter(t, taste)]
    return ledger.model_copy(update={"tastes": [*kept, taste]})


def _same_matter(old: Taste, new: Taste) -> bool:
    same_thing = (old.item_id, old.field, fold(old.value)) == (new.item_id, new.field, fold(new.value))
    return same_thing and ("seen" not in (old.kind, new.kind) or old.kind == new.kind)
