"""Traces of people's turns in a table, for servers that share a database: what one writes all can read and delete."""

import hashlib
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import ValidationError

from agents.database import Database
from agents.trace_files import PeopleTraces
from agents.traces import Trace
from errors import StateError

_TABLE = "traces (user_id TEXT NOT NULL, thread_id TEXT NOT NULL, at TEXT NOT NULL, trace TEXT NOT NULL)"
_FORGOTTEN = "forgotten (key_hash TEXT PRIMARY KEY, at TEXT NOT NULL)"
_LATEST_S, _HELD = 60, timedelta(minutes=5)
"""After this long a trace is not written any more; for longer than that, clocks that differ included, none is of whom
has just been forgotten: another server may have taken their last turn and still be writing."""
_TOO_MUCH = """DELETE FROM traces WHERE at <= (SELECT max(at) FROM (
    SELECT at, sum(length(trace)) OVER (ORDER BY at DESC) AS n FROM traces) AS summed WHERE n > ?)"""
_log = logging.getLogger("cicerone.traces")


class TraceTable(PeopleTraces):
    """One row a turn."""

    def __init__(self, db: Database, *, days: int, mb: int) -> None:
        """Keep traces in a database of its own for so many days, and the latest so many megabytes of them."""
        super().__init__(days=days, mb=mb)
        self._db = db
        db.make(_TABLE, _FORGOTTEN)
        db.execute("CREATE INDEX IF NOT EXISTS traces_by_user ON traces (user_id, thread_id, at)")
        db.execute("CREATE INDEX IF NOT EXISTS traces_by_time ON traces (at)")

    def close(self) -> None:
        """Finish what is left to write, and close the database."""
        super().close()
        self._db.close()

    def forget(self, user_id: str, thread_id: str | None = None) -> int:
        """Delete the traces of a user, or of one thread of theirs; returns of how many threads some went."""
        which, params = _of(user_id, thread_id)

        def delete() -> int:
            with self._db.transaction(_lock(user_id)) as do:
                do.execute(
                    "INSERT INTO forgotten VALUES (?, ?) ON CONFLICT (key_hash) DO UPDATE SET at = excluded.at",
                    _hashed(*params), datetime.now(UTC).isoformat(),
                )  # fmt: skip
                [(n_threads,)] = do.fetch(f"SELECT count(DISTINCT thread_id) FROM traces {which}", *params)
                do.execute(f"DELETE FROM traces {which}", *params)
            return int(n_threads)

        return self._thread.submit(delete).result()  # after what is still to be written

    def of(self, user_id: str, thread_id: str | None = None) -> list[Trace]:
        """Return all that is kept of a user's turns, or of those of one thread, thread by thread."""
        which, params = _of(user_id, thread_id)
        sql = f"SELECT trace FROM traces {which} ORDER BY thread_id, at"
        found = self._thread.submit(self._db.fetch, sql, *params).result()
        return [trace for (text,) in found if (trace := _read(text))]

    def _place(self, user_id: str, thread_id: str) -> Callable[[str], object]:
        return partial(self._insert, user_id, thread_id, datetime.now(UTC), time.monotonic())

    def _insert(self, user_id: str, thread_id: str, at: datetime, kept_s: float, trace: str) -> None:
        if time.monotonic() - kept_s > _LATEST_S:
            _log.warning("a trace was not kept: the database took none for %d s", _LATEST_S)
            return
        keys = _hashed(user_id), _hashed(user_id, thread_id)
        with self._db.transaction(_lock(user_id)) as do:
            since = (at - _HELD).isoformat()
            if not do.fetch("SELECT 1 FROM forgotten WHERE key_hash IN (?, ?) AND at > ?", *keys, since):
                do.execute("INSERT INTO traces VALUES (?, ?, ?, ?)", user_id, thread_id, at.isoformat(), trace)

    def _tidy(self) -> None:
        now = datetime.now(UTC)
        try:
            self._db.execute("DELETE FROM forgotten WHERE at < ?", (now - 2 * _HELD).isoformat())
            self._db.execute("DELETE FROM traces WHERE at < ?", (now - timedelta(days=self._days)).isoformat())
            self._db.execute(_TOO_MUCH, self._most_bytes)
        except StateError as error:
            _log.warning("old traces were not deleted: %s", error)


def _of(user_id: str, thread_id: str | None) -> tuple[str, list[str]]:
    if thread_id is None:
        return "WHERE user_id = ?", [user_id]
    return "WHERE user_id = ? AND thread_id = ?", [user_id, thread_id]


def _lock(user_id: str) -> str:
    return f"traces of {user_id}"


def _hashed(*names: str) -> str:
    return hashlib.sha256("\0".join(names).encode("utf-8", "replace")).hexdigest()


def _read(text: str) -> Trace | None:
    try:
        return Trace.model_validate_json(text)
    except ValidationError:  # of a version that wrote other traces
        return None
