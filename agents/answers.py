"""Answers kept for a day under the key their request came with, so that it may be sent again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from agents.database import Database, SqliteDatabase

KEPT = timedelta(hours=24)
_TIDY_EVERY = timedelta(hours=1)
_TABLE = """answers (key_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, at TEXT NOT NULL, body_hash TEXT NOT NULL,
    thread_id TEXT NOT NULL, answer TEXT)"""
_FIND = "SELECT user_id, body_hash, thread_id, answer FROM answers WHERE key_hash = ? AND at >= ?"
_BEGIN = """INSERT INTO answers VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (key_hash) DO UPDATE SET
    user_id = excluded.user_id, at = excluded.at, body_hash = excluded.body_hash, thread_id = excluded.thread_id,
    answer = NULL"""


@dataclass(frozen=True)
class Begun:
    """A request that came with a key."""

    user_id: str
    body_hash: str
    """Of what was asked for."""
    thread_id: str
    """The conversation it is a turn of, "" for none."""
    answer: str | None
    """None where it was never answered to the end."""


def _now() -> datetime:
    return datetime.now(UTC)


class Answers:
    """Safe to use from several threads and processes; who uses a key holds a lock for it. Raises StateError."""

    def __init__(self, db: Database | None = None, now: Callable[[], datetime] = _now) -> None:
        """Keep them in a table of `db`, or with the process when it is None."""
        self._db, self._now = db or SqliteDatabase(), now
        self._db.make(_TABLE)
        self._tidied = datetime.min.replace(tzinfo=UTC)

    def find(self, key_hash: str) -> Begun | None:
        """Return the request of a key, None where there was none within the day."""
        found = self._db.fetch(_FIND, key_hash, _in_words(self._now() - KEPT))
        return Begun(*found[0]) if found else None

    def begin(self, key_hash: str, user_id: str, body_hash: str, thread_id: str) -> None:
        """Note that a request is about to be answered; once an hour old answers go."""
        now = self._now()
        self._db.execute(_BEGIN, key_hash, user_id, _in_words(now), body_hash, thread_id)
        if now - self._tidied > _TIDY_EVERY:
            self._tidied = now
            self._db.execute("DELETE FROM answers WHERE at < ?", _in_words(now - KEPT))

    def keep(self, key_hash: str, answer: str) -> None:
        """Keep what a request was answered with."""
        self._db.execute("UPDATE answers SET answer = ? WHERE key_hash = ?", answer, key_hash)

    def drop(self, key_hash: str) -> None:
        """Forget a request that failed: sent again, it is another try."""
        self._db.execute("DELETE FROM answers WHERE key_hash = ?", key_hash)


def _in_words(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
