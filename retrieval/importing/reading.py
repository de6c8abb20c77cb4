"""A path → a raw table, strictly: a row that does not fit is rejected or the file refused, never guessed into shape."""

import tempfile
from functools import partial
from pathlib import Path

from errors import CatalogError
from retrieval.importing.containers import kind_of, require_readable
from retrieval.importing.databases import read_sqlite
from retrieval.importing.delimited import read_delimited
from retrieval.importing.folders import read_folder
from retrieval.importing.imported import Progress, no_progress
from retrieval.importing.json_rows import read_json, read_json_lines
from retrieval.importing.parquet import read_parquet
from retrieval.importing.raw import RawTable
from retrieval.importing.sheets import read_sheet
from retrieval.importing.unpacking import unpacked


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
        file, name, table = unpacked(path, Path(folder), table, report)
        size = file.stat().st_size
        if not size:
            raise CatalogError(f"{name} is empty. Give a file with a header and at least one item.")
        report("reading", 0, size)
        kind = kind_of(file, name)
        if kind == "delimited":
            raw = read_delimited(file, name, report)
        elif kind == "jsonl":
            raw = read_json_lines(file, name, report)
        elif kind == "json":
            raw = read_json(file, name, table, report)
        elif kind == "parquet":
            raw = read_parquet(file, name, report)
        elif kind == "sqlite":
            raw = read_sqlite(file, name, table, report)
        else:
            raw = read_sheet(file, name, table, report)
        report("reading", size, size)
        return raw
