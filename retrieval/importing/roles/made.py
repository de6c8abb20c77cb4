"""Columns that a file lacks, made from those it has: an id from the whole row, a title from a text or properties."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.names import words_of
from retrieval.importing.raw import RawTable
from retrieval.importing.roles.guess import Guess
from retrieval.items import Role

_MOST_CHARS = 70
_BETWEEN = "\x1f"


def with_made(raw: RawTable, guesses: Mapping[str, Guess]) -> RawTable:
    """Return the table with the columns that `guesses` want made; equal rows get equal ids, every time."""
    table = raw.table
    for name, guess in guesses.items():
        if guess.made_from is not None:
            make = row_ids if guess.role is Role.ID else row_titles
            table = table.append_column(name, make(raw.table, guess.made_from or raw.table.column_names))
    return replace(raw, table=table)


def row_ids(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Return an id for every row: 16 hexadecimal digits of a hash of its values."""
    texts = [_texts(table.column(name)) for name in names]
    rows = pc.binary_join_element_wise(*texts, _BETWEEN, null_handling="replace", null_replacement="\x00")
    return pa.array(
        [hashlib.blake2b(row.as_py().encode("utf-8", "replace"), digest_size=8).hexdigest() for row in rows],
        pa.string(),
    )


def row_titles(table: pa.Table, names: Sequence[str]) -> pa.Array:
    """Return a title for every row: the first words of a text, or what is known of several properties.

    A row that has none of these is called after its number, one without any value nothing.
    """
    columns = [table.column(name).to_pylist() for name in names]
    if len(columns) == 1:
        titles = [first_words(value) for value in columns[0]]
    else:
        labels = [" ".join(words_of(name)) for name in names]
        titles = [_told(labels, row) for row in zip(*columns, strict=True)]
    if None in titles:
        known = np.any([column.is_valid().to_numpy() for column in table.columns], axis=0)
        titles = [title or (f"Item {at + 1}" if known[at] else None) for at, title in enumerate(titles)]
    return pa.array(titles, pa.string())


def first_words(value: Any) -> str | None:
    """Return the first sentence of a text, cut between words where it is long."""
    text = " ".join(_joined(value).split())
    if len(text) <= _MOST_CHARS:
        return text or None
    sentence = text[: text.find(". ") + 1]
    if 0 < len(sentence) <= _MOST_CHARS:
        return sentence
    cut = text[:_MOST_CHARS]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:") + "…"


def _told(labels: Sequence[str], row: Sequence[Any]) -> str | None:
    """Say a number with its label, anything else alone: "A-100, watts 40"."""
    parts = []
    for label, value in zip(labels, row, strict=True):
        text = " ".join(_joined(value).split())
        if text:
            parts.append(f"{label} {text}" if text.replace(".", "").isdigit() else text)
    return ", ".join(parts) or None


def _joined(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _texts(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if pa.types.is_nested(array.type) or pa.types.is_binary(array.type):
        return pa.array([None if value is None else str(value) for value in array.to_pylist()], pa.string())
    return pc.cast(array, pa.string())
