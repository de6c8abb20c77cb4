"""Bounds by comparison with what was shown: "newer", "shorter than that"."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from agents.ledger import lift_fields
from agents.state import Ledger, Limit
from retrieval.catalog import Catalog
from retrieval.items import Filter
from retrieval.linking import Mention


def relative_bound(mention: Mention, rows: Sequence[int], ledger: Ledger, catalog: Catalog, turn: int) -> Limit | None:
    """Bound a field by what these rows hold: "newer" is above all of it, or above its median where nothing is left."""
    known = sorted(item.values[mention.field] for item in catalog.items(rows) if mention.field in item.values)
    if not known:
        return None
    upwards = mention.value == "desc"
    others = lift_fields(ledger, [mention.field]).filters
    limit = Limit(filter=Filter(field=mention.field, op="known"), words=mention.text, turn=turn)
    for bound in (known[-1] if upwards else known[0], known[len(known) // 2], known[0] if upwards else known[-1]):
        value = _beyond(bound, known, upwards=upwards)
        limit = limit.model_copy(
            update={"filter": Filter(field=mention.field, op="gte" if upwards else "lte", value=value)}
        )
        if len(catalog.select([*others, limit.filter]).rows) >= 2:
            break
    return limit


def _beyond(bound: Any, known: list[Any], *, upwards: bool) -> Any:
    """Return the next value beyond a bound: a day, a whole number, or a hair where there are fractions."""
    sign = 1 if upwards else -1
    if isinstance(bound, str):
        return (date.fromisoformat(bound) + timedelta(sign)).isoformat()
    step = next((step for step in (1, 0.1, 0.01) if all(_is_multiple(v, step) for v in known)), 0.001)
    return int(bound) + sign if step == 1 else round(bound + sign * step, 3)


def _is_multiple(value: float, step: float) -> bool:
    return abs(value - round(value / step) * step) < step / 1000
