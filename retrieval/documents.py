"""The text of an item that is embedded: title, what it is about, and the values of its facets."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.items import Field, Role

_FACETS_EACH = 12
_TEXT_CHARS = 1200
_TELLING_CHARS = 300
"""A text as long as this says what an item is about; longer ones are not better for it."""
_AT_ONCE = 8192


def telling_texts(table: pa.Table, fields: Sequence[Field]) -> list[Field]:
    """Return the text fields, first the one that says most about most items: by coverage times its usual length."""
    texts = [f for f in fields if f.role is Role.TEXT]
    return sorted(texts, key=lambda f: -_says(table.column(f.name)))


def _says(column: pa.ChunkedArray) -> float:
    lengths = pc.min_element_wise(pc.fill_null(pc.utf8_length(column), 0), _TELLING_CHARS)
    return float(pc.sum(lengths).as_py() or 0)


def documents(table: pa.Table, fields: Sequence[Field], texts: Sequence[Field]) -> list[str]:
    """Return one text an item, in row order: title, the first known of `texts`, facets.

    One vector is a mean of what it is made from: a second text or a list of people moves it away from what the item is
    about (docs/decisions/0007). Both are found by their words.
    """
    title = next(f for f in fields if f.role is Role.TITLE)
    facets = [f for f in fields if f.role is Role.FACET]
    wanted = [title, *texts, *facets]
    columns = {f.name: table.column(f.name).to_pylist() for f in wanted}

    def parts(row: int) -> list[str]:
        about = next((f for f in texts if columns[f.name][row]), None)
        used = [title, *([about] if about else []), *facets]
        return [_part(f, columns[f.name][row]) for f in used if columns[f.name][row]]

    return [". ".join(parts(row)) for row in range(table.num_rows)]


def _part(field: Field, value: Any) -> str:
    if field.role is Role.TEXT:
        return str(value)[:_TEXT_CHARS].rstrip(".")
    return ", ".join(value[:_FACETS_EACH]) if field.many else str(value)


def content_hashes(table: pa.Table, fields: Sequence[Field], texts: Sequence[Field]) -> np.ndarray:
    """Return a uint64 hash of every item's text, equal for equal texts on every machine; few texts are held at once."""
    return np.fromiter(_hashes(table, fields, texts), np.uint64, table.num_rows)


def _hashes(table: pa.Table, fields: Sequence[Field], texts: Sequence[Field]) -> Iterator[int]:
    for start in range(0, table.num_rows, _AT_ONCE):
        for text in documents(table.slice(start, _AT_ONCE), fields, texts):
            yield int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
