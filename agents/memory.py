"""Where threads are kept between turns: LangGraph checkpoints in one SQLite file, or in memory."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from agents.state import Thread
from errors import SettingsError


class Threads:
    """Every conversation, whatever catalogue it is about; turns of one of them run one by one."""

    def __init__(self, saver: Any) -> None:
        """Keep threads in a LangGraph checkpointer."""
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
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}). Set CICERONE_VAR_DIR to a folder of yours."
        ) from error
    async with AsyncSqliteSaver.from_conn_string(str(path)) as saver:
        await saver.setup()
        yield Threads(saver)
