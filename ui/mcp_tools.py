"""What other programs' agents may call here: typed arguments in, structured content and a readable text out.

Catalogue text is marked as data in every result, for whoever calls reads it with a model that has tools of its own.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agents.events import Question, SlateItem
from agents.search import Found, Search, SearchResult
from agents.stateless import Message, Past
from agents.values_in_words import describe_value
from agents.wording import describe_filter
from errors import NotFound
from retrieval.items import Field as CatalogField
from retrieval.items import Filter, Role
from tools.spec import Arguments
from ui.chat_api import ItemOut
from ui.guide import Guides
from ui.identity import Who
from ui.mcp_door import Door
from ui.written import below, prose, quoted

_CATALOG = "Name of a catalogue, as `catalogs` lists them; leave out for the default one."
_FILTERS = (
    "Hard limits every item must satisfy: {field, op, value}, with the fields that `catalogs` lists. "
    "op is one of eq, ne, in, not_in, contains, not_contains, gte, lte, between, known, unknown."
)
_IDS = Field(min_length=1, max_length=20, description="Ids of items, as results name them.")
_MOST_TEXT = 600


class RecommendArgs(Arguments):
    """Arguments of recommend."""

    request: str = Field(min_length=1, max_length=100_000, description="What the user is after, in their own words.")
    conversation: list[Message] = Field(default=[], max_length=1000, description="What was said before, oldest first.")
    history: list[Past] = Field(default=[], max_length=10_000, description="Items the user took before, by id.")
    filters: list[Filter] = Field(default=[], description=_FILTERS)
    exclude: list[str] = Field(default=[], max_length=10_000, description="Ids never to recommend.")
    k: int = Field(default=6, ge=1, le=50, description="How many items.")
    catalog: str | None = Field(default=None, max_length=200, description=_CATALOG)


class Recommended(BaseModel):
    """A ranked list, checked against the limits, with a reason beside every item."""

    model_config = ConfigDict(extra="ignore")

    items: list[ItemOut]
    filters: list[Filter] = Field(description="The limits that were kept to.")
    question: Question | None = Field(default=None, description="One question whose answer would narrow it down.")
    reply: str
    notices: list[str] = []


class SearchArgs(Arguments):
    """Arguments of search."""

    query: str = Field(default="", max_length=10_000, description="Words or a description; empty for limits alone.")
    filters: list[Filter] = Field(default=[], description=_FILTERS)
    order_by: str = Field(default="", max_length=200, description="Number or date field to sort by; empty: best first.")
    descending: bool = Field(default=True, description="The largest or latest first.")
    k: int = Field(default=10, ge=1, le=100, description="How many items.")
    catalog: str | None = Field(default=None, max_length=200, description=_CATALOG)


class DetailsArgs(Arguments):
    """Arguments of item_details."""

    item_ids: list[str] = _IDS
    catalog: str | None = Field(default=None, max_length=200, description=_CATALOG)


class Details(BaseModel):
    """The items asked about."""

    items: list[Found]
    not_found: list[str] = Field(description="Ids the catalogue does not have.")


class CatalogsArgs(Arguments):
    """catalogs takes no arguments."""


class CatalogFacts(BaseModel):
    """One catalogue."""

    name: str
    noun: list[str] = Field(description="What one item and several are called.")
    n_items: int
    fields: list[CatalogField] = Field(description="What filters and order_by may name.")


class Catalogs(BaseModel):
    """The catalogues of this server."""

    default: str
    catalogs: list[CatalogFacts]


async def recommend(guides: Guides, args: RecommendArgs, asking: Who) -> tuple[BaseModel, str]:
    """Recommend items for a request in plain words, with a reason beside each.

    Understands titles, people, limits ("under two hours", "not too long") and likeness ("like X but newer"). Give the
    user's own words; pass earlier messages in `conversation` and hard limits you are sure of in `filters`.
    """
    line = args.model_dump(include={"history", "filters", "exclude"}, exclude_none=True)
    context = [*(message.model_dump() for message in args.conversation), {"role": "user", "text": args.request}]
    async with guides.lend(args.catalog) as guide:
        out = Recommended.model_validate(
            await guide.recommend({**line, "context": context}, k=args.k, user_id=asking.account)
        )
        fields = guide.about.fields
    items = [SlateItem.model_validate(item.model_dump(exclude_none=True)) for item in out.items]
    kept = "; ".join(describe_filter(f, fields[f.field]) for f in out.filters if f.field in fields)
    text = prose(out.reply) + below(items, fields, out.question, out.notices)
    return out, "\n\n".join(
        filter(None, [text, _ids([item.item_id for item in items]), f"Limits kept to: {quoted(kept)}." if kept else ""])
    )


async def search(guides: Guides, args: SearchArgs, asking: Who) -> tuple[BaseModel, str]:
    """Search the catalogue by words, by meaning and by exact limits, or list it in the order of a number or date.

    For questions with an exact answer: "the longest", "everything by X", "how many". Nothing is taken from a
    conversation. With both a query and an order, the k that match best are put in that order.
    """
    asked = Search.model_validate(args.model_dump(exclude={"catalog"}))
    async with guides.lend(args.catalog) as guide:
        found: SearchResult = await guide.search(asked)
        fields = guide.about.fields
    items = [SlateItem(item_id=item.item_id, title=item.title, score=0, fields=item.fields) for item in found.items]
    head = f"{found.n_matching} items satisfy the limits; {len(items)} follow." if items else "Nothing was found."
    return found, head + below(items, fields, None, [found.note] if found.note else []) + "\n\n" + _ids(
        [item.item_id for item in items]
    )


async def item_details(guides: Guides, args: DetailsArgs, asking: Who) -> tuple[BaseModel, str]:
    """Return everything the catalogue knows of given items, for questions about them and for comparing them."""
    async with guides.lend(args.catalog) as guide:
        asked = {item_id: guide.item(item_id) for item_id in dict.fromkeys(args.item_ids)}
        fields = guide.about.fields
        noun = guide.about.noun
    out = Details(
        items=[Found.model_validate(item) for item in asked.values() if item],
        not_found=[item_id for item_id, item in asked.items() if not item],
    )
    if not out.items:
        raise NotFound(f"There is no {noun[0]} with such an id here; `search` finds ids.")
    parts = [_facts(item, fields) for item in out.items]
    missing = f"Not in the catalogue: {quoted(', '.join(out.not_found))}." if out.not_found else ""
    return out, "\n\n".join(filter(None, [*parts, missing]))


async def catalogs(guides: Guides, args: CatalogsArgs, asking: Who) -> tuple[BaseModel, str]:
    """List the catalogues and their fields: what filters and order_by may name, with units and ranges."""
    abouts = await asyncio.to_thread(guides.catalogs)
    found = [
        CatalogFacts(name=a.name, noun=list(a.noun), n_items=a.n_items, fields=list(a.fields.values())) for a in abouts
    ]
    parts = [
        f"**{quoted(one.name)}**: {one.n_items} {quoted(one.noun[1])}"
        + "".join(f"\n- {_field(field)}" for field in one.fields)
        for one in found
    ]
    return Catalogs(default=guides.default, catalogs=found), "\n\n".join(
        [f"The default is {quoted(guides.default)}.", *parts]
    )


TOOLS: tuple[Door[Any], ...] = (
    Door("Recommend", RecommendArgs, Recommended, recommend, "chat"),
    Door("Search", SearchArgs, SearchResult, search, "read"),
    Door("Details of items", DetailsArgs, Details, item_details, "read"),
    Door("Catalogues and their fields", CatalogsArgs, Catalogs, catalogs, "read"),
)


def _ids(item_ids: list[str]) -> str:
    return "Ids, in this order: " + ", ".join(map(quoted, item_ids)) if item_ids else ""


def _facts(item: Found, fields: Mapping[str, CatalogField]) -> str:
    lines = [f"**{quoted(item.title)}** (id {quoted(item.item_id)})"]
    for name, value in item.fields.items():
        field = fields.get(name)
        if field and field.role not in (Role.ID, Role.TITLE) and value not in (None, "", []):
            told = value if field.role is Role.TEXT else describe_value(value, field)
            lines.append(f"- {quoted(field.label)}: {quoted(str(told)[:_MOST_TEXT])}")
    return "\n".join(lines)


def _field(field: CatalogField) -> str:
    span = "" if field.low is None or field.high is None else f", {field.low:g} to {field.high:g}"
    unit = f" in {field.unit}" if field.unit and field.unit != field.label else ""
    several = f", {field.n_values} values" if field.n_values else ""
    return quoted(f"{field.name}: {field.role.value}{unit}{span}{several}")
