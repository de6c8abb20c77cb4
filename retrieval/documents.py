"""The text of an item that is embedded: title, what it is about, and the values of its facets."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from retrieval.items import Field, Role

_PEOPLE_EACH = 3
_FACETS_EACH = 12
_TEXT_CHARS = 1200
_AT_ONCE = 8192


def documents(table: pa.Table, fields: Sequence[Field]) -> list[str]:
    """Return one text an item, in row order; the most telling parts first, since models cut long texts."""
    parts = [f for role in (Role.TITLE, Role.TEXT, Role.FACET, Role.PERSON) for f in fields if f.role is role]
    columns = [(f, table.column(f.name).to_pylist()) for f in parts]
    return [". ".join(_part(f, values[row]) for f, values in columns if values[row]) for row in range(table.num_rows)]


def _part(field: Field, value: Any) -> str:
    if field.role is Role.TEXT:
        return str(value)[:_TEXT_CHARS].rstrip(".")
    if not field.many:
        return str(value)
    kept = _PEOPLE_EACH if field.role is Role.PERSON else _FACETS_EACH
    return ", ".join(value[:kept])


def content_hashes(table: pa.Table, fields: Sequence[Field]) -> np.ndarray:
    """Return a uint64 hash of every item's text, equal for equal texts on every machine; few texts are held at once."""
    return np.fromiter(_hashes(table, fields), np.uint64, table.num_rows)


def _hashes(table: pa.Table, fields: Sequence[Field]) -> Iterator[int]:
    for start in range(0, table.num_rows, _AT_ONCE):
        for text in documents(table.slice(start, _AT_ONCE), fields):
            yield int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
