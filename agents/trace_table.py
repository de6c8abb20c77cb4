"""Traces of people's turns in a table, for servers that share a database: what one writes all can read and delete."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import ValidationError

from agents.database import Database
from agents.trace_files import PeopleTraces
from agents.traces import Trace
from errors import StateError

_TABLE = "traces (user_id TEXT NOT NULL, thread_id TEXT NOT NULL, at TEXT NOT NULL, trace TEXT NOT NULL)"
_TOO_MUCH = """DELETE FROM traces WHERE at <= (SELECT max(at) FROM (
    SELECT at, sum(length(trace)) OVER (ORDER BY at DESC) AS n FROM traces) AS summed WHERE n > ?)"""
_log = logging.getLogger("cicerone.traces")


class TraceTable(PeopleTraces):
    """One row a turn."""

    def __init__(self, db: Database, *, days: int, mb: int) -> None:
        """Keep traces in a database of its own for so many days, and the latest so many megabytes of them."""
        super().__init__(days=days, mb=mb)
        self._db = db
        db.make(_TABLE)
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
            with self._db.transaction() as do:
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
        now = datetime.now(UTC).isoformat()
        return partial(self._db.execute, "INSERT INTO traces VALUES (?, ?, ?, ?)", user_id, thread_id, now)

    def _tidy(self) -> None:
        oldest = (datetime.now(UTC) - timedelta(days=self._days)).isoformat()
        try:
            self._db.execute("DELETE FROM traces WHERE at < ?", oldest)
            self._db.execute(_TOO_MUCH, self._most_bytes)
        except StateError as error:
            _log.warning("old traces were not deleted: %s", error)


def _of(user_id: str, thread_id: str | None) -> tuple[str, list[str]]:
    if thread_id is None:
        return "WHERE user_id = ?", [user_id]
    return "WHERE user_id = ? AND thread_id = ?", [user_id, thread_id]


def _read(text: str) -> Trace | None:
    try:
        return Trace.model_validate_json(text)
    except ValidationError:  # of a version that wrote other traces
        return None
