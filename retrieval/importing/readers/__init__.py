"""A path → a raw table, strictly: a row that does not fit is rejected or the file refused, never guessed into shape."""

import tempfile
from functools import partial
from pathlib import Path

from errors import CatalogError
from retrieval.importing.imported import Progress, no_progress
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.containers import kind_of, require_readable
from retrieval.importing.readers.databases import read_sqlite
from retrieval.importing.readers.delimited import read_delimited
from retrieval.importing.readers.folders import read_folder
from retrieval.importing.readers.json_rows import read_json, read_json_lines
from retrieval.importing.readers.parquet import read_parquet
from retrieval.importing.readers.sheets import read_sheet
from retrieval.importing.readers.unpacking import unpacked


def read_table(path: Path, report: Progress = no_progress, *, table: str = "") -> RawTable:
    """Read CSV and its kin, JSON, JSON lines, Parquet, SQLite, a spreadsheet, a packed one of these, or a folder.

    `table` names one of several tables, sheets, or files of an archive or folder. Raises CatalogError naming cause
    and remedy where the file cannot be read for certain.
    """
    path = Path(path)
    require_readable(path)
    try:
        if path.is_dir():
            return read_folder(path, partial(_read_file, report=report, table=""), table)
        return _read_file(path, report, table)
    except PermissionError as error:
        raise CatalogError(
            f"{error.filename or path} may not be read. Give yourself the right to, or copy it."
        ) from error
    except UnicodeError as error:
        raise CatalogError(
            f"{path.name} is cut short in the middle of a character ({error}). Save it as UTF-8."
        ) from error
    except OSError as error:
        raise CatalogError(
            f"{path} cannot be read ({error.strerror or error}). Check the file and the disk."
        ) from error


def _read_file(path: Path, report: Progress, table: str) -> RawTable:
    with tempfile.TemporaryDirectory(prefix="cicerone-") as folder:
        found = unpacked(path, Path(folder), table, report)
        size = found.path.stat().st_size
        if not size:
            raise CatalogError(f"{found.name} is empty. Give a file with a header and at least one item.")
        report("reading", 0, size)
        raw = _read_unpacked(found.path, found.name, found.table, report)
        raw.notices[:0] = found.notices
        report("reading", size, size)
        return raw


def _read_unpacked(path: Path, name: str, table: str, report: Progress) -> RawTable:
    kind = kind_of(path, name)
    if table and kind in ("delimited", "jsonl", "parquet") and table not in (name, Path(name).stem):
        raise CatalogError(f"{name} is one table, and it is not called {table}. Leave out --table.")
    if kind == "delimited":
        return read_delimited(path, name, report)
    if kind == "jsonl":
        return read_json_lines(path, name, report)
    if kind == "json":
        return read_json(path, name, table, report)
    if kind == "parquet":
        return read_parquet(path, name, report)
    if kind == "sqlite":
        return read_sqlite(path, name, table, report)
    return read_sheet(path, name, table, report)
