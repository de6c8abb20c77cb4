"""Who gets in: so many turns at once, so many waiting, the rest told at once when to come again."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from errors import Busy, Stopping

_LONGEST_S = 30
"""The longest that anybody is told to stay away, in seconds."""
_FIRST_GUESS_S = 1.0
_LOOK_S, _LOOKS = 0.05, 5
_TOO_LATE_S = 0.08
"""Who is refused must hear of it within a tenth of a second."""
_FEWEST = 4
_MEMORY = 0.9
"""Weight of what turns took before, against the last one."""


@dataclass(eq=False)
class _Waiting:
    thread: str
    place: asyncio.Future[None]


class Admission:
    """Places for turns, given in the order they were asked for, within one event loop.

    A turn whose thread has one already lets others pass meanwhile, so that a hurried caller holds one place a thread.
    Where `watch` finds that the loop itself comes too late, fewer turns run at once until it does not: more of them
    would not be answered sooner, and whoever is to be refused would wait for that.
    """

    def __init__(self, n_places: int, n_waiting: int) -> None:
        """Let `n_places` turns run and `n_waiting` more wait."""
        self._most_places = self.n_places = n_places
        self._most_waiting = n_waiting
        self._queue: deque[_Waiting] = deque()
        self._busy_threads: set[str] = set()
        self._turn_s = _FIRST_GUESS_S
        self._empty = asyncio.Event()
        self._empty.set()
        self.closed = False
        self.n_running = 0
        self.n_refused = 0

    @property
    def n_waiting(self) -> int:
        """How many turns wait for a place."""
        return len(self._queue)

    @asynccontextmanager
    async def place(self, thread: str) -> AsyncIterator[None]:
        """Hold a place; "" stands for no thread. Raises Busy where too many wait, Stopping once `close` was called."""
        await self._wait_for_place(thread)
        started_s = time.monotonic()
        try:
            yield
        finally:
            self._turn_s = _MEMORY * self._turn_s + (1 - _MEMORY) * (time.monotonic() - started_s)
            self._leave(thread)

    def close(self) -> None:
        """Let nobody in any more; those who wait are told as well."""
        self.closed = True
        while self._queue:
            waiting = self._queue.popleft()
            if not waiting.place.done():
                waiting.place.set_exception(self._stopping())

    async def watch(self) -> None:
        """Look how late the loop comes, for ever; cancel it to end it."""
        loop = asyncio.get_running_loop()
        while True:
            late_s = 0.0
            for _ in range(_LOOKS):
                due = loop.time() + _LOOK_S
                await asyncio.sleep(_LOOK_S)
                late_s = max(late_s, loop.time() - due)
            self.adapt(late_s)

    def adapt(self, late_s: float) -> None:
        """Take a fifth of the places away where the loop was this late, else give one back."""
        if late_s > _TOO_LATE_S:
            if self.n_running <= self.n_places:  # else an earlier cut has not come to bear yet
                self.n_places = max(min(_FEWEST, self._most_places), self.n_running * 4 // 5)
        elif self.n_places < self._most_places:
            self.n_places += 1
            self._let_in()

    async def emptied(self) -> None:
        """Wait until no turn runs."""
        await self._empty.wait()

    async def _wait_for_place(self, thread: str) -> None:
        if self.closed:
            raise self._stopping()
        if self._fits(thread):
            self._enter(thread)
            return
        if len(self._queue) >= self._most_waiting:
            self.n_refused += 1
            raise self._busy()
        waiting = _Waiting(thread, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        try:
            await waiting.place
        except BaseException:
            if waiting in self._queue:
                self._queue.remove(waiting)
            elif waiting.place.done() and not waiting.place.cancelled() and waiting.place.exception() is None:
                self._leave(thread)  # whoever was given a place in the moment of leaving gives it on
            raise

    def _fits(self, thread: str) -> bool:
        return self.n_running < self.n_places and not (thread and thread in self._busy_threads)

    def _enter(self, thread: str) -> None:
        self.n_running += 1
        self._busy_threads.add(thread)
        self._empty.clear()

    def _leave(self, thread: str) -> None:
        self.n_running -= 1
        self._busy_threads.discard(thread)
        if not self.n_running:
            self._empty.set()
        self._let_in()

    def _let_in(self) -> None:
        for waiting in list(self._queue):
            if waiting.place.done():  # cancelled, and about to take itself out
                self._queue.remove(waiting)
            elif self._fits(waiting.thread):
                self._queue.remove(waiting)
                self._enter(waiting.thread)
                waiting.place.set_result(None)

    def _busy(self) -> Busy:
        wait_s = min(_LONGEST_S, max(1, math.ceil((len(self._queue) + 1) * self._turn_s / self.n_places)))
        return Busy(f"Too many people are asking just now. Ask again in {_seconds(wait_s)}.", wait_s)

    def _stopping(self) -> Stopping:
        self.n_refused += 1
        return Stopping("This server is about to stop. Ask again in 5 seconds; another one, or the next, answers.", 5)


def _seconds(n: int) -> str:
    return "a second" if n == 1 else f"{n} seconds"
