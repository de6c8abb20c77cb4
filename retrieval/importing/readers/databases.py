"""One table of an SQLite file → a raw table; the file is opened read-only and never waited for."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from errors import CatalogError
from retrieval.importing.imported import Progress
from retrieval.importing.raw import RawTable
from retrieval.importing.readers.headers import column_names
from retrieval.importing.readers.pieces import Pieces
from retrieval.importing.readers.unpacking import choose

_FETCH_ROWS = 1_000


def read_sqlite(path: Path, name: str, table: str, report: Progress) -> RawTable:
    """Read the table that is named, or the only one with rows; a view only where it is named."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise CatalogError(f"{name} is in use: {log.name} holds changes. Close the program that writes it, then retry.")
    if _is_short(path):
        raise CatalogError(f"{name} cannot be read: the database is cut short. Copy it again.")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("PRAGMA trusted_schema=OFF")
            database.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
            return _read(database, name, table, report)
    except sqlite3.Error as error:
        raise CatalogError(
            f"{name} cannot be read: the database is damaged or cut short ({error}). Copy it again."
        ) from error


def _is_short(path: Path) -> bool:
    """Say whether a file has fewer pages than its header says, which SQLite itself would read as empty ones."""
    with path.open("rb") as file:
        head = file.read(100)
    page, n_pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    is_said = head[24:28] == head[92:96]
    return len(head) < 100 or (is_said and path.stat().st_size < n_pages * (65536 if page == 1 else page))


def _read(database: sqlite3.Connection, name: str, table: str, report: Progress) -> RawTable:
    chosen = choose(_tables(database, with_views=bool(table)), table, name, "table")
    n_rows = database.execute(f"SELECT count(*) FROM {_quoted(chosen)}").fetchone()[0]
    cursor = database.execute(f"SELECT * FROM {_quoted(chosen)}")
    names, renamed = column_names([column[0] for column in cursor.description], f"{name} ({chosen})")
    pieces = Pieces(f"{name} ({chosen})", names)
    pieces.notices += renamed
    for number, row in enumerate(_rows(cursor), 1):
        if any(isinstance(value, str) and not _writable(value) for value in row):
            pieces.reject(number, "it has bytes that are not UTF-8", " | ".join(map(str, row)))
        elif pieces.add(number, dict(zip(names, map(_plain, row), strict=True))):
            report("reading", len(pieces), n_rows)
    return pieces.done()


def _tables(database: sqlite3.Connection, *, with_views: bool) -> list[str]:
    """Return the tables of the user that have rows: not those of SQLite, nor those of a full-text index."""
    found = database.execute("SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view')").fetchall()
    indexes = [name for name, _, sql in found if (sql or "").upper().startswith("CREATE VIRTUAL")]
    views = [name for name, kind, _ in found if kind == "view"]
    tables = [
        name
        for name, kind, _ in found
        if kind == "table" and not name.startswith("sqlite_") and name not in indexes
        and not any(name.startswith(index + "_") for index in indexes)
    ]  # fmt: skip
    filled = [t for t in tables if database.execute(f"SELECT 1 FROM {_quoted(t)} LIMIT 1").fetchone()]
    return (filled or tables) + (views if with_views or not tables else [])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rows(cursor: sqlite3.Cursor) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(_FETCH_ROWS):
        yield from rows


def _plain(value: Any) -> Any:
    return f"{len(value):,} bytes" if isinstance(value, bytes) else value


def _writable(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
