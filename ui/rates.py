"""How often the holder of a token may take a turn, and what its turns may cost in a day."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from fastapi import HTTPException, Request

from agents.spending import Spending
from ui.guide import Guides
from ui.identity import Who, require, who
from ui.lanes import Lanes
from ui.tokens import ApiToken

_MINUTE_S = 60.0
_MOST_KEPT = 10_000


class Rates:
    """Counts turns by token, in this process alone: a minute's turns may come at once, then one at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count by a clock in seconds."""
        self._clock = clock
        self._due: dict[str, float] = {}
        """By token: when all turns taken so far are paid for."""
        self.lanes = Lanes()
        """By token: those whose spending is looked up."""

    def wait_s(self, token: ApiToken) -> float:
        """Take a turn and return 0, or return the seconds until one may be taken."""
        now, a_turn_s = self._clock(), _MINUTE_S / token.turns_a_minute
        due = max(now, self._due.get(token.token_id, now)) + a_turn_s
        if due - now > _MINUTE_S + 1e-6:
            return due - now - _MINUTE_S
        if len(self._due) >= _MOST_KEPT:
            self._due = {token_id: at for token_id, at in self._due.items() if at > now}
        self._due[token.token_id] = due
        return 0.0


def turns(guides: Guides) -> Callable[[Request], Awaitable[None]]:
    """Return a dependency of a route that takes turns."""

    async def admitted(request: Request) -> None:
        await take_turn(who(request), request.state.access.rates, guides.people.spending)

    return admitted


async def take_turn(asking: Who, rates: Rates, spending: Spending) -> None:
    """Let somebody take a turn. Raises HTTPException 403 for who may not, 429 for who has had too many."""
    require(asking, "chat")
    token = asking.token
    if token is None:
        return
    if wait_s := rates.wait_s(token):
        raise _later(f"This token may take {token.turns_a_minute} turns a minute. Wait a moment.", wait_s)
    if token.daily_tokens is None:
        return
    async with rates.lanes.of(token.token_id):
        spent = await asyncio.to_thread(spending.today, asking.user_id)
    if spent.tokens >= token.daily_tokens:
        told = f"Today's {token.daily_tokens:,} tokens of the language model are used up. Come back tomorrow (UTC)."
        raise _later(told, _until_midnight_s())


def _later(detail: str, wait_s: float) -> HTTPException:
    return HTTPException(429, detail, {"Retry-After": str(max(1, math.ceil(wait_s)))})


def _until_midnight_s() -> float:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds()
