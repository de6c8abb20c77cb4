"""remember: something the user said about their taste; checked here, applied by the agent."""

from typing import Literal

from pydantic import Field

from errors import ToolError
from retrieval.catalog import Catalog
from retrieval.filters import compile_filters, field_named
from retrieval.items import Filter, Role
from tools.pool import canonical, unknown_value
from tools.spec import Arguments, Tool, ToolContext, ToolResult


class RememberArgs(Arguments):
    """Arguments of remember."""

    kind: Literal["like", "dislike", "seen", "limit"] = Field(description="limit: a hard limit; the others are tastes.")
    words: str = Field(min_length=1, max_length=500, description="The user's own words this rests on.")
    item_id: str = Field(default="", description="The item liked, disliked or seen.")
    field: str = Field(default="", description="Facet or person field of a liked or disliked value.")
    value: str = Field(default="", description="The liked or disliked value.")
    filter: Filter | None = Field(default=None, description="The limit, for kind limit.")


def run(args: RememberArgs, context: ToolContext) -> ToolResult:
    """Note that the user likes, dislikes or has seen an item, likes or dislikes a value, or sets a hard limit."""
    catalog = context.bundle.catalog
    change: dict[str, object] = {"kind": args.kind, "words": args.words}
    if args.kind == "limit":
        change["filter"] = _limit(args, catalog).model_dump()
    elif args.item_id:
        if catalog.row_of(args.item_id) is None:
            raise ToolError(f"there is no item {args.item_id[:60]!r}; give the id of an item shown.")
        change["item_id"] = args.item_id
    elif args.kind == "seen":
        raise ToolError("seen takes an item_id.")
    else:
        change["field"], change["value"] = _taste(args, catalog)
    return ToolResult(data=change)


def _limit(args: RememberArgs, catalog: Catalog) -> Filter:
    if args.filter is None:
        raise ToolError("limit takes a filter.")
    compile_filters([args.filter], catalog.fields)
    return args.filter


def _taste(args: RememberArgs, catalog: Catalog) -> tuple[str, str]:
    if not args.field or not args.value:
        raise ToolError(f"{args.kind} takes an item_id, or a field and a value.")
    field = field_named(args.field, catalog.fields)
    if field.role not in (Role.FACET, Role.PERSON):
        names = ", ".join(f.name for f in catalog.with_role(Role.FACET, Role.PERSON))
        raise ToolError(f"a taste is about a facet or person field ({names}), not {field.name!r}, a {field.role}.")
    value = canonical(field, args.value, catalog)
    if value is None:
        raise ToolError(unknown_value(field, args.value, catalog))
    return field.name, value


REMEMBER = Tool("remember", RememberArgs, run)
