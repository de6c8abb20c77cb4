"""Where threads are kept between turns: LangGraph checkpoints in a SQLite file, in Postgres, or in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from pydantic import BaseModel

from agents.checkpoints import Checkpoints, CheckpointsInMemory, checkpoints_in_file
from agents.state import Thread
from errors import NotFound, StateError

_TITLE_CHARS = 80
_UUID_EPOCH_100NS = 0x01B21DD213814000

_AWAY = "Conversations cannot be read just now. Try again in a moment."


class ThreadLine(BaseModel):
    """One conversation, as a list of them shows it."""

    thread_id: str
    title: str
    """The first words of it that are kept."""
    at: datetime
    """When it was last spoken in, UTC."""
    n_turns: int
    catalog: str


class Threads:
    """Every conversation, whatever catalogue it is about; turns of one of them run one by one."""

    def __init__(self, checkpoints: Checkpoints) -> None:
        """Keep threads in the checkpoints of one engine."""
        self._checkpoints = checkpoints
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @property
    def saver(self) -> Any:
        """The checkpointer for a graph."""
        return self._checkpoints.saver

    def config(self, user_id: str, thread_id: str) -> dict[str, Any]:
        """One user's thread id never opens another user's thread, for the key holds both."""
        return {"configurable": {"thread_id": _key(user_id, thread_id)}}

    @asynccontextmanager
    async def lock(self, user_id: str, thread_id: str) -> AsyncIterator[None]:
        """Hold a thread for a turn: against other turns of this process in order, then against other processes."""
        async with self._held(_key(user_id, thread_id)):
            yield

    @asynccontextmanager
    async def _held(self, key: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(key, asyncio.Lock()), AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self._checkpoints.held(key))
            except Exception as error:  # whatever the driver of a database raises, it is away
                raise StateError(_AWAY) from error
            yield

    async def get(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers; an unknown thread is empty."""
        return Thread.model_validate(await self._raw(_key(user_id, thread_id)))

    async def of(self, user_id: str) -> list[str]:
        """Return the ids of a user's threads."""
        return sorted(_thread_id(key) for key, _ in await self._checkpoints.newest(_prefix(user_id)))

    async def listing(self, user_id: str, most: int = 50) -> list[ThreadLine]:
        """Return the threads of a user that were last spoken in, the newest first."""
        found = await self._checkpoints.newest(_prefix(user_id))
        lines = []
        for key, newest in sorted(found, key=lambda one: one[1], reverse=True)[:most]:
            thread = Thread.model_validate(await self._raw(key))
            title = next((" ".join(turn.user.split()) for turn in thread.past if turn.user.strip()), "")
            lines.append(
                ThreadLine(
                    thread_id=_thread_id(key),
                    title=title[:_TITLE_CHARS],
                    at=_time_of(newest),
                    n_turns=thread.n_turns,
                    catalog=thread.catalog,
                )  # fmt: skip
            )
        return lines

    async def rewind(self, user_id: str, thread_id: str, n_turns: int) -> Thread:
        """Take a thread back to what it was after its first so many turns, and return it; later turns are gone.

        A turn under way is waited for. Raises NotFound where the thread was never that long, or where that is too
        long ago to be kept.
        """
        async with self.lock(user_id, thread_id):
            return await self._back_to(n_turns, _key(user_id, thread_id))

    async def take_back(self, user_id: str, thread_id: str, turn_id: str) -> None:
        """Take a turn back that may have been kept and was never answered; nothing happens where it is not the last."""
        async with self.lock(user_id, thread_id):
            thread = await self.get(user_id, thread_id)
            if thread.past and thread.past[-1].turn_id == turn_id:
                await self._back_to(thread.n_turns - 1, _key(user_id, thread_id))

    async def _back_to(self, n_turns: int, key: str) -> Thread:
        if n_turns <= 0:
            await self._checkpoints.drop_all(key)
            return Thread()
        later: list[str] = []
        for checkpoint_id in await self._checkpoints.ids(key):
            thread = Thread.model_validate(await self._raw(key, checkpoint_id))
            if thread.n_turns == n_turns:
                await self._checkpoints.drop(key, later)
                return thread
            later.append(checkpoint_id)
        raise NotFound(f"This conversation cannot go back to its turn {n_turns}. Open a new one instead.")

    async def trim(self, most: int) -> int:
        """Keep so many of the latest states of every thread to go back to; returns how many went."""
        n_gone = 0
        for key in await self._checkpoints.long(most):
            old = (await self._checkpoints.ids(key))[most:]
            await self._checkpoints.drop(key, old)  # a turn under way reads and writes none of these
            n_gone += len(old)
        return n_gone

    async def expire(self, whose: str, before: datetime) -> int:
        """Drop threads last spoken in before a time, of users whose ids begin so; returns how many went."""
        n_gone = 0
        for key, newest in await self._checkpoints.newest(json.dumps([whose])[:-2]):
            if _time_of(newest) >= before:
                continue
            async with self._held(key):
                there = await self._checkpoints.ids(key)
                if there and _time_of(there[0]) < before:
                    await self._checkpoints.drop_all(key)
                    n_gone += 1
        return n_gone

    async def forget(self, user_id: str) -> int:
        """Leave nothing of a user's threads, nor a trace of them in the file; returns how many went.

        Turns under way are waited for.
        """
        thread_ids = await self.of(user_id)
        for thread_id in thread_ids:
            async with self.lock(user_id, thread_id):
                await self._checkpoints.drop_all(_key(user_id, thread_id))
        if thread_ids:
            await self._checkpoints.scrub()
        return len(thread_ids)

    async def _raw(self, key: str, checkpoint_id: str | None = None) -> dict[str, Any]:
        which = {"thread_id": key} | ({"checkpoint_id": checkpoint_id} if checkpoint_id else {})
        try:
            found = await self.saver.aget({"configurable": which})
        except Exception as error:  # whatever the driver of a database raises, it is away
            raise StateError(_AWAY) from error
        return (found or {}).get("channel_values", {}).get("thread") or {}


def _key(user_id: str, thread_id: str) -> str:
    return json.dumps([user_id, thread_id])


def _prefix(user_id: str) -> str:
    """Return what the keys of a user's threads begin with, and nobody else's."""
    return json.dumps([user_id])[:-1] + ", "


def _thread_id(key: str) -> str:
    return str(json.loads(key)[1])


def _time_of(checkpoint_id: str) -> datetime:
    """Return when a checkpoint was made; their ids are UUIDs of version 6, which begin with the time."""
    digits = checkpoint_id.replace("-", "")
    ticks = int(digits[:12] + digits[13:16], 16) - _UUID_EPOCH_100NS
    return datetime.fromtimestamp(ticks / 1e7, UTC)


def threads_in_memory() -> Threads:
    """Return a store that forgets everything with the process."""
    return Threads(CheckpointsInMemory())


@asynccontextmanager
async def open_threads(path: Path, url: str | None = None) -> AsyncIterator[Threads]:
    """Open a store that lasts: the Postgres database of a `url`, else the file `path`.

    Raises SettingsError naming what cannot be used.
    """
    if url is None:
        async with checkpoints_in_file(path) as checkpoints:
            yield Threads(checkpoints)
        return
    from agents.postgres_checkpoints import checkpoints_in_postgres

    async with checkpoints_in_postgres(url) as checkpoints:
        yield Threads(checkpoints)
