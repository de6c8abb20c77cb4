"""Where threads are kept between turns: LangGraph checkpoints in one SQLite file, or in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from agents.private_files import touch
from agents.state import Thread
from errors import SettingsError


class Threads:
    """Every conversation, whatever catalogue it is about; turns of one of them run one by one."""

    def __init__(self, saver: Any) -> None:
        """Keep threads in a LangGraph checkpointer, that of SQLite or the one in memory."""
        self.saver = saver
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def config(self, user_id: str, thread_id: str) -> dict[str, Any]:
        """One user's thread id never opens another user's thread, for the key holds both."""
        return {"configurable": {"thread_id": json.dumps([user_id, thread_id])}}

    def lock(self, user_id: str, thread_id: str) -> asyncio.Lock:
        """Return the lock that a turn of this thread holds, the same one whichever build it is answered from."""
        return self._locks.setdefault(json.dumps([user_id, thread_id]), asyncio.Lock())

    async def get(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers; an unknown thread is empty."""
        found = await self.saver.aget(self.config(user_id, thread_id))
        return Thread.model_validate((found or {}).get("channel_values", {}).get("thread") or {})

    async def of(self, user_id: str) -> list[str]:
        """Return the ids of a user's threads."""
        if hasattr(self.saver, "storage"):
            keys = list(self.saver.storage)
        else:
            async with self.saver.lock, self.saver.conn.execute("SELECT DISTINCT thread_id FROM checkpoints") as rows:
                keys = [key async for (key,) in rows]
        return sorted(thread_id for user, thread_id in map(json.loads, keys) if user == user_id)

    async def forget(self, user_id: str) -> int:
        """Leave nothing of a user's threads, nor a trace of them in the file; returns how many went.

        Turns under way are waited for.
        """
        thread_ids = await self.of(user_id)
        for thread_id in thread_ids:
            async with self.lock(user_id, thread_id):
                await self.saver.adelete_thread(self.config(user_id, thread_id)["configurable"]["thread_id"])
        if thread_ids and not hasattr(self.saver, "storage"):
            async with self.saver.lock:
                for tidying in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                    await self.saver.conn.execute_fetchall(tidying)
        return len(thread_ids)


def threads_in_memory() -> Threads:
    """Return a store that forgets everything with the process."""
    from langgraph.checkpoint.memory import InMemorySaver

    return Threads(InMemorySaver())


@asynccontextmanager
async def open_threads(path: Path) -> AsyncIterator[Threads]:
    """Open a store that lasts; the file is readable by its owner only, for whoever can write checkpoints can run code.

    Raises SettingsError naming the folder where it cannot be written.
    """
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    try:
        touch(path)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}). Set CICERONE_VAR_DIR to a folder of yours."
        ) from error
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        await saver.setup()
        await saver.conn.execute("PRAGMA secure_delete = ON")
        yield Threads(saver)
