"""One item in full, and several beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from agents.about import About
from agents.search import Found
from agents.values_in_words import as_text, describe_value
from retrieval.items import Field, Role
from ui.cards import item_address
from ui.faces import face, web_link

_FIRST_NAMES = 12
"""So many values of a list are shown at once; the rest unfolds."""
_HIDDEN = (Role.ID, Role.TITLE, Role.IMAGE, Role.LINK)


def told(values: Mapping[str, Any], fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    """Return everything known of an item: what is to be read, then the short facts in the order of the catalogue."""
    shown = [_fact(fields[name], value) for name, value in values.items() if name in fields and _counts(fields[name])]
    return sorted(shown, key=lambda fact: not fact["is_text"])


def _counts(field: Field) -> bool:
    return field.role not in _HIDDEN


def _fact(field: Field, value: Any) -> dict[str, Any]:
    values = [as_text(str(one)) for one in value] if isinstance(value, list) else [_said(field, value)]
    label = field.label[:1].upper() + field.label[1:]
    first, rest = values[:_FIRST_NAMES], values[_FIRST_NAMES:]
    return {"label": label, "first": first, "rest": rest, "is_text": field.role is Role.TEXT}


def _said(field: Field, value: Any) -> str:
    return as_text(str(value)) if field.role in (Role.TEXT, Role.FACET, Role.PERSON) else describe_value(value, field)


def item_values(item: Found, about: About, near: Sequence[Found], hosts: frozenset[str]) -> dict[str, Any]:
    """Return what the sheet of an item shows."""
    return {
        "face": face(item.title, item.fields, about.fields, hosts),
        "facts": told(item.fields, about.fields),
        "link": web_link(item.fields, about.fields),
        "near": [
            face(one.title, one.fields, about.fields, hosts) | {"look": item_address(about.name, one.item_id)}
            for one in near
        ],
        "many": about.noun[1],
        "catalog": about.name,
    }


def compared_values(items: Sequence[Found], about: About, hosts: frozenset[str]) -> dict[str, Any]:
    """Return items beside each other: a row for each field that one of them has, marked where they differ."""
    rows = []
    for name, field in about.fields.items():
        values = [item.fields.get(name) for item in items]
        if _counts(field) and any(value not in (None, "", []) for value in values):
            cells = [_cell(field, value) for value in values]
            label = field.label[:1].upper() + field.label[1:]
            rows.append(
                {"label": label, "cells": cells, "same": len(set(cells)) == 1, "is_text": field.role is Role.TEXT}
            )
    rows.sort(key=lambda row: not row["is_text"])
    heads = [
        face(item.title, item.fields, about.fields, hosts) | {"look": item_address(about.name, item.item_id)}
        for item in items
    ]
    return {"heads": heads, "rows": rows, "many": about.noun[1]}


def _cell(field: Field, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if not isinstance(value, list):
        return _said(field, value)
    more = f" and {len(value) - _FIRST_NAMES} more" if len(value) > _FIRST_NAMES else ""
    return ", ".join(as_text(str(one)) for one in value[:_FIRST_NAMES]) + more
