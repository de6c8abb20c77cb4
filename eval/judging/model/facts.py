"""What the catalogue says of the items of a dialogue: the rows a judge is given, so that it need not remember them."""

from collections.abc import Sequence
from typing import Any

from agents.wording import describe_value
from eval.dialogues import Dialogue
from eval.judging.grounded import Ground
from retrieval.bundle import Bundle
from retrieval.items import Field, Item, Role

_MOST_ITEMS = 20
_MOST_VALUES = 8
_MOST_CHARS = 320
_LEFT_OUT = (Role.ID, Role.TITLE, Role.TEXT, Role.IMAGE, Role.LINK)


def titles_of(dialogue: Dialogue, bundle: Bundle) -> dict[str, str]:
    """Return the titles of the items shown and clicked, by their ids."""
    clicked = [turn.account.action.item_id for turn in dialogue.turns if turn.account and turn.account.action]
    wanted = dict.fromkeys([*(item for turn in dialogue.turns for item in turn.items), *clicked])
    rows = {item: row for item in wanted if (row := bundle.catalog.row_of(item)) is not None}
    return {item: bundle.catalog.titles[row] for item, row in rows.items()}


def facts_of(dialogue: Dialogue, bundle: Bundle, ground: Ground) -> list[str]:
    """Return a line for every item named or shown, in their order, and one of those that do not exist."""
    found: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for one in ground.look(dialogue):
        found |= dict.fromkeys(one.item_ids)
        unknown |= dict.fromkeys(one.unknown)
    rows = bundle.catalog.rows_of(list(found)[:_MOST_ITEMS])
    lines = [_told(item, bundle.catalog.fields) for item in bundle.catalog.items(rows)]
    if unknown:
        names = ", ".join(list(unknown)[:_MOST_ITEMS])
        lines.append(f"Named, but not found in the catalogue: {names}"[:_MOST_CHARS])
    return lines


def _told(item: Item, fields: dict[str, Field]) -> str:
    parts = [
        f"{field.label}: {_value(item.values[name], field)}"
        for name, field in fields.items()
        if field.role not in _LEFT_OUT and name in item.values
    ]
    return f"{item.title} – {'; '.join(parts)}"[:_MOST_CHARS]


def _value(value: Any, field: Field) -> str:
    values: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    return ", ".join(describe_value(one, field) for one in values[:_MOST_VALUES])
