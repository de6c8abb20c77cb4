"""A folder of files with the same columns → one raw table; nothing outside the folder is read."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from errors import CatalogError
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.known_files import describing_items
from retrieval.importing.readers.pieces import unified
from retrieval.importing.readers.unpacking import choose, is_table_name

_MOST_FILES = 10_000


def read_folder(folder: Path, read_one: Callable[[Path], RawTable], table: str) -> RawTable:
    """Read the tables of a folder in the order of their names, or only the one that `table` names.

    Raises CatalogError where there is none, or where their columns differ.
    """
    files, notices = _files(folder)
    names = [file.name for file in files]
    if table or describing_items(names):
        known = None if table else describing_items(names)
        file = folder / (known or choose(names, table, str(folder), "table"))
        raw = read_one(file)
        if len(names) > 1:
            notices.append(f"Of the {len(names)} files in {folder.name} only {file.name} is read.")
        return _joined([file.name], [raw], notices)
    if not files:
        raise CatalogError(f"{folder} holds no table. Give a folder of CSV, JSON, Parquet or Excel files.")
    raws: list[RawTable] = []
    for file in files:
        raw = read_one(file)
        if raws:
            _require_same_columns(names[0], raws[0].table.column_names, file.name, raw.table.column_names)
        raws.append(raw)
    return _joined(names, raws, notices)


def _files(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files that are meant to be tables, and which others were passed over."""
    inside = folder.resolve()
    files: list[Path] = []
    outside: list[str] = []
    others: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if not path.resolve().is_relative_to(inside):
            outside.append(path.name)
        elif path.is_file() and (is_table_name(path.name) or path.suffix == ".zip"):
            files.append(path)
        else:
            others.append(path.name)
    if len(files) > _MOST_FILES:
        raise CatalogError(f"{folder} holds more than {_MOST_FILES:,} files. Join them first.")
    notices = []
    if outside:
        notices.append(f"Skipped {', '.join(outside[:8])}: a link out of {folder.name}.")
    if others:
        notices.append(f"Skipped {', '.join(others[:8])} in {folder.name}, for a table is a file with a known suffix.")
    return files, notices


def _require_same_columns(first: str, wanted: Sequence[str], second: str, found: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in found]
    added = [name for name in found if name not in wanted]
    if missing or added:
        says = f"{second} lacks {', '.join(missing[:5])}" if missing else f"{second} adds {', '.join(added[:5])}"
        raise CatalogError(
            f"The files of a folder must have the same columns: compared with {first}, {says}. "
            "Give one file, or a folder of files that agree."
        )


def _joined(names: Sequence[str], raws: Sequence[RawTable], notices: list[str]) -> RawTable:
    columns = raws[0].table.column_names
    table = pa.table(
        {name: unified([chunk for raw in raws for chunk in raw.table.column(name).chunks]) for name in columns}
    )
    starts = np.cumsum([0, *(raw.table.num_rows for raw in raws)])
    return RawTable(
        table,
        np.concatenate([raw.lines for raw in raws]),
        [replace(row, file=row.file or name) for name, raw in zip(names, raws, strict=True) for row in raw.rejected],
        notices + list(dict.fromkeys(notice for raw in raws for notice in raw.notices)),
        [(int(start), name) for start, name in zip(starts, names, strict=False)],
    )
