"""The text of an item that is embedded: title, what it is about, and the values of its facets."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from retrieval.items import Field, Role

_PEOPLE_EACH = 3
_FACETS_EACH = 12
_TEXT_CHARS = 1200


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


def content_hashes(texts: Sequence[str]) -> np.ndarray:
    """Return a uint64 hash a text, equal for equal texts on every machine."""
    return np.array(
        [int.from_bytes(hashlib.blake2b(t.encode(), digest_size=8).digest(), "little") for t in texts], np.uint64
    )
