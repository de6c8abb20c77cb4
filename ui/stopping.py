"""Stopping in order: no new turns, those under way finish, then the server goes."""

import asyncio
from collections.abc import Callable
from types import FrameType

from ui.admission import Admission

Heard = Callable[[int, FrameType | None], None]


class Stop:
    """Hears the signals that end a server; `stop_now` is what is called for the second one, and when all is done.

    Meanwhile the server still listens, so that who asks is told, by /readyz and by refusals, to ask another one.
    """

    def __init__(self, admission: Admission, limit_s: float, stop_now: Heard) -> None:
        """Wait at most `limit_s` seconds for running turns; made inside the event loop."""
        self._admission, self._limit_s, self._stop_now = admission, limit_s, stop_now
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Task[None] | None = None

    def heard(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; heard again, do not wait for anybody."""
        if self._waiting is None:
            self._loop.call_soon_threadsafe(self._begin, sig)
        else:
            self._stop_now(sig, frame)

    def _begin(self, number: int) -> None:
        if self._waiting is None:
            self._admission.close()
            self._waiting = asyncio.create_task(self._finish(number))

    async def _finish(self, number: int) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                await self._admission.emptied()
        except TimeoutError:
            pass
        self._stop_now(number, None)
