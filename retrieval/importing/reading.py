"""A file → an Arrow table, strictly: a line that does not fit is counted or refused, never guessed into shape."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from errors import CatalogError
from retrieval.importing.imported import Progress, no_progress
from retrieval.importing.raw import RAW_CHARS, RawTable, Rejected

_SUFFIXES = ".parquet, .csv, .tsv, .jsonl (the last three also .gz)"


def read_table(path: Path, report: Progress = no_progress, *, table: str = "") -> RawTable:
    """Read Parquet, CSV, TSV or JSON lines; `table` names one of several in the file.

    Raises CatalogError where the file is missing, of another kind, or empty.
    """
    if not path.is_file():
        raise CatalogError(f"There is no file {path}. Give a {_SUFFIXES} file.")
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    report("reading", 0, 1)
    try:
        if kind == "parquet":
            raw = _read_parquet(path)
        elif kind in ("csv", "tsv"):
            raw = _read_csv(path, "\t" if kind == "tsv" else ",")
        elif kind in ("jsonl", "ndjson"):
            raw = _read_json_lines(path)
        else:
            raise CatalogError(f"{path.name} is of an unknown kind. Give a {_SUFFIXES} file.")
    except (pa.ArrowException, UnicodeDecodeError, gzip.BadGzipFile, EOFError, csv.Error) as error:
        raise CatalogError(f"{path} cannot be read ({error}). Save it again as UTF-8 or Parquet.") from error
    report("reading", 1, 1)
    if not raw.table.num_rows:
        raise CatalogError(f"{path} has no rows. Give a file with at least one item.")
    return raw


def _read_parquet(path: Path) -> RawTable:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(path)
    return RawTable(table, np.arange(1, table.num_rows + 1, dtype=np.int64))


def _lines(path: Path) -> Any:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_csv(path: Path, separator: str) -> RawTable:
    """Read with the csv module: the first line names the columns; a line of another width is rejected."""
    csv.field_size_limit(10_000_000)
    rejected, lines = [], []
    with _lines(path) as file:
        reader = csv.reader(file, delimiter=separator)
        header = [name.strip() for name in next(reader, [])]
        if not header or len(set(header)) != len(header) or not all(header):
            raise CatalogError(f"The first line of {path} must name every column, each once; it says {header[:8]}.")
        columns: list[list[str | None]] = [[] for _ in header]
        for line in reader:
            if len(line) != len(header):
                if line:
                    reason = f"{len(line)} values where the header names {len(header)} columns"
                    rejected.append(Rejected(reader.line_num, reason, separator.join(line)[:RAW_CHARS]))
                continue
            lines.append(reader.line_num)
            for column, value in zip(columns, line, strict=True):
                column.append(value.strip() or None)
    table = pa.table({name: pa.array(c, pa.string()) for name, c in zip(header, columns, strict=True)})
    return RawTable(table, np.array(lines, np.int64), rejected)


def _read_json_lines(path: Path) -> RawTable:
    rows: list[dict[str, Any]] = []
    lines, rejected = [], []
    with _lines(path) as file:
        for number, line, row in _objects(file):
            if row is None:
                rejected.append(Rejected(number, "not one JSON object", line[:RAW_CHARS]))
            else:
                rows.append(row)
                lines.append(number)
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: _column([row.get(name) for row in rows]) for name in names})
    return RawTable(table, np.array(lines, np.int64), rejected)


def _objects(lines: Any) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        yield number, line, row if isinstance(row, dict) else None


def _column(values: list[Any]) -> pa.Array:
    """Let Arrow choose a type; values of mixed types become text, and lists of them lists of text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        if any(isinstance(value, list) for value in values):
            lists = [None if v is None else [str(x) for x in (v if isinstance(v, list) else [v])] for v in values]
            return pa.array(lists, pa.list_(pa.string()))
        return pa.array([None if value is None else str(value) for value in values], pa.string())
