"""Which line names the columns, and by which names we know them."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from errors import CatalogError
from retrieval.importing.limits import MAX_COLUMNS

MAX_PREAMBLE = 20
"""So many lines may stand above the header."""
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d[\d.,'_ ]*(e[-+]?\d+)?\s?%?$", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?$")
_LINK = re.compile(r"https?://\S+$")
_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9_-]{5,}$")
_SHAPES = (_NUMBER, _DATE, _LINK, _CODE)
_RECBOLE = re.compile(r"(?P<name>[^:]+):(?P<type>token|float|token_seq|float_seq)$")
_LONG_NAME = 200


def width_of(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many values most rows have; of two equally frequent widths the larger."""
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def header_position(rows: Sequence[Sequence[str]], width: int, name: str) -> int:
    """Return which of the first rows names the columns; those above it are a title or remarks.

    Raises CatalogError where that row is data or none has the width of the others.
    """
    for position, row in enumerate(rows[: MAX_PREAMBLE + 1]):
        if len(row) != width and sum(map(bool, row)) > 1 and len(row) > width / 2:
            raise CatalogError(_unlike(row, width, name))
        if len(row) != width or (position == 0 and width > 1 and sum(map(bool, row)) == 1 and len(rows) > 2):
            continue
        if evidence := why_data(row, [r for r in rows[position + 1 :] if len(r) == width]):
            if position:
                raise CatalogError(_unlike(rows[0], width, name))
            raise CatalogError(
                f"The first line of {name} looks like data ({evidence}), not like names of columns. "
                f"Add a line above it that names the {width} columns."
            )
        return position
    raise CatalogError(
        f"No line at the top of {name} names {width} columns, as many as its rows have. "
        "Let the first line name every column."
    )


def _unlike(header: Sequence[str], width: int, name: str) -> str:
    return (
        f"The first line of {name} names {len(header)} columns, but most rows have {width} values. "
        "Let the first line name every column."
    )


def why_data(first: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    """Return what makes the first row look like one of the others, or "" where it may be a header."""
    if not any(first):
        return "it is empty"
    again: list[str] = []
    for position, cell in enumerate(map(str.strip, first)):
        below = [row[position].strip() for row in others[:200] if list(row) != list(first)]
        below = [value for value in below if value]
        shape = next((shape for shape in _SHAPES if shape.match(cell)), None)
        if shape and below and sum(bool(shape.match(value)) for value in below) >= len(below) / 2:
            return f"{_short(cell)} stands over values like {_short(below[0])}"
        tokens = cell.split()
        if len(tokens) > 1 and all(any(shape.match(token) for shape in _SHAPES) for token in tokens):
            return f"{_short(cell)} is a list of values"
        again += [cell] * (cell in below)
        if len(cell) > _LONG_NAME:
            return f"{_short(cell)} is too long for a name"
    if len(again) > len(first) / 3:
        return f"{_short(again[0])} occurs again below"
    if not others and all(_NUMBER.match(cell.strip()) for cell in first if cell):
        return f"{_short(first[0])} is a number"
    return ""


def _short(cell: str) -> str:
    return f'"{cell[:30]}…"' if len(cell) > 30 else f'"{cell}"'


def column_names(cells: Sequence[Any], name: str) -> tuple[list[str], list[str]]:
    """Return a unique, non-blank name a column, compared without case, and notices of those that were changed.

    Raises CatalogError where there are more than MAX_COLUMNS.
    """
    if len(cells) > MAX_COLUMNS:
        raise CatalogError(
            f"{name} has {len(cells):,} columns; at most {MAX_COLUMNS} can be used. Leave out those nobody asks for."
        )
    given = [" ".join(str(cell if cell is not None else "").replace("\0", "").split()) for cell in cells]
    names: list[str] = []
    bare = [cell.lstrip("~ ") for cell in given]  # a catalogue keeps columns of its own under such names
    notices = [f"The column {old} is called {new}." for old, new in zip(given, bare, strict=True) if new and old != new]
    given = bare
    taken = {cell.lower() for cell in given}
    seen: set[str] = set()
    for number, cell in enumerate(given, 1):
        chosen = cell
        if not cell:
            chosen = _free(f"column_{number}", taken)
            notices.append(f"Column {number} has no name and is called {chosen}.")
        elif cell.lower() in seen:
            chosen = _free(cell, taken)
            notices.append(f"The column name {cell} occurs twice; column {number} is called {chosen}.")
        seen.add(cell.lower())
        taken.add(chosen.lower())
        names.append(chosen)
    return names, notices


def _free(name: str, taken: set[str]) -> str:
    if name.lower() not in taken:
        return name
    number = 2
    while f"{name}_{number}".lower() in taken:
        number += 1
    return f"{name}_{number}"


def recbole_types(cells: Sequence[str]) -> dict[str, str]:
    """Return name → type of the header of a RecBole file ("item_id:token"), or {} for any other."""
    found = [_RECBOLE.match(cell.strip()) for cell in cells]
    return {m["name"]: m["type"] for m in found if m} if found and all(found) else {}
