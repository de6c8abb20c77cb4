"""How a column turned out to be written: the separator, date format or decimal mark under which it reads as it did."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from retrieval.importing.columns import Hint, Typed
from retrieval.importing.roles.guess import Guess
from retrieval.importing.values.numbers import Reading, amount
from retrieval.items import Role
from retrieval.text import fold

_SAMPLE = 300
_MOST = 0.9
_SEPARATORS = ("|", ";", " / ", ",", "/")
_FORMATS = tuple(
    by.join(parts)
    for by in "-/."
    for parts in (("%Y", "%m", "%d"), ("%d", "%m", "%Y"), ("%m", "%d", "%Y"), ("%d", "%m", "%y"), ("%m", "%d", "%y"))
) + (
    "%Y%m%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%d-%b-%y", "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m",
)  # fmt: skip

Pairs = list[tuple[str, Any]]
"""Values as the file has them, and as they were read."""


def found_hints(table: pa.Table, typed: Typed, guesses: Mapping[str, Guess]) -> dict[str, Hint]:
    """Return what was found of columns of text, where all but a few values agree with it."""
    found = {}
    at = typed.kept[np.linspace(0, len(typed.kept) - 1, min(_SAMPLE, len(typed.kept)), dtype=np.int64)]
    rows = np.searchsorted(typed.kept, at)
    for name, guess in guesses.items():
        if name not in typed.table.column_names or not pa.types.is_string(table.column(name).type):
            continue
        written, read = (column.take(pa.array(taken)).to_pylist() for column, taken in (
            (table.column(name), at), (typed.table.column(name), rows)
        ))  # fmt: skip
        pairs = [(text.strip(), value) for text, value in zip(written, read, strict=True) if text and value is not None]
        if guess.role in (Role.FACET, Role.PERSON) and any(isinstance(value, list) for _, value in pairs):
            found[name] = Hint(separator=_best(_SEPARATORS, pairs, _splits))
        elif guess.role is Role.DATE:
            found[name] = Hint(format=_best(_FORMATS, pairs, _is_day))
        elif guess.role is Role.NUMBER:
            marked = [(text, value) for text, value in pairs if "." in text or "," in text]
            found[name] = Hint(decimal=_best(".,", marked, _is_amount))
    return {name: hint for name, hint in found.items() if hint != Hint()}


def _best(candidates: Iterable[str], pairs: Pairs, agrees: Callable[[str, str, Any], bool]) -> str:
    """Return the candidate that most values agree with, "" where none has nearly all of them."""
    counts = {one: sum(agrees(one, text, value) for text, value in pairs) for one in candidates}
    best = max(counts, key=lambda one: counts[one])
    return best if pairs and counts[best] >= _MOST * len(pairs) else ""


def _splits(mark: str, text: str, value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return {fold(part) for part in text.split(mark) if part.strip()} == set(map(fold, parts))


def _is_day(form: str, text: str, value: Any) -> bool:
    try:
        return datetime.strptime(text, form).date() == value
    except ValueError:
        return False


def _is_amount(mark: str, text: str, value: Any) -> bool:
    found = amount(text, Reading(mark, strict=True))
    return found is not None and found.value == value
