"""Rows → Arrow columns, piece by piece, so that no more than one piece of them is Python objects at a time."""

import json
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, MAX_TABLE_BYTES, PIECE_ROWS
from retrieval.importing.raw import RAW_CHARS, RawTable, Rejected
from retrieval.importing.readers.headers import column_names


class Pieces:
    """A table that grows by rows; columns may appear later, and types may change from piece to piece."""

    def __init__(self, name: str, columns: Sequence[str] = (), *, text: bool = False) -> None:
        """With `text` every value is text and every row a sequence in the order of `columns`; else a mapping."""
        self.name = name
        self.rejected: list[Rejected] = []
        self.notices: list[str] = []
        self._text = text
        self._lines = array("q")
        self._rows: list[Any] = []
        self._chunks: dict[str, list[Any]] = {column: [] for column in columns}
        self._n_flushed = self._n_bytes = self._n_nul = self._n_cut = 0

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: int, row: Sequence[str] | Mapping[str, Any]) -> bool:
        """Take a row; say whether a piece was completed."""
        self._lines.append(line)
        self._rows.append(row)
        if len(self._rows) < PIECE_ROWS:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Turn the rows taken so far into Arrow columns."""
        rows, self._rows = self._rows, []
        if not rows:
            return
        if self._text:
            arrays = {n: pa.array(v, pa.string()) for n, v in zip(self._chunks, zip(*rows, strict=True), strict=True)}
        else:
            names = list(self._chunks | dict.fromkeys(name for row in rows for name in row))
            arrays = {name: array_of([row.get(name) for row in rows]) for name in names}
        self.add_arrays(arrays, len(rows))

    def add_arrays(self, arrays: Mapping[str, Any], n_rows: int) -> None:
        """Take a piece that is Arrow already; `count_lines` says where its rows stand."""
        for name, values in arrays.items():
            chunks = self._chunks.setdefault(name, [])
            if len(chunks) == 0 and self._n_flushed:
                chunks.append(pa.nulls(self._n_flushed))
            tidied = self._tidy(values)
            self._n_bytes += tidied.nbytes
            chunks.append(tidied)
        for name in self._chunks.keys() - arrays.keys():
            self._chunks[name].append(pa.nulls(n_rows))
        self._n_flushed += n_rows
        if len(self._chunks) > MAX_COLUMNS:
            raise CatalogError(f"{self.name} has more than {MAX_COLUMNS} columns. Leave out those nobody asks for.")
        if self._n_flushed > MAX_ROWS or self._n_bytes > MAX_TABLE_BYTES:
            raise CatalogError(
                f"{self.name} is too large: more than {MAX_ROWS:,} rows or {MAX_TABLE_BYTES >> 30} GB of values. "
                "Give a part of it."
            )

    def count_lines(self, lines: Sequence[int]) -> None:
        """Say where the rows of the next `add_arrays` stand."""
        self._lines.extend(lines)

    def reject(self, line: int, reason: str, raw: str) -> None:
        """Keep a row out, with the reason."""
        self.rejected.append(Rejected(line, reason, readable(raw)))

    def done(self) -> RawTable:
        """Return everything taken; raises CatalogError where no row is left."""
        self.flush()
        if not self._lines:
            if not self.rejected:
                raise CatalogError(f"{self.name} has no rows. Give a file with at least one item.")
            first = self.rejected[0]
            raise CatalogError(
                f"None of the {len(self.rejected):,} rows of {self.name} can be used; line {first.line}: "
                f"{first.reason}. Check the file."
            )
        notices = list(self.notices)
        if self._n_nul:
            notices.append(f"Removed NUL characters: {self._n_nul:,}.")
        if self._n_cut:
            notices.append(f"Cut values longer than {MAX_CELL_CHARS:,} characters: {self._n_cut:,}.")
        names, renamed = column_names(list(self._chunks), self.name)
        notices += renamed
        table = pa.table(dict(zip(names, map(unified, self._chunks.values()), strict=True)))
        return RawTable(table, np.frombuffer(self._lines, np.int64).copy(), self.rejected, notices)

    def _tidy(self, values: Any) -> Any:
        """Trim texts, cut long ones, drop NULs, and make empty ones null."""
        if not pa.types.is_string(values.type):
            return values
        nul = pc.sum(pc.count_substring(values, "\0")).as_py() or 0
        if nul:
            self._n_nul += nul
            values = pc.replace_substring(values, "\0", "")
        if (pc.max(pc.binary_length(values)).as_py() or 0) > MAX_CELL_CHARS:
            long = pc.sum(pc.greater(pc.utf8_length(values), MAX_CELL_CHARS)).as_py() or 0
            self._n_cut += long
            values = pc.utf8_slice_codeunits(values, 0, MAX_CELL_CHARS) if long else values
        values = pc.utf8_trim_whitespace(values)
        return pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)


def readable(raw: str) -> str:
    """Return text that can be written, cut: bytes that are no text and half characters as hexadecimal escapes."""
    raw = raw[:RAW_CHARS].rstrip("\r\n")
    if raw.isascii():
        return raw
    return "".join(
        f"\\x{ord(c) - 0xDC00:02x}"
        if "\udc80" <= c <= "\udcff"
        else f"\\u{ord(c):04x}"
        if "\ud800" <= c <= "\udfff"
        else c
        for c in raw
    )


def array_of(values: Sequence[Any]) -> Any:
    """Let Arrow choose a type; values of mixed types become text, and lists among them lists of text."""
    try:
        found = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        found = None
    if found is not None and not _holds_struct(found.type):
        return found
    if any(isinstance(value, list) for value in values):
        return pa.array([_texts(value) for value in values], pa.list_(pa.string()))
    return pa.array([as_text(value) for value in values], pa.string())


def _holds_struct(kind: Any) -> bool:
    while pa.types.is_list(kind):
        kind = kind.value_type
        if pa.types.is_list(kind):
            return True
    return bool(pa.types.is_struct(kind))


def _texts(value: Any) -> list[str | None] | None:
    if value is None:
        return None
    return [as_text(one) for one in (value if isinstance(value, list) else [value])]


def as_text(value: Any) -> str | None:
    """Return a value as its source would write it; what is nested as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def unified(chunks: Sequence[Any]) -> Any:
    """Join pieces of one column: of one type where they agree, else as text (or lists of text)."""
    kinds = {chunk.type for chunk in chunks if not pa.types.is_null(chunk.type)}
    if len(kinds) <= 1:
        kind = next(iter(kinds), pa.string())
    elif all(pa.types.is_integer(k) or pa.types.is_floating(k) for k in kinds):
        whole = all(map(pa.types.is_integer, kinds))
        try:
            return pa.chunked_array([_cast(chunk, pa.int64() if whole else pa.float64()) for chunk in chunks])
        except pa.ArrowInvalid:  # a whole number that the other type cannot hold exactly
            kind = pa.string()
    elif any(pa.types.is_list(k) for k in kinds):
        kind = pa.list_(pa.string())
    else:
        kind = pa.string()
    return pa.chunked_array([_cast(chunk, kind) for chunk in chunks], kind)


def _cast(chunk: Any, kind: Any) -> Any:
    if chunk.type == kind:
        return chunk
    if pa.types.is_null(chunk.type):
        return pa.nulls(len(chunk), kind)
    if pa.types.is_list(kind):
        return pa.array([_texts(value) for value in chunk.to_pylist()], kind)
    return pc.cast(chunk, kind)
