"""Tables of people's data behind one small class: a SQLite file, memory, or a Postgres database."""

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from agents.private_files import touch
from errors import SettingsError, StateError

Row = tuple[Any, ...]
_WAIT_S = 10.0


class Statements(Protocol):
    """What runs SQL; `?` stands for a parameter in every engine."""

    def execute(self, sql: str, *params: Any) -> int:
        """Run one statement and return how many rows it changed."""
        ...

    def fetch(self, sql: str, *params: Any) -> list[Row]:
        """Run one query and return all of its rows."""
        ...


class Database(ABC):
    """Safe to use from several threads, and by several processes; what runs outside `transaction` is one of its own.

    SQL is what both engines understand: BIGINT and DOUBLE PRECISION for numbers, TEXT for the rest, conflict targets
    spelt out. Raises StateError where the database fails.
    """

    where: str
    """The file or the server, for people; without a password."""

    @abstractmethod
    def transaction(self, lock: str = "") -> AbstractContextManager[Statements]:
        """Run statements together, all or none; of those with the same `lock` one runs at a time, everywhere."""

    @abstractmethod
    def fetch(self, sql: str, *params: Any) -> list[Row]:
        """Run one query and return all of its rows."""

    @abstractmethod
    def columns(self) -> dict[str, list[str]]:
        """Return the tables that were made here, and the columns of each."""

    @abstractmethod
    def scrub(self) -> None:
        """Overwrite what deleted rows left in the file; a Postgres server has ways of its own."""

    @abstractmethod
    def close(self) -> None:
        """Close it; it is of no use any more."""

    def execute(self, sql: str, *params: Any) -> int:
        """Run one statement and return how many rows it changed."""
        with self.transaction() as do:
            return do.execute(sql, *params)

    def make(self, *tables: str) -> None:
        """Make tables, as `name (columns)`, where they are missing."""
        with self.transaction(lock="tables") as do:
            for table in tables:
                do.execute(f"CREATE TABLE IF NOT EXISTS {table}")


class SqliteDatabase(Database):
    """One file that only its owner may read, or memory; one connection, as statements are short."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or make the file; None keeps all in memory. Raises SettingsError naming what cannot be used."""
        self.where = str(path or "memory")
        self._lock = threading.RLock()
        try:
            if path:
                touch(path)
            self._db = sqlite3.connect(
                path or ":memory:", timeout=_WAIT_S, check_same_thread=False, isolation_level=None
            )
            self._db.execute("PRAGMA secure_delete = ON")
            self._db.execute("PRAGMA journal_mode = WAL")
        except (OSError, sqlite3.Error) as error:
            raise SettingsError(
                f"{path} cannot hold people's data ({error}). Move it away, or set CICERONE_VAR_DIR."
            ) from error

    @contextmanager
    def transaction(self, lock: str = "") -> Iterator[Statements]:
        """Run statements together; all of them wait for each other, whatever their lock."""
        with self._used():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._Statements(self._db)
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # what went wrong says more than that it cannot be undone either
                    self._db.execute("ROLLBACK")
                raise

    def fetch(self, sql: str, *params: Any) -> list[Row]:
        """Run one query and return all of its rows."""
        with self._used():
            return self._Statements(self._db).fetch(sql, *params)

    def columns(self) -> dict[str, list[str]]:
        """Return the tables of the file, and the columns of each."""
        found = self.fetch(
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        )
        return by_table(found)

    def scrub(self) -> None:
        """Write the file anew and empty its log."""
        with self._used():
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise failed(self.where, error) from error

    class _Statements:
        def __init__(self, db: sqlite3.Connection) -> None:
            self._db = db

        def execute(self, sql: str, *params: Any) -> int:
            with closing(self._db.execute(sql, [storable(value) for value in params])) as done:
                return done.rowcount

        def fetch(self, sql: str, *params: Any) -> list[Row]:
            with closing(self._db.execute(sql, [storable(value) for value in params])) as found:
                return found.fetchall()


def failed(where: str, error: Exception) -> StateError:
    """Return what is said of a database that fails."""
    cause = str(error).strip().partition("\n")[0]
    return StateError(f"People's data in {where} cannot be used just now ({cause}). Try again in a moment.")


def storable(value: Any) -> Any:
    """Return a parameter without what no engine takes in a text: NUL and halves of characters."""
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return value
    return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def by_table(found: list[Row]) -> dict[str, list[str]]:
    """Group rows of (table, column)."""
    tables: dict[str, list[str]] = {}
    for table, column in found:
        tables.setdefault(table, []).append(column)
    return tables


def open_database(path: Path | None, url: str | None = None) -> Database:
    """Open the Postgres database of a `url`, else the file `path`, else memory.

    Raises SettingsError in one sentence where it cannot be used.
    """
    if url is None:
        return SqliteDatabase(path)
    from agents.postgres import PostgresDatabase

    return PostgresDatabase(url)
