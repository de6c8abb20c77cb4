"""Questions that tell a plot, as turns with one target: names masked, so that only what happens can find the item."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from retrieval.catalog import Catalog
from retrieval.items import Filter, Role, Rows
from retrieval.text import tokens

_NAMES = ("Actor", "Director", "Character_Name")
_LEAST_WORDS = 3
_LEAST_FACTS = 2


def plot_turns(rows: Sequence[Mapping[str, Any]], catalog: Catalog) -> list[dict[str, Any]]:
    """Return a turn for every question with a plot of three words or more and exactly one item it can mean.

    Each row has `text` and `slots` ([{type, value}]), and may have `gold` ids. Where it has none, the item is the only
    one of the catalogue with all the people and the year of the slots, of which there must be two or more.
    """
    turns = []
    for i, row in enumerate(rows):
        words = _plot(row["slots"])
        gold = _gold(row, catalog) if len(words) >= _LEAST_WORDS else []
        if len(gold) == 1:
            context = [{"role": "user", "text": " ".join(words)}]
            turns.append({"dialog_id": i, "context": context, "targets": [{"item_id": gold[0]}]})
    return turns


def _plot(slots: Sequence[Mapping[str, str]]) -> list[str]:
    masked = {word for slot in slots if slot["type"] in _NAMES for word in tokens(slot["value"])}
    return [word for slot in slots if slot["type"] == "Plot" for word in tokens(slot["value"]) if word not in masked]


def _gold(row: Mapping[str, Any], catalog: Catalog) -> list[str]:
    if "gold" in row:
        return list(row["gold"])
    facts = [found for slot in row["slots"] if (found := _with(slot["type"], slot["value"], catalog)) is not None]
    if len(facts) < _LEAST_FACTS:
        return []
    return [catalog.ids[found] for found in reduce(np.intersect1d, facts)]


def _with(kind: str, value: str, catalog: Catalog) -> Rows | None:
    """Return the items with this person or year; None for what cannot be looked up."""
    if kind in ("Actor", "Director"):
        wanted = [Filter(field=field.name, op="contains", value=value) for field in catalog.with_role(Role.PERSON)]
    elif kind == "Year" and value.isdecimal() and len(value) == 4:
        years = [field for field in catalog.with_role(Role.NUMBER) if field.unit == "year"]
        wanted = [Filter(field=field.name, op="eq", value=int(value)) for field in years[:1]]
    else:
        return None
    found = [catalog.select([one]).rows for one in wanted]
    return np.unique(np.concatenate(found)) if found else None
