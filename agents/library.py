"""Every catalogue built here: opened at first use, lent for a turn, replaced by its next build without a gap."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agents.about import About
from agents.database import SqliteDatabase
from agents.gate import Gate
from agents.memory import threads_in_memory
from agents.model.chat import ChatModel
from agents.people import People, keeping, people_in
from agents.retention import tidy_forever
from agents.session import Cicerone
from agents.shelf import Shelf
from agents.state import Thread
from agents.trace_files import people_traces
from errors import BundleError, NotFound
from retrieval.bundle import Bundle
from retrieval.embed import Embedder
from settings import Settings

LOOK_EVERY_S = 2.0
"""How often to look for new builds of the opened catalogues; a look reads one short file each."""
_NAMED_IN_ERRORS = 20
_log = logging.getLogger("cicerone.library")


@dataclass
class _Opened:
    """One opened build and how many turns are on it."""

    agent: Cicerone
    n_lent: int = 0
    retired: bool = False
    """No new turns; closed when the last one ends."""

    @property
    def bundle(self) -> Bundle:
        return self.agent.kit.bundle


class Library:
    """Use as `async with Library(...) as library`, in one event loop.

    A turn keeps the build it began on. A new build is opened and warmed beside the old one, then takes its place for
    turns that begin later; one that cannot be opened changes nothing but `notices`. What is lent is never closed.
    """

    def __init__(
        self, settings: Settings, model: ChatModel | None = None, state: Path | None = None,
        embedder: Embedder | None = None, gate: Gate | None = None,
    ) -> None:  # fmt: skip
        """Keep threads in the SQLite file `state`, or in memory only when it is None."""
        self.default = settings.catalog
        self._settings = settings
        self.image_hosts = frozenset(host.strip().lower() for host in settings.image_hosts.split(",") if host.strip())
        self._model, self._gate = model, gate
        self._state = state
        self.traces = people_traces(settings, state.parent if state else None)
        self._shelf = Shelf(settings, embedder)
        self._stack = AsyncExitStack()
        self.people: People = replace(keeping(SqliteDatabase(), threads_in_memory(), self.traces), memory=None)
        """Everything kept of people, for `export_user`, `forget_user` and the doors."""
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        """By name, the least recently used first."""
        self._opening: dict[str, asyncio.Task[None]] = {}
        self._refused: dict[str, tuple[str, str]] = {}
        """By name: the id of a build that could not be opened, and why."""
        self._background: set[asyncio.Task[None]] = set()
        self._refreshing = asyncio.Lock()

    async def __aenter__(self) -> "Library":
        """Open the store of threads and the default catalogue. Raises BundleError where that one cannot be opened."""
        async with AsyncExitStack() as stack:
            if self._state:
                opening = people_in(self._state.parent, self.traces, self._settings.postgres)
                self.people = await stack.enter_async_context(opening)
            await self._open(self.default)
            self._stack = stack.pop_all()
        self._spawn(self._look_out())
        if self._state:
            self._spawn(tidy_forever(self.people, self._settings.guest_days))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything, turns under way included."""
        for task in (tasks := list(self._background)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.traces:  # while what they tell of can still be read
            await asyncio.to_thread(self.traces.close)
        for name in list(self._opened):
            opened = self._opened.pop(name)
            await opened.agent.__aexit__()
            opened.bundle.close()
        await self._stack.aclose()

    @property
    def notices(self) -> list[str]:
        """What the operator should know: new builds that could not be taken over."""
        return [why for _, why in self._refused.values()]

    def ready(self) -> bool:
        """Whether a turn about the default catalogue would be answered now."""
        return self.default in self._opened or (bool(self._opened) and self.default in self._shelf.names)

    def planner_name(self) -> str:
        """Who plans, for people: "basic planner" or the model's name."""
        return self._model.name if self._model else "basic planner"

    def catalogs(self) -> list[About]:
        """Describe every catalogue that can be read: the build that answers, or would if it were opened."""
        opened = dict(self._opened)
        found = [opened[name].agent.about if name in opened else self._shelf.about(name) for name in self._shelf.names]
        return [about for about in found if about]

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers, whatever catalogue it is about; an unknown thread is empty."""
        return await self.people.threads.get(user_id, thread_id)

    @asynccontextmanager
    async def lend(self, name: str | None = None) -> AsyncIterator[Cicerone]:
        """Lend the agent of a catalogue (the default one for None) for the length of a turn.

        Raises NotFound naming the others where it does not exist, BundleError where it cannot be opened.
        """
        opened = await self._current(name or self.default)
        with self._lent(opened):
            yield opened.agent

    @contextmanager
    def _lent(self, opened: _Opened) -> Iterator[None]:
        opened.n_lent += 1
        try:
            yield
        finally:
            opened.n_lent -= 1
            self._close_if_done(opened)

    async def refresh(self) -> None:
        """Take over the new builds of opened catalogues, one after another; done every few seconds by itself."""
        async with self._refreshing:
            names = self._shelf.names
            for name, opened in list(self._opened.items()):
                if name not in names:
                    _log.warning("the catalogue %s is gone; it is closed", name)
                    self._retire(self._opened.pop(name))
                elif (wanted := self._shelf.current(name)) == opened.bundle.path.name:
                    self._refused.pop(name, None)
                elif wanted != self._refused.get(name, ("", ""))[0]:
                    await self._replace(name, wanted)

    async def _look_out(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await asyncio.to_thread(self._shelf.fetch)
            await self.refresh()

    async def _current(self, name: str) -> _Opened:
        while name not in self._opened:
            if name not in (names := self._shelf.names):
                there = ", ".join(names[:_NAMED_IN_ERRORS]) or "none"
                raise NotFound(f"There is no catalogue {name[:80]!r} here; there are: {there}.")
            if name not in self._opening:
                self._opening[name] = self._spawn(self._open(name))
                self._opening[name].add_done_callback(lambda _: self._opening.pop(name))
            # Whoever gives up waiting must not take the opening away from the others.
            await asyncio.shield(self._opening[name])
        self._opened.move_to_end(name)
        return self._opened[name]

    async def _open(self, name: str) -> None:
        """Open at first use: what the first answer needs at once, the vectors beside it."""
        opened = await self._opened_build(name, vectors=False)
        self._put(name, opened)
        self._spawn(self._warm(opened))

    async def _warm(self, opened: _Opened) -> None:
        with self._lent(opened):
            await asyncio.to_thread(opened.bundle.warm)

    async def _replace(self, name: str, build_id: str) -> None:
        try:
            opened = await self._opened_build(name, vectors=True)
        except Exception as error:  # whatever is wrong with a new build, the one that works goes on
            ours = isinstance(error, BundleError)
            why = str(error) if ours else f"It cannot be opened ({type(error).__name__}); the log says more."
            self._refused[name] = build_id, f"The new build {build_id} of {name!r} is not used. {why}"
            _log.error("%s", self._refused[name][1], exc_info=None if ours else error)
            return
        if name not in self._opened:  # closed meanwhile: whoever asks next opens what is current then
            return self._retire(opened)
        self._refused.pop(name, None)
        self._put(name, opened)
        _log.warning("the catalogue %s is now build %s", name, opened.bundle.path.name)

    async def _opened_build(self, name: str, *, vectors: bool) -> _Opened:
        bundle = await asyncio.to_thread(self._shelf.open, name, vectors=vectors)
        kept = (self.people.threads, self.traces, self.people.memory, self.people.spending)
        agent = Cicerone(bundle, self._settings, self._model, *kept, self._gate, self.people.feedback)
        return _Opened(await agent.__aenter__())

    def _put(self, name: str, opened: _Opened) -> None:
        """Let new turns go to this build; close what it replaces, and what has not been used for longest."""
        if name in self._opened:
            self._retire(self._opened[name])
        self._opened[name] = opened
        while len(self._opened) > self._settings.max_catalogs:
            self._retire(self._opened.popitem(last=False)[1])

    def _retire(self, opened: _Opened) -> None:
        opened.retired = True
        self._close_if_done(opened)

    def _close_if_done(self, opened: _Opened) -> None:
        if opened.retired and not opened.n_lent:
            self._spawn(self._close(opened))

    async def _close(self, opened: _Opened) -> None:
        await opened.agent.__aexit__()
        await asyncio.to_thread(opened.bundle.close)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        error = None if task.cancelled() else task.exception()
        if error and not isinstance(error, BundleError):  # that one is told to who asked
            _log.error("work on the catalogues failed", exc_info=error)
