"""What the language model cost each user each day."""

import logging
from collections.abc import Callable
from datetime import date, timedelta

from pydantic import BaseModel

from agents import days
from agents.budget import Budget
from agents.database import Database, Row, SqliteDatabase
from errors import StateError

_log = logging.getLogger("cicerone.spending")
_KEPT = timedelta(days=400)
_TABLE = """spending (
    user_id TEXT, day TEXT, calls BIGINT, tokens_in BIGINT, tokens_out BIGINT, estimated INTEGER, cost DOUBLE PRECISION,
    PRIMARY KEY (user_id, day))"""
_ADD = """INSERT INTO spending VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, day) DO UPDATE SET
    calls = spending.calls + excluded.calls, tokens_in = spending.tokens_in + excluded.tokens_in,
    tokens_out = spending.tokens_out + excluded.tokens_out,
    estimated = CASE WHEN excluded.estimated > 0 THEN 1 ELSE spending.estimated END,
    cost = coalesce(spending.cost + excluded.cost, spending.cost, excluded.cost)"""
_SUMS = "SELECT calls, tokens_in, tokens_out, estimated, cost FROM spending WHERE user_id = ? AND day = ?"
_DAYS = "SELECT day, calls, tokens_in, tokens_out, estimated, cost FROM spending WHERE user_id = ? ORDER BY day"


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
    """Daily sums by user, by days of UTC; safe to use from several threads and processes.

    Sums that cannot be read or kept are logged and missing, for no turn may fail by them.
    """

    def __init__(self, db: Database | None = None, today: Callable[[], date] = days.today) -> None:
        """Keep the sums in a table of `db`, or with the process when it is None."""
        self._today = today
        self._tidied: date | None = None
        self._db = db or SqliteDatabase()
        self._db.make(_TABLE)

    def add(self, user_id: str, budget: Budget) -> None:
        """Add what a turn spent; once a day sums of long ago go."""
        if not budget.n_calls:
            return
        usage, today = budget.usage, self._today()
        sums = (budget.n_calls, usage.tokens_in, usage.tokens_out, int(usage.estimated), budget.cost)
        try:
            self._db.execute(_ADD, user_id, today.isoformat(), *sums)
            if self._tidied != today:
                self._db.execute("DELETE FROM spending WHERE day < ?", (today - _KEPT).isoformat())
                self._tidied = today
        except StateError:
            _log.exception("the spending of a turn was not kept")

    def today(self, user_id: str) -> Spent:
        """Return what a user's turns of today spent."""
        try:
            found = self._db.fetch(_SUMS, user_id, self._today().isoformat())
        except StateError:
            _log.exception("the spending of a user could not be read")
            return Spent()
        return _spent(found[0]) if found else Spent()

    def of(self, user_id: str) -> dict[date, Spent]:
        """Return all that is kept of a user, by day."""
        return {date.fromisoformat(day): _spent(tuple(sums)) for day, *sums in self._db.fetch(_DAYS, user_id)}

    def delete(self, user_id: str) -> int:
        """Leave nothing of a user; returns how many days went."""
        return self._db.execute("DELETE FROM spending WHERE user_id = ?", user_id)


def _spent(sums: Row) -> Spent:
    return Spent(**dict(zip(Spent.model_fields, sums, strict=True)))
