"""What is kept of people for a time only, and goes by itself."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from agents.people import People

GUEST = "guest-"
"""What the ids of guests begin with."""
STATES_KEPT = 50
"""How many turns back a conversation can be taken."""
_FIRST_S, _EVERY_S = 60.0, 3600.0
_log = logging.getLogger("cicerone.retention")


async def tidy(people: People, guest_days: int, now: datetime | None = None) -> tuple[int, int]:
    """Drop what guests left longer ago, and states of threads nobody goes back to.

    Returns how many threads and how many states went.
    """
    before = (now or datetime.now(UTC)) - timedelta(days=guest_days)
    n_threads = await people.threads.expire(GUEST, before)
    await asyncio.to_thread(_drop_rows, people, before)
    return n_threads, await people.threads.trim(STATES_KEPT)


def _drop_rows(people: People, before: datetime) -> None:
    with people.db.transaction() as do:
        do.execute("DELETE FROM feedback WHERE user_id LIKE ? AND at < ?", f"{GUEST}%", before.isoformat())
        do.execute("DELETE FROM spending WHERE user_id LIKE ? AND day < ?", f"{GUEST}%", before.date().isoformat())


async def tidy_forever(people: People, guest_days: int) -> None:
    """Tidy soon, and then every hour; turns go on meanwhile."""
    await asyncio.sleep(_FIRST_S)
    while True:
        try:
            n_threads, n_states = await tidy(people, guest_days)
            if n_threads or n_states:
                _log.info("%d old conversations of guests and %d old states were dropped", n_threads, n_states)
        except Exception:  # whatever is wrong with the store, the next hour is another try
            _log.exception("people's data could not be tidied")
        await asyncio.sleep(_EVERY_S)
