"""filter_items: exact limits, an order by a number, counts and facet values."""

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from pydantic import Field

from errors import ToolError
from retrieval.catalog import Catalog
from retrieval.filters import field_named
from retrieval.items import Field as FieldOfCatalog
from retrieval.items import Role
from tools.pool import Pool, Ranking
from tools.spec import Tool, ToolArgs, ToolContext, ToolResult


class FilterItemsArgs(ToolArgs):
    """Arguments of filter_items."""

    order_by: str = Field(default="", description="Number or date field to sort by; empty sorts by how well known.")
    descending: bool = Field(default=True, description="True: the largest or latest first. False: the smallest first.")
    count: bool = Field(default=False, description="True returns only the number of items, no list.")
    values_of: str = Field(default="", description="Also return the commonest values of this facet or person field.")


def run(args: FilterItemsArgs, context: ToolContext) -> ToolResult:
    """List the items that satisfy exact limits, in order of a number or date ("longest", "newest"), or count them.

    Use it for questions about values ("how many", "which genres are there") and whenever the user gives limits.
    """
    pool = Pool.of(args, context)
    catalog = context.bundle.catalog
    data: dict[str, object] = {}
    if args.count:
        data["count"] = pool.n_pool
    if args.values_of:
        data["values"] = _values(args, catalog)
    if args.count:
        return pool.result([], []).model_copy(update={"data": data})
    ranking, why = _ordered(args, pool) if args.order_by else _by_prominence(pool, args.k)
    return pool.result(ranking, why).model_copy(update={"data": data})


def _values(args: FilterItemsArgs, catalog: Catalog) -> list[dict[str, object]]:
    field = field_named(args.values_of, catalog.fields)
    if field.role not in (Role.FACET, Role.PERSON):
        names = ", ".join(f.name for f in catalog.with_role(Role.FACET, Role.PERSON))
        raise ToolError(f"values_of takes a facet or person field ({names}), not {field.name!r}, a {field.role}.")
    rows = catalog.select(args.filters).rows if args.filters else None
    return [{"value": value, "count": n} for value, n in catalog.counts(field.name, rows, args.k)]


def _ordered(args: FilterItemsArgs, pool: Pool) -> tuple[Ranking, Sequence[dict[str, object]]]:
    field = field_named(args.order_by, pool.catalog.fields)
    if field.role not in (Role.NUMBER, Role.DATE):
        names = ", ".join(f.name for f in pool.catalog.with_role(Role.NUMBER, Role.DATE))
        raise ToolError(f"order_by takes a number or date field ({names}), not {field.name!r}, a {field.role}.")
    rows = pool.catalog.order(pool.allowed(), field.name, descending=args.descending)[: args.k]
    values = pool.catalog.numbers(field.name)[rows].tolist()
    why: list[dict[str, object]] = [{"order_by": field.name, "value": _shown(value, field)} for value in values]
    return [(row, 1 / rank) for rank, row in enumerate(rows, start=1)], why


def _shown(value: float, field: FieldOfCatalog) -> float | str | None:
    if math.isnan(value):
        return None
    return date.fromordinal(int(value)).isoformat() if field.role is Role.DATE else value


def _by_prominence(pool: Pool, k: int) -> tuple[Ranking, Sequence[dict[str, object]]]:
    rows = pool.allowed()
    known = pool.catalog.prominence[rows]
    best = np.lexsort((rows, -known))[:k]
    ranking = [(int(rows[i]), float(known[i])) for i in best]
    return ranking, [{"prominence": round(score, 3)} for _, score in ranking]


FILTER_ITEMS = Tool("filter_items", FilterItemsArgs, run)
