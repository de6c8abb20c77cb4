"""item_details: the facts of given items."""

from pydantic import Field

from retrieval.items import Hit
from tools.spec import Arguments, Tool, ToolContext, ToolResult


class ItemDetailsArgs(Arguments):
    """Arguments of item_details."""

    item_ids: list[str] = Field(min_length=1, max_length=20, description="Ids of the items asked about, as shown.")


def run(args: ItemDetailsArgs, context: ToolContext) -> ToolResult:
    """Return everything the catalogue knows of the given items; for questions about items and for comparing them."""
    catalog = context.bundle.catalog
    asked = list(dict.fromkeys(args.item_ids))
    items = catalog.items(catalog.rows_of(asked))
    absent = [item_id for item_id in asked if catalog.row_of(item_id) is None]
    return ToolResult(
        hits=[Hit(item_id=item.item_id, score=1.0, why={"asked": True}) for item in items],
        note="Not in the catalogue: " + ", ".join(absent) + "." if absent else "",
        n_pool=len(items),
        data={"items": [{"item_id": item.item_id, "title": item.title, **item.values} for item in items]},
    )


ITEM_DETAILS = Tool("item_details", ItemDetailsArgs, run)
