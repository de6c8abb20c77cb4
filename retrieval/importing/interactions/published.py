"""Files of interactions as they are published → a raw table: with a header, without, in an archive, as sequences."""

import gzip
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.imported import Progress, no_progress
from retrieval.importing.raw import RAW_CHARS, RawTable, Rejected
from retrieval.importing.readers import read_table

FIRST, SECOND = "column 1", "column 2"
"""The columns of a file without a header that hold user and item; which is which, the catalogue's ids tell."""
RATING, TIME = "rating", "timestamp"

_PUBLISHED = ("ratings.csv", "ratings.csv.gz", "ratings.dat", "u.data", "sequences.txt.gz", "sequences.txt")
_TABLES = (".parquet", ".json", ".jsonl", ".ndjson")
_SEVERAL = (".xlsx", ".xls", ".ods", ".sqlite", ".sqlite3", ".db")
_TABLE_NAMES = ("ratings", "interactions", "reviews", "events", "likes")
"""Which table or sheet is read where a file has several."""
_MOST_BYTES = 2 << 30
_LOOK_BYTES = 64_000
_SECONDS = 1e8
"""A number of this size in a line without a header is a time: no scale of ratings reaches it."""


def read_ratings(path: Path, report: Progress = no_progress) -> RawTable:
    """Read who liked what from a table, a MovieLens or RecBole archive or folder, or a file of sequences.

    Raises CatalogError where it holds none of these.
    """
    if path.suffix == ".zip":
        with _unpacked(path) as member:
            return read_ratings(member, report)
    if path.is_dir():
        found = _published([child for child in sorted(path.iterdir()) if child.is_file()])
        return read_table(path, report) if found is None else read_ratings(found, report)
    if path.suffix.lower() in _SEVERAL:
        return _read_one_of_several(path, report)
    if not path.is_file() or path.name.lower().removesuffix(".gz").endswith(_TABLES):
        return read_table(path, report)
    first = _first_line(path)
    mark = "::" if "::" in first else max("\t,;|", key=first.count)
    values = [value.strip().strip('"') for value in first.split(mark)] if mark in first else []
    if _holds_sequences(path, mark, values):
        return _sequences(path)
    if len(values) in (2, 3, 4) and any(map(_is_number, values)):
        return _headless(path, mark, values)
    return read_table(path, report)


def _read_one_of_several(path: Path, report: Progress) -> RawTable:
    for table in _TABLE_NAMES:
        try:
            return read_table(path, report, table=table)
        except CatalogError:
            continue
    return read_table(path, report)


def _published(names: Sequence[Any]) -> Any:
    """Return the file of ratings among these paths, or None."""
    for wanted in _PUBLISHED:
        for path in names:
            if path.name.lower() == wanted:
                return path
    return next((path for path in names if path.name.lower().removesuffix(".gz").endswith(".inter")), None)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Yield the ratings of a MovieLens or RecBole archive as it is downloaded."""
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            names = [Path(name) for name in archive.namelist()]
            member = _published(names)
            if member is None:
                raise CatalogError(f"{path} holds no ratings.csv, ratings.dat, u.data or .inter. Give the file itself.")
            entry = archive.namelist()[names.index(member)]
            if archive.getinfo(entry).file_size > _MOST_BYTES:
                raise CatalogError(f"{entry} in {path} is larger than {_MOST_BYTES >> 30} GB. Unpack it and give that.")
            target = Path(folder) / member.name
            with archive.open(entry) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            yield target
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
        raise CatalogError(f"{path} is no readable zip file ({error}). Unpack it and give the file.") from error


def _first_line(path: Path) -> str:
    look = _bytes(path, _LOOK_BYTES)
    lines = look.removeprefix(b"\xef\xbb\xbf").decode("latin-1").splitlines()
    return next((line for line in lines if line.strip()), "")


def _bytes(path: Path, most: int = _MOST_BYTES) -> bytes:
    """Return the first bytes of a file, unpacked. Raises CatalogError where it is damaged or too big."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            found = file.read(most)
            if most == _MOST_BYTES and file.read(1):
                raise CatalogError(f"{path} is larger than {_MOST_BYTES >> 30} GB. Give it as Parquet.")
    except (OSError, EOFError) as error:
        raise CatalogError(f"{path} cannot be read ({error}). Save it again.") from error
    return found


def _holds_sequences(path: Path, mark: str, values: Sequence[str]) -> bool:
    """Tell lines of a user and items, between spaces or tabs, from a table in a .txt file."""
    if not path.name.lower().removesuffix(".gz").endswith(".txt"):
        return False
    named = any(value.lower().startswith(("user", "reviewer", "customer")) for value in values)
    return not values or (mark == "\t" and not named and not any(map(_is_number, values[1:])))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _headless(path: Path, mark: str, values: Sequence[str]) -> RawTable:
    """Read lines of user, item, rating and time (ratings.dat, u.data, Amazon's), in any order of each pair."""
    from pyarrow import csv

    content = _bytes(path)
    if mark == "::":
        content, mark = content.replace(b"::", b"\x1f"), "\x1f"
    rest = [TIME if _is_number(value) and float(value) >= _SECONDS else RATING for value in values[2:]]
    names = [FIRST, SECOND, *(rest if len(set(rest)) == len(rest) else (RATING, TIME))]
    rejected: list[Rejected] = []

    def reject(row: Any) -> str:
        reason = f"{row.actual_columns} values where the first line has {row.expected_columns}"
        rejected.append(Rejected(row.number, reason, row.text.replace("\x1f", "::")[:RAW_CHARS]))
        return "skip"

    try:
        table = csv.read_csv(
            pa.BufferReader(content),
            csv.ReadOptions(column_names=names, use_threads=False, encoding=_encoding(content)),
            csv.ParseOptions(delimiter=mark, invalid_row_handler=reject, ignore_empty_lines=False),
            csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid as error:
        raise CatalogError(f"{path} cannot be read ({error}). Give its columns names in a first line.") from error
    lines = np.delete(np.arange(1, table.num_rows + len(rejected) + 1), [row.line - 1 for row in rejected])
    filled = np.flatnonzero(pc.or_(pc.is_valid(table.column(FIRST)), pc.is_valid(table.column(SECOND))))
    return RawTable(table.take(filled), lines[filled], rejected, [f"{path.name} has no header."])


def _encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _sequences(path: Path) -> RawTable:
    """Read lines of a user and their items in time order; the place in a user's order stands for the time."""
    lines = _bytes(path).decode("utf-8", errors="replace").splitlines()
    parts = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(pa.array(lines, pa.string())))
    n_parts = np.asarray(pc.list_value_length(parts))
    flat = parts.flatten()
    begins = np.cumsum(n_parts) - n_parts
    usable = n_parts > 1
    rejected = [
        Rejected(int(i) + 1, "a user without items", lines[i][:RAW_CHARS])
        for i in np.flatnonzero(~usable)
        if lines[i].strip()
    ]
    n_items = n_parts[usable] - 1
    of_line = np.repeat(np.flatnonzero(usable), n_items)
    nth = np.arange(len(of_line)) - np.repeat(np.cumsum(n_items) - n_items, n_items)
    users = pc.dictionary_encode(flat.take(pa.array(begins[usable])))
    codes = np.repeat(np.asarray(users.indices), n_items)
    items = flat.take(pa.array(begins[of_line] + 1 + nth))
    table = pa.table({"user": users.dictionary.take(pa.array(codes)), "item": items, TIME: pa.array(_nth_of(codes))})
    if not table.num_rows:
        raise CatalogError(f"{path} has no line of a user and their items. Give a file of interactions.")
    return RawTable(table, of_line + 1, rejected, [f"{path.name} holds sequences: a user, then the items in order."])


def _nth_of(users: np.ndarray) -> np.ndarray:
    """Return how many earlier entries have the same user, (n,) int64."""
    order = np.argsort(users, kind="stable")
    ordered = users[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    nth = np.empty(len(users), np.int64)
    nth[order] = np.arange(len(users)) - np.repeat(begins, np.diff(np.append(begins, len(users))))
    return nth
