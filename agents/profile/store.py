"""Where profiles are kept: one SQLite file readable by its owner only, or memory."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from agents.private_files import touch
from agents.profile.state import Profile
from errors import SettingsError

Change = Callable[[Profile], Profile]
_WAIT_S = 10.0
_TABLE = "CREATE TABLE IF NOT EXISTS profiles (user_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID"


class Profiles(Protocol):
    """The profiles of everybody; safe to use from several threads."""

    def get(self, user_id: str) -> Profile:
        """Return a profile; that of an unknown user is empty."""
        ...

    def change(self, user_id: str, change: Change) -> Profile:
        """Apply a change to the newest profile of a user and keep what it returns; no other change comes between."""
        ...

    def delete(self, user_id: str) -> None:
        """Leave nothing of a user, nor a trace of it in a file."""
        ...


class ProfilesInMemory:
    """A store that forgets everything with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, Profile] = {}
        self._lock = threading.Lock()

    def get(self, user_id: str) -> Profile:
        """Return a profile; that of an unknown user is empty."""
        return self._kept.get(user_id, Profile())

    def change(self, user_id: str, change: Change) -> Profile:
        """Apply a change to the newest profile of a user and keep what it returns."""
        with self._lock:
            self._kept[user_id] = changed = change(self._kept.get(user_id, Profile()))
        return changed

    def delete(self, user_id: str) -> None:
        """Forget a user."""
        with self._lock:
            self._kept.pop(user_id, None)


class ProfilesInSqlite:
    """A store that lasts; processes may share the file."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises SettingsError naming it, here and later, where it cannot be used."""
        self._path = path
        try:
            touch(path)
        except OSError as error:
            raise self._unusable(error) from error
        with self._opened() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_TABLE)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for every use: one is not to be shared by threads, and opening takes 0.1 ms."""
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)) as connection:
                connection.execute("PRAGMA secure_delete=ON")
                yield connection
        except (sqlite3.Error, ValidationError) as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> SettingsError:
        cause = str(error).partition("\n")[0]
        return SettingsError(f"{self._path} cannot hold profiles ({cause}). Move it away, or set CICERONE_VAR_DIR.")

    def get(self, user_id: str) -> Profile:
        """Return a profile; that of an unknown user is empty."""
        with self._opened() as connection:
            return _read(connection, user_id)

    def change(self, user_id: str, change: Change) -> Profile:
        """Apply a change to the newest profile of a user and keep what it returns; all of it or nothing."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                before = _read(connection, user_id)
                after = change(before)
                if after != before:
                    connection.execute("REPLACE INTO profiles VALUES (?, ?)", (user_id, after.model_dump_json()))
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # what went wrong says more than that it cannot be undone either
                    connection.execute("ROLLBACK")
                raise
        return after

    def delete(self, user_id: str) -> None:
        """Leave nothing of a user: the pages are overwritten, the file rewritten, the log emptied."""
        with self._opened() as connection:
            connection.execute("DELETE FROM profiles WHERE user_id = ?", (user_id,))
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _read(connection: sqlite3.Connection, user_id: str) -> Profile:
    found = connection.execute("SELECT body FROM profiles WHERE user_id = ?", (user_id,)).fetchone()
    return Profile.model_validate_json(found[0]) if found else Profile()
