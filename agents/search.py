"""Search without a conversation: words, limits and an order in, items out; nothing is understood, ranked or said."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from errors import FilterError
from retrieval.bundle import Bundle
from retrieval.filters import field_named
from retrieval.fuse import rrf
from retrieval.items import Filter, Role
from tools import call_tool
from tools.spec import ToolContext, ToolResult

_DEPTH = 100
"""How many each way of searching gives to the fusion."""


class Search(BaseModel):
    """What to search for."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(default="", max_length=10_000)
    filters: list[Filter] = []
    order_by: str = ""
    descending: bool = True
    k: int = Field(default=10, ge=1, le=100)


class Found(BaseModel):
    """One item found."""

    item_id: str
    title: str
    fields: dict[str, Any]


class SearchResult(BaseModel):
    """The items found, best first."""

    items: list[Found]
    n_matching: int
    """Items of the whole catalogue that satisfy the filters."""
    note: str = ""


def search(asked: Search, bundle: Bundle) -> SearchResult:
    """Return the items that satisfy the filters, best first by words and by meaning, or by `order_by`.

    With both a query and an order, the k that match best are put in that order. Raises FilterError, ToolError.
    """
    catalog = bundle.catalog
    given = {"filters": [f.model_dump() for f in asked.filters]}
    context = ToolContext(bundle=bundle)
    if not asked.query.strip():
        order = {"order_by": asked.order_by, "descending": asked.descending}
        found = [call_tool("filter_items", {**given, **order, "k": asked.k}, context)]
        rows = catalog.rows_of([hit.item_id for hit in found[0].hits])
    else:
        names = ["search_keywords", "search_meaning"] if bundle.dense else ["search_keywords"]
        found = [call_tool(name, {**given, "query": asked.query, "k": _DEPTH}, context) for name in names]
        rows = _ordered(asked, _fused(found, asked.k, bundle), bundle)
    items = [
        Found(item_id=item.item_id, title=item.title, fields=known(item.values, catalog.id_field))
        for item in catalog.items(rows)
    ]
    notes = dict.fromkeys(result.note for result in found if result.note)
    return SearchResult(items=items, n_matching=found[0].n_pool, note=" ".join(notes))


def _fused(found: list[ToolResult], k: int, bundle: Bundle) -> list[int]:
    lists = [bundle.catalog.rows_of([hit.item_id for hit in result.hits]) for result in found]
    return [row for row, _ in rrf(lists)][:k]


def _ordered(asked: Search, rows: list[int], bundle: Bundle) -> list[int]:
    if not asked.order_by:
        return rows
    field = field_named(asked.order_by, bundle.catalog.fields)
    if field.role not in (Role.NUMBER, Role.DATE):
        raise FilterError(f"order_by takes a number or date field, not {field.name!r}, a {field.role}.")
    values = bundle.catalog.numbers(field.name)
    known = [row for row in rows if values[row] == values[row]]
    known.sort(key=lambda row: float(values[row]), reverse=asked.descending)
    return known + [row for row in rows if row not in known]


def known(values: dict[str, Any], id_field: str) -> dict[str, Any]:
    """Return the values that are known, without the id."""
    return {name: value for name, value in values.items() if name != id_field and value not in (None, "", [])}
