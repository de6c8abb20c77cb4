"""A file → an Arrow table, strictly: a line that does not fit is counted or refused, never guessed into shape."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from errors import CatalogError

_SUFFIXES = ".parquet, .csv, .tsv, .jsonl (the last three also .gz)"
_BAD_SHOWN = 0.05
"""A larger share of unreadable lines means that the file is not what its name says."""


def read_table(path: Path) -> tuple[pa.Table, int]:
    """Read Parquet, CSV, TSV or JSON lines; return the table and how many lines could not be read.

    Raises CatalogError where the file is missing, of another kind, empty, or mostly unreadable.
    """
    if not path.is_file():
        raise CatalogError(f"There is no file {path}. Give a {_SUFFIXES} file.")
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    try:
        if kind == "parquet":
            table, n_bad = _read_parquet(path), 0
        elif kind in ("csv", "tsv"):
            table, n_bad = _read_csv(path, "\t" if kind == "tsv" else ",")
        elif kind in ("jsonl", "ndjson"):
            table, n_bad = _read_json_lines(path)
        else:
            raise CatalogError(f"{path.name} is of an unknown kind. Give a {_SUFFIXES} file.")
    except (pa.ArrowException, UnicodeDecodeError, gzip.BadGzipFile, EOFError, csv.Error) as error:
        raise CatalogError(f"{path} cannot be read ({error}). Save it again as UTF-8 or Parquet.") from error
    if not table.num_rows:
        raise CatalogError(f"{path} has no rows. Give a file with at least one item.")
    if n_bad > _BAD_SHOWN * (table.num_rows + n_bad):
        raise CatalogError(f"{n_bad:,} of {table.num_rows + n_bad:,} lines of {path} cannot be read. Check the file.")
    return table, n_bad


def _read_parquet(path: Path) -> pa.Table:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path)


def _lines(path: Path) -> Any:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_csv(path: Path, separator: str) -> tuple[pa.Table, int]:
    """Read with the csv module: the first line names the columns; a line of another width is counted as bad."""
    csv.field_size_limit(10_000_000)
    n_bad = 0
    with _lines(path) as file:
        reader = csv.reader(file, delimiter=separator)
        header = [name.strip() for name in next(reader, [])]
        if not header or len(set(header)) != len(header) or not all(header):
            raise CatalogError(f"The first line of {path} must name every column, each once; it says {header[:8]}.")
        columns: list[list[str | None]] = [[] for _ in header]
        for line in reader:
            if len(line) != len(header):
                n_bad += bool(line)
                continue
            for column, value in zip(columns, line, strict=True):
                column.append(value.strip() or None)
    return pa.table({name: pa.array(c, pa.string()) for name, c in zip(header, columns, strict=True)}), n_bad


def _read_json_lines(path: Path) -> tuple[pa.Table, int]:
    rows: list[dict[str, Any]] = []
    n_bad = 0
    with _lines(path) as file:
        for row in _objects(file):
            if row is None:
                n_bad += 1
            else:
                rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: _column([row.get(name) for row in rows]) for name in names}), n_bad


def _objects(lines: Any) -> Iterator[dict[str, Any] | None]:
    for line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        yield row if isinstance(row, dict) else None


def _column(values: list[Any]) -> pa.Array:
    """Let Arrow choose a type; values of mixed types become text, and lists of them lists of text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        if any(isinstance(value, list) for value in values):
            lists = [None if v is None else [str(x) for x in (v if isinstance(v, list) else [v])] for v in values]
            return pa.array(lists, pa.list_(pa.string()))
        return pa.array([None if value is None else str(value) for value in values], pa.string())
