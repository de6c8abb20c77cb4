"""Requests that came one after another stay so, however long each has to wait on its way to what they are about."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Lanes:
    """A lane for every name, which one passes at a time, in the order in which they came; within one event loop."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, name: str) -> AsyncIterator[Callable[[], None]]:
        """Hold a lane until the end, or until what is given here is called."""
        lane = self._lanes.setdefault(name, asyncio.Lock())
        await lane.acquire()
        held = True

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                lane.release()

        try:
            yield leave
        finally:
            leave()
