"""What the language model cost each user each day: one SQLite file beside the threads, or memory."""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from agents.budget import Budget
from agents.private_files import touch
from errors import SettingsError

_log = logging.getLogger("cicerone.spending")
_KEPT = timedelta(days=400)
_WAIT_S = 10.0
_TABLE = """CREATE TABLE IF NOT EXISTS spending (
    user_id TEXT, day TEXT, calls INTEGER, tokens_in INTEGER, tokens_out INTEGER, estimated INTEGER, cost REAL,
    PRIMARY KEY (user_id, day)) WITHOUT ROWID"""
_ADD = """INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    calls = calls + excluded.calls, tokens_in = tokens_in + excluded.tokens_in,
    tokens_out = tokens_out + excluded.tokens_out, estimated = max(estimated, excluded.estimated),
    cost = coalesce(cost + excluded.cost, cost, excluded.cost)"""
_SUMS = "SELECT calls, tokens_in, tokens_out, estimated, cost FROM spending WHERE user_id = ? AND day = ?"
_DAYS = "SELECT day, calls, tokens_in, tokens_out, estimated, cost FROM spending WHERE user_id = ? ORDER BY day"


def _today() -> date:
    return datetime.now(UTC).date()


class Spent(BaseModel):
    """The sums of one user and day."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    """Whether some of the tokens are guessed, for the server did not count them."""
    cost: float | None = None
    """In the currency of the prices; of the turns only for which these were set."""

    @property
    def tokens(self) -> int:
        """Of prompts and answers."""
        return self.tokens_in + self.tokens_out


class Spending:
    """Daily sums by user, by days of UTC; safe to use from several threads, and the file by several processes.

    Sums that cannot be read or kept are logged and missing, for no turn may fail by them.
    """

    def __init__(self, path: Path | None = None, today: Callable[[], date] = _today) -> None:
        """Keep the sums in `path`, readable by its owner only, or with the process when it is None.

        Raises SettingsError naming the file where it cannot be written.
        """
        self._today = today
        self._tidied: date | None = None
        self._lock = threading.Lock()
        try:
            if path:
                touch(path)
            self._db = sqlite3.connect(path or ":memory:", timeout=_WAIT_S, check_same_thread=False)
            with self._db:
                self._db.execute("PRAGMA secure_delete = ON")
                self._db.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            where = f"{path} cannot be written ({error})"
            raise SettingsError(f"{where}. Set CICERONE_VAR_DIR to a folder of yours.") from error

    def add(self, user_id: str, budget: Budget) -> None:
        """Add what a turn spent; once a day sums of long ago go."""
        if not budget.n_calls:
            return
        usage, today = budget.usage, self._today()
        sums = (budget.n_calls, usage.tokens_in, usage.tokens_out, int(usage.estimated), budget.cost)
        try:
            with self._lock, self._db:
                self._db.execute(_ADD, (user_id, today.isoformat(), *sums))
                if self._tidied != today:
                    self._db.execute("DELETE FROM spending WHERE day < ?", ((today - _KEPT).isoformat(),))
                    self._tidied = today
        except sqlite3.Error:
            _log.exception("the spending of a turn was not kept")

    def today(self, user_id: str) -> Spent:
        """Return what a user's turns of today spent."""
        try:
            with self._lock, closing(self._db.execute(_SUMS, (user_id, self._today().isoformat()))) as rows:
                found = rows.fetchone()
        except sqlite3.Error:
            _log.exception("the spending of a user could not be read")
            return Spent()
        return Spent(**dict(zip(Spent.model_fields, found, strict=True))) if found else Spent()

    def of(self, user_id: str) -> dict[date, Spent]:
        """Return all that is kept of a user, by day."""
        with self._lock, closing(self._db.execute(_DAYS, (user_id,))) as rows:
            found = rows.fetchall()
        return {
            date.fromisoformat(day): Spent(**dict(zip(Spent.model_fields, sums, strict=True))) for day, *sums in found
        }

    def delete(self, user_id: str) -> None:
        """Leave nothing of a user."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM spending WHERE user_id = ?", (user_id,))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
