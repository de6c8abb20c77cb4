"""Conversations their owners let others read: an unguessable link each, which can be taken back."""

import secrets
from datetime import UTC, datetime

from pydantic import BaseModel

from agents.database import Database

_TABLE = """shares (
    share_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, thread_id TEXT NOT NULL, until TEXT NOT NULL, at TEXT NOT NULL)"""
_COLUMNS = ("share_id", "user_id", "thread_id", "until", "at")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM shares"


class Share(BaseModel):
    """One link; it shows the conversation as it was when it was made, never what was said later."""

    share_id: str
    """Whoever has it can read; nobody can guess it."""
    user_id: str
    thread_id: str
    until: str
    """Id of the last turn to be shown."""
    at: str
    """UTC, to the second."""


class Shares:
    """Links by user; safe to use from several threads and processes. Raises StateError."""

    def __init__(self, db: Database) -> None:
        """Keep them in a table of `db`."""
        self._db = db
        self._db.make(_TABLE)

    def open(self, user_id: str, thread_id: str, until: str) -> Share:
        """Make a link to a thread as it is after a turn; the one there is already, where nothing was said since."""
        for share in self.of(user_id, thread_id):
            if share.until == until:
                return share
        at = datetime.now(UTC).isoformat(timespec="seconds")
        share = Share(
            share_id=secrets.token_urlsafe(24), user_id=user_id, thread_id=thread_id, until=until, at=at
        )  # fmt: skip
        self._db.execute("INSERT INTO shares VALUES (?, ?, ?, ?, ?)", *(getattr(share, name) for name in _COLUMNS))
        return share

    def get(self, share_id: str) -> Share | None:
        """Return what a link shows, None where there is none, or where it was taken back."""
        found = self._db.fetch(f"{_SELECT} WHERE share_id = ?", share_id)
        return _share(found[0]) if found else None

    def of(self, user_id: str, thread_id: str) -> list[Share]:
        """Return the links to a thread of a user, oldest first."""
        found = self._db.fetch(f"{_SELECT} WHERE user_id = ? AND thread_id = ? ORDER BY at", user_id, thread_id)
        return [_share(row) for row in found]

    def revoke(self, user_id: str, thread_id: str) -> int:
        """Take back the links to a thread; returns how many there were."""
        return self._db.execute("DELETE FROM shares WHERE user_id = ? AND thread_id = ?", user_id, thread_id)


def _share(row: tuple[object, ...]) -> Share:
    return Share.model_validate(dict(zip(_COLUMNS, row, strict=True)))
