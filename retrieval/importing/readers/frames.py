"""A frame in memory (pandas, polars, pyarrow, anything that speaks Arrow) → a raw table of plain Arrow types."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.raw import RawTable

_TEXTS = (pa.types.is_large_string, pa.types.is_string_view, pa.types.is_time)
_LISTS = (pa.types.is_large_list, pa.types.is_list_view, pa.types.is_large_list_view, pa.types.is_fixed_size_list)


def is_frame(source: object) -> bool:
    """Tell whether this is a table in memory rather than a path."""
    return hasattr(source, "__arrow_c_stream__") or type(source).__name__ == "LazyFrame"


def as_raw(frame: Any) -> RawTable:
    """Return a frame as a raw table; its rows are numbered from 1 and an index is left out.

    Raises CatalogError where it is no table, is empty, or names a column twice.
    """
    notices: list[str] = []
    if type(frame).__name__ == "LazyFrame":
        raise CatalogError("A LazyFrame holds no rows yet. Give its .collect().")
    if _is_pandas(frame):
        names, columns = _from_pandas(frame, notices)
    else:
        names, columns = _from_arrow(frame)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise CatalogError(f"The frame has more than one column {twice[0]!r}. Rename all but one.")
    table = pa.table([plain(column) for column in columns], names=names)
    if not table.num_rows:
        raise CatalogError("The frame has no rows. Give at least one item.")
    return RawTable(table, np.arange(1, table.num_rows + 1), notices=notices)


def plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column in one of few types: text, lists of text, numbers, and times without a zone as the clock says.

    Categories become the texts they stand for, decimals floats, durations seconds.
    """
    kind = column.type
    if pa.types.is_dictionary(kind) or any(holds(kind) for holds in (*_LISTS, pa.types.is_list)):
        chunks = [_unfolded(chunk) for chunk in column.chunks or [pa.array([], kind)]]
        return pa.chunked_array(chunks)
    if any(holds(kind) for holds in _TEXTS):
        return pc.cast(column, pa.string())
    if pa.types.is_timestamp(kind):
        local = pc.local_timestamp(column) if kind.tz else column
        return pc.cast(local, pa.timestamp("us"), safe=False)
    if pa.types.is_decimal(kind):
        return pc.cast(column, pa.float64(), safe=False)
    if pa.types.is_duration(kind):
        return pc.divide(pc.cast(pc.cast(column, pa.duration("us"), safe=False), pa.int64()), 1e6)
    return column


def _unfolded(chunk: pa.Array) -> pa.Array:
    """Return categories as what they stand for, and every kind of list as the one kind, of plain values."""
    kind = chunk.type
    if pa.types.is_dictionary(kind):
        return pc.take(_plain_chunk(chunk.dictionary), chunk.indices)
    if pa.types.is_fixed_size_list(kind) or pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        chunk = pc.cast(chunk, pa.large_list(kind.value_type))
    if chunk.offset:
        chunk = pa.concat_arrays([chunk, pa.array([], chunk.type)])  # a slice's offsets do not begin at its start
    offsets = pc.cast(chunk.offsets, pa.int32())
    return pa.ListArray.from_arrays(offsets, _plain_chunk(chunk.values), mask=pc.is_null(chunk))


def _plain_chunk(values: pa.Array) -> pa.Array:
    return plain(pa.chunked_array([values])).combine_chunks()


def _is_pandas(frame: Any) -> bool:
    return type(frame).__module__.split(".")[0] == "pandas"


def _from_arrow(frame: Any) -> tuple[list[str], list[pa.ChunkedArray]]:
    try:
        table = frame if isinstance(frame, pa.Table) else pa.table(frame)
    except (TypeError, ValueError, pa.ArrowException) as error:
        kind = type(frame).__name__
        raise CatalogError(f"A {kind} is no table ({error}). Give a file, or a pandas, polars or Arrow one.") from error
    return table.column_names, table.columns


def _from_pandas(frame: Any, notices: list[str]) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Convert one column at a time: one of mixed types becomes text, and does not spoil the others."""
    if not hasattr(frame, "columns"):
        raise CatalogError(f"A {type(frame).__name__} is no table. Give a DataFrame.")
    named = [str(name) for name in frame.index.names if name is not None]
    if named:
        notices.append(f"The index {', '.join(named)} was left out. Call .reset_index() to keep it.")
    names = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    columns = []
    for position, name in enumerate(names):
        series = frame.iloc[:, position]
        try:
            array = pa.array(series, from_pandas=True)
            if isinstance(array.type, pa.BaseExtensionType):  # periods, intervals: their storage means nothing
                array = _mixed(series)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            array = _mixed(series)
            notices.append(f"{name!r} holds values of several types; they were read as text.")
        columns.append(array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array]))
    return names, columns


def _mixed(series: Any) -> pa.Array:
    """Return every value as text; where some are lists, all become lists of text."""
    known = [None if _unknown(value) else value for value in series]
    if any(isinstance(value, list | tuple | set | np.ndarray) for value in known):
        lists = [None if v is None else [str(x) for x in (v if _is_many(v) else [v])] for v in known]
        return pa.array(lists, pa.list_(pa.string()))
    return pa.array([None if value is None else str(value) for value in known], pa.string())


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | np.ndarray)


def _unknown(value: Any) -> bool:
    """Tell None, NaN, NaT and NA: none of them equals itself, or can say whether it does."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value
