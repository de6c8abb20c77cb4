"""Where profiles are kept: a table of people's data."""

from collections.abc import Callable

from pydantic import ValidationError

from agents.database import Database, Row, SqliteDatabase
from agents.profile.state import Profile
from errors import StateError

Change = Callable[[Profile], Profile]
_READ = "SELECT body FROM profiles WHERE user_id = ?"
_KEEP = "INSERT INTO profiles VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET body = excluded.body"


class Profiles:
    """The profiles of everybody; safe to use from several threads and processes. Raises StateError."""

    def __init__(self, db: Database | None = None) -> None:
        """Keep them in a table of `db`, or with the process when it is None."""
        self._db = db or SqliteDatabase()
        self._db.make("profiles (user_id TEXT PRIMARY KEY, body TEXT NOT NULL)")

    def get(self, user_id: str) -> Profile:
        """Return a profile; that of an unknown user is empty."""
        return self._read(self._db.fetch(_READ, user_id))

    def change(self, user_id: str, change: Change) -> Profile:
        """Apply a change to the newest profile of a user and keep what it returns; no other change comes between."""
        with self._db.transaction(lock=f"profile of {user_id}") as do:
            before = self._read(do.fetch(_READ, user_id))
            after = change(before)
            if after != before:
                do.execute(_KEEP, user_id, after.model_dump_json())
        return after

    def delete(self, user_id: str) -> None:
        """Leave nothing of a user; `Database.scrub` takes it from the file too."""
        self._db.execute("DELETE FROM profiles WHERE user_id = ?", user_id)

    def _read(self, found: list[Row]) -> Profile:
        try:
            return Profile.model_validate_json(found[0][0]) if found else Profile()
        except ValidationError as error:
            raise StateError(
                f"The profile kept of you in {self._db.where} cannot be read. Delete it, or bring back a copy."
            ) from error
