"""Parquet → a raw table, in pieces; what is nested becomes columns, lists of texts, or JSON."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.imported import Progress
from retrieval.importing.limits import MAX_ROWS, PIECE_ROWS
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.headers import column_names
from retrieval.importing.readers.nested import Flattener
from retrieval.importing.readers.pieces import Pieces


def read_parquet(path: Path, name: str, report: Progress) -> RawTable:
    """Read a Parquet file piece by piece; its types stay, but for dictionaries, decimals and what is nested."""
    import pyarrow.parquet as pq

    pieces, flattener = Pieces(name), Flattener()
    try:
        with pq.ParquetFile(path) as file:
            n_rows = file.metadata.num_rows
            if n_rows > MAX_ROWS:
                raise CatalogError(f"{name} has {n_rows:,} rows; at most {MAX_ROWS:,} can be used. Give a part of it.")
            _refuse_many(file.schema_arrow, name)
            for batch in file.iter_batches(PIECE_ROWS):
                _add(batch, pieces, flattener)
                report("reading", len(pieces), n_rows)
    except (pa.ArrowException, OSError) as error:
        raise CatalogError(
            f"{name} cannot be read: it is damaged or cut short ({_first_line(error)}). Fetch or save it again."
        ) from error
    pieces.notices += flattener.notices()
    return pieces.done()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]


def _refuse_many(schema: Any, name: str) -> None:
    column_names(schema.names, name)


def _add(batch: Any, pieces: Pieces, flattener: Flattener) -> None:
    names, renamed = column_names(batch.schema.names, pieces.name)
    columns = dict(zip(names, batch.columns, strict=True))
    if not len(pieces):
        pieces.notices += renamed
    first_line = len(pieces) + len(pieces.rejected) + 1
    columns, kept = _without_bad_text(columns, pieces, first_line)
    flat: dict[str, Any] = {}
    for name, column in columns.items():
        flat |= _plain(name, column, pieces, flattener)
    pieces.count_lines(kept)
    pieces.add_arrays(flat, len(kept))


def _without_bad_text(columns: dict[str, Any], pieces: Pieces, first_line: int) -> tuple[dict[str, Any], list[int]]:
    """Reject the rows with texts that are not UTF-8; return the columns, and the numbers of the rows that stay."""
    bad: dict[int, str] = {}
    for name, column in columns.items():
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            found = {row: f"{name}: {raw}" for row in range(len(column)) if (raw := _bad_text(column, row))}
            if not found:
                raise
            bad = found | bad
    n_rows = len(next(iter(columns.values()), []))
    kept = [row for row in range(n_rows) if row not in bad]
    for row, raw in sorted(bad.items()):
        pieces.reject(first_line + row, "it has bytes that are not UTF-8", raw)
    if bad:
        columns = {name: column.take(pa.array(kept, pa.int64())) for name, column in columns.items()}
    return columns, [first_line + row for row in kept]


def _bad_text(column: Any, row: int) -> str:
    """Return the value of a row where it holds a text that is not UTF-8, or what it is where it is nested, else ""."""
    try:
        column[row].as_py()
    except UnicodeDecodeError as error:
        whole = column.slice(row, 1)
        if pa.types.is_nested(whole.type):
            return bytes(error.object).decode("utf-8", "surrogateescape")
        return str(whole.cast(pa.binary()).to_pylist()[0].decode("utf-8", "surrogateescape"))
    return ""


def _plain(name: str, column: Any, pieces: Pieces, flattener: Flattener) -> dict[str, Any]:
    """Return a column as one or more without records, dictionaries, decimals or bytes."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(name, column.storage, pieces, flattener)
    if pa.types.is_dictionary(kind):
        return _plain(name, column.dictionary_decode(), pieces, flattener)
    if pa.types.is_struct(kind):
        flattener.open(name)
        parts = zip(kind.names if hasattr(kind, "names") else [f.name for f in kind], column.flatten(), strict=True)
        return {
            key: value
            for child, part in parts
            for key, value in _plain(f"{name}.{child}", part, pieces, flattener).items()
        }
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_decimal(kind):
        return {name: pc.cast(column, pa.string())}
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _from_bytes(name, column, pieces)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        if pa.types.is_nested(kind.value_type) or pa.types.is_dictionary(kind.value_type):
            return {name: _lists(name, column, flattener)}
    elif pa.types.is_nested(kind):
        flattener.keep_as_json(name)
        return {
            name: pa.array(
                [None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()],
                pa.string(),
            )
        }
    return {name: column}


def _lists(name: str, column: Any, flattener: Flattener) -> Any:
    values = [flattener.leaf(name, value) for value in column.to_pylist()]
    return pa.array(
        [None if v is None else [None if x is None else str(x) for x in v] for v in values], pa.list_(pa.string())
    )


def _from_bytes(name: str, column: Any, pieces: Pieces) -> dict[str, Any]:
    """Read bytes as text where all are; a column of pictures and the like is left out, with a notice."""
    try:
        text = pc.cast(pc.cast(column, pa.binary()), pa.string())
    except pa.ArrowInvalid:
        notice = f"The column {name} holds bytes that are no text and is left out."
        pieces.notices += [notice] * (notice not in pieces.notices)
        return {}
    return {name: text}
