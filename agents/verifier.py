"""The last check before anything is shown: every limit, on the item's own row, not by the SQL that found it."""

from collections.abc import Sequence
from typing import Any

from retrieval.filters import comparable
from retrieval.items import NEGATIVE_OPS, Field, Filter, Item, Role
from retrieval.text import fold


class Verifier:
    """Decides of one item after the other whether it may stand in one slate; the only way into it.

    What it lets pass meets every limit but those relaxed, and what was put in their place; is not excluded (seen,
    refused, named, shown before where others are asked for); and is neither there already nor its namesake of the
    same year.
    """

    def __init__(
        self,
        limits: Sequence[Filter],
        fields: dict[str, Field],
        *,
        relaxed: Sequence[Filter] = (),
        instead: Sequence[Filter] = (),
        excluded: frozenset[str] = frozenset(),
    ) -> None:
        self._limits, self._fields = limits, fields
        self._relaxed, self._instead = relaxed, instead
        self._excluded = excluded
        self._years = [field.name for field in fields.values() if field.unit == "year"]
        self._taken: set[tuple[str, ...]] = set()

    def admit(self, item: Item) -> list[Filter] | None:
        """Return the relaxed limits that an item breaks, None where it must not be shown; what is admitted counts."""
        breaks = broken(item, self._limits, self._fields)
        itself = ("id", item.item_id)
        twin = ("title", fold(item.title) or item.title, *(str(item.values.get(name)) for name in self._years))
        if item.item_id in self._excluded or self._taken & {itself, twin}:
            return None
        if any(given not in self._relaxed for given in breaks) or broken(item, self._instead, self._fields):
            return None
        self._taken |= {itself, twin}
        return breaks


def satisfies(item: Item, given: Filter, field: Field) -> bool:
    """Whether the row of `item` meets the limit; an unknown value meets none but `unknown`."""
    value = item.values.get(field.name)
    if given.op in ("known", "unknown"):
        return (value is None) == (given.op == "unknown")
    if value is None:
        return False
    if field.role in (Role.NUMBER, Role.DATE):
        return _number_ok(value, given, field)
    return _words_ok(value, given, field)


def broken(item: Item, filters: Sequence[Filter], fields: dict[str, Field]) -> list[Filter]:
    """Return the limits this item does not meet, in their order."""
    return [f for f in filters if f.field not in fields or not satisfies(item, f, fields[f.field])]


def _number_ok(value: Any, given: Filter, field: Field) -> bool:
    wanted = given.value if isinstance(given.value, list | tuple) else [given.value]
    if field.role is Role.DATE:
        return _date_ok(str(value), [str(w) for w in wanted], given.op)
    numbers = [float(w) for w in wanted]
    return {
        "eq": value == numbers[0],
        "ne": value != numbers[0],
        "in": value in numbers,
        "not_in": value not in numbers,
        "gte": value >= numbers[0],
        "lte": value <= numbers[0],
        "between": numbers[0] <= value <= numbers[-1],
    }.get(given.op, False)


def _date_ok(value: str, wanted: list[str], op: str) -> bool:
    """Compare ISO texts; a wanted bare year stands for all its days."""
    lows = [w if len(w) > 4 else w + "-01-01" for w in wanted]
    highs = [w if len(w) > 4 else w + "-12-31" for w in wanted]
    inside = any(low <= value <= high for low, high in zip(lows, highs, strict=True))
    return {
        "eq": inside,
        "in": inside,
        "ne": not inside,
        "not_in": not inside,
        "gte": value >= lows[0],
        "lte": value <= highs[0],
        "between": lows[0] <= value <= highs[-1],
    }.get(op, False)


def _words_ok(value: Any, given: Filter, field: Field) -> bool:
    read = str if field.role is Role.ID else comparable
    have = [read(str(v)) for v in (value if isinstance(value, list) else [value])]
    want = [read(str(v)) for v in (given.value if isinstance(given.value, list) else [given.value])]
    if not field.many and given.op in ("contains", "not_contains") and field.role is not Role.FACET:
        found = want[0] in have[0]
    else:
        found = bool(set(have) & set(want))
    return found != (given.op in NEGATIVE_OPS)
