"""Writing the file that Catalog opens: typed columns, and beside words the folded form in which they are compared."""

import errno
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from errors import CatalogError
from retrieval.filters import comparable, quoted, shadow_of
from retrieval.items import Field, Role

PACKED = "packed"
"""Table of whole items as JSON beside the columns: to show ten, one column is read instead of all of them."""
_FOLDED_ROLES = {Role.TITLE, Role.FACET, Role.PERSON}


def write_catalog(path: Path, table: pa.Table, fields: Sequence[Field], prominence: np.ndarray) -> None:
    """Write a new catalogue file.

    `table` has one column a field, in row order: text, DOUBLE/BIGINT numbers, dates, lists of text for fields with
    many values; null (never an empty list) where unknown. `prominence` is (n_items,) float32 in 0–1: how well known
    an item is, 0.5 for all where nothing tells. Raises CatalogError on two names that differ only in case, OSError
    where the disk is full.
    """
    _check_names([field.name for field in fields])
    rows = pa.array(np.arange(table.num_rows, dtype=np.int32))
    columns = {"~row": rows, "~prominence": pa.array(prominence, pa.float32())}
    for field in fields:
        columns[field.name] = table.column(field.name)
        if field.role in _FOLDED_ROLES:
            parts = [_shadow(chunk) for chunk in table.column(field.name).chunks]
            kind = pa.list_(pa.string()) if field.many else pa.string()
            columns[shadow_of(field.name)] = pa.chunked_array(parts, kind)
    items = pa.table(columns)
    try:
        _write(path, items, fields)
    except (duckdb.IOException, duckdb.TransactionException) as error:
        raise OSError(errno.EIO, str(error).splitlines()[0]) from error


def _write(path: Path, items: pa.Table, fields: Sequence[Field]) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE items AS SELECT * FROM items")  # which keeps the order of the rows
        parts = ", ".join(f"{quoted(field.name)} := {quoted(field.name)}" for field in fields)
        whole = f"to_json(struct_pack({parts}))::VARCHAR"
        connection.execute(f'CREATE TABLE {PACKED} AS SELECT "~row", {whole} AS item FROM items')
        connection.execute("CREATE TABLE fields (position INTEGER, definition VARCHAR)")
        definitions = [(i, field.model_dump_json()) for i, field in enumerate(fields)]
        connection.executemany("INSERT INTO fields VALUES (?, ?)", definitions)


def _check_names(names: Sequence[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if name.startswith("~") or name.lower() in seen:
            other = f" beside {seen[name.lower()]!r}" if name.lower() in seen else ""
            raise CatalogError(f"The column {name!r}{other} cannot be used: rename it in the file.")
        seen[name.lower()] = name


def _shadow(values: pa.Array) -> pa.Array:
    """Fold texts, or lists of texts; every distinct text once, for facets repeat theirs."""
    if pa.types.is_list(values.type):
        lengths = values.value_lengths()
        ends = np.cumsum(lengths.fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int32)
        offsets = pa.array(np.concatenate([np.zeros(1, np.int32), ends]))
        return pa.ListArray.from_arrays(offsets, _shadow(values.flatten()), mask=values.is_null())
    encoded = values.cast(pa.string()).dictionary_encode()
    folded = pa.array([comparable(text) for text in encoded.dictionary.to_pylist()], pa.string())
    return folded.take(encoded.indices)
