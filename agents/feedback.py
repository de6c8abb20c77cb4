"""What people thought of items, as they clicked or sent it: a record beside the ledgers and profiles it went into."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import BaseModel

from agents.database import Database, SqliteDatabase
from agents.turn import Turn
from errors import StateError

_log = logging.getLogger("cicerone.feedback")
_OPINIONS = ("like", "dislike", "seen", "more_like")
_TABLE = """feedback (
    user_id TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, catalog TEXT NOT NULL, item_id TEXT NOT NULL,
    thread_id TEXT NOT NULL, turn_id TEXT NOT NULL)"""


def _now() -> datetime:
    return datetime.now(UTC)


class Opinion(BaseModel):
    """One thing somebody thought of an item."""

    kind: str
    """As `agents.events.Action` has it: like, dislike, seen or more_like."""
    item_id: str
    catalog: str
    """The catalogue the item is of."""
    thread_id: str = ""
    """"" where it was given outside of a conversation."""
    turn_id: str = ""
    at: str = ""
    """UTC, to the second; filled in when it is kept."""


class Feedback:
    """Opinions by user; safe to use from several threads and processes. Raises StateError."""

    def __init__(self, db: Database | None = None, now: Callable[[], datetime] = _now) -> None:
        """Keep them in a table of `db`, or with the process when it is None."""
        self._db, self._now = db or SqliteDatabase(), now
        self._db.make(_TABLE)
        self._db.execute("CREATE INDEX IF NOT EXISTS feedback_by_user ON feedback (user_id, at)")

    def add(self, user_id: str, opinion: Opinion) -> None:
        """Keep what a user thought just now."""
        at = self._now().isoformat(timespec="seconds")
        self._db.execute(
            "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?)", user_id, at, opinion.kind, opinion.catalog,
            opinion.item_id, opinion.thread_id, opinion.turn_id,
        )  # fmt: skip

    def of(self, user_id: str) -> list[Opinion]:
        """Return all that is kept of a user, oldest first."""
        columns = ("at", "kind", "catalog", "item_id", "thread_id", "turn_id")
        found = self._db.fetch(f"SELECT {', '.join(columns)} FROM feedback WHERE user_id = ? ORDER BY at", user_id)
        return [Opinion(**dict(zip(columns, row, strict=True))) for row in found]

    def delete(self, user_id: str) -> int:
        """Leave nothing of a user; returns how many opinions went."""
        return self._db.execute("DELETE FROM feedback WHERE user_id = ?", user_id)


async def note(turn: Turn, user_id: str, feedback: Feedback, catalog: str) -> None:
    """Keep what a finished turn was clicked for. Never raises, as the turn was answered."""
    if turn.action is None or turn.action.kind not in _OPINIONS:
        return
    ids = {"item_id": turn.action.item_id, "thread_id": turn.thread_id, "turn_id": turn.turn_id}
    try:
        await asyncio.to_thread(feedback.add, user_id, Opinion(kind=turn.action.kind, catalog=catalog, **ids))
    except StateError:
        _log.exception("what a user thought of an item was not kept")
