"""What Threads need of a LangGraph checkpointer beyond its own interface; in memory, and in a SQLite file."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from agents.private_files import touch
from errors import SettingsError

MOST_AT_ONCE = 500
"""Checkpoints deleted by one statement."""


class Checkpoints(Protocol):
    """One engine; the key of a thread holds its user, and checkpoint ids sort by time."""

    saver: Any

    def held(self, key: str) -> AbstractAsyncContextManager[None]:
        """Keep other processes from taking a turn of a thread."""
        ...

    async def newest(self, prefix: str) -> list[tuple[str, str]]:
        """Return the keys that begin so, each with the id of its newest checkpoint."""
        ...

    async def ids(self, key: str) -> list[str]:
        """Return the ids of a thread's checkpoints, the newest first."""
        ...

    async def long(self, most: int) -> list[str]:
        """Return the keys of threads with more checkpoints than that."""
        ...

    async def drop(self, key: str, checkpoint_ids: Sequence[str]) -> None:
        """Delete checkpoints of a thread, and what only they need."""
        ...

    async def drop_all(self, key: str) -> None:
        """Delete a thread."""
        ...

    async def scrub(self) -> None:
        """Overwrite what deleted threads left in a file."""
        ...


class CheckpointsInMemory:
    """Forgets everything with the process."""

    def __init__(self) -> None:
        from langgraph.checkpoint.memory import InMemorySaver

        self.saver: Any = InMemorySaver()

    @asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[None]:
        """There is no other process."""
        yield

    async def newest(self, prefix: str) -> list[tuple[str, str]]:
        """Return the keys that begin so, each with the id of its newest checkpoint."""
        kept = [(key, spaces.get("") or {}) for key, spaces in self.saver.storage.items() if key.startswith(prefix)]
        return [(key, max(checkpoints)) for key, checkpoints in kept if checkpoints]

    async def ids(self, key: str) -> list[str]:
        """Return the ids of a thread's checkpoints, the newest first."""
        return sorted(self.saver.storage[key][""], reverse=True) if key in self.saver.storage else []

    async def long(self, most: int) -> list[str]:
        """Return the keys of threads with more checkpoints than that."""
        return [key for key, spaces in self.saver.storage.items() if len(spaces.get("") or {}) > most]

    async def drop(self, key: str, checkpoint_ids: Sequence[str]) -> None:
        """Delete checkpoints of a thread."""
        for checkpoint_id in checkpoint_ids:
            self.saver.storage[key][""].pop(checkpoint_id, None)
            self.saver.writes.pop((key, "", checkpoint_id), None)

    async def drop_all(self, key: str) -> None:
        """Delete a thread."""
        await self.saver.adelete_thread(key)

    async def scrub(self) -> None:
        """There is no file."""


class CheckpointsInFile:
    """Keeps threads in one SQLite file; turns are taken by one process, others may read and delete."""

    def __init__(self, saver: Any) -> None:
        self.saver = saver

    @asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[None]:
        """Nothing to do, as one server has the file."""
        yield

    async def newest(self, prefix: str) -> list[tuple[str, str]]:
        """Return the keys that begin so, each with the id of its newest checkpoint."""
        return await self._fetch(
            "SELECT thread_id, max(checkpoint_id) FROM checkpoints WHERE thread_id >= ? AND thread_id < ?"
            " AND checkpoint_ns = '' GROUP BY thread_id",
            prefix, prefix + "\x7f",
        )  # fmt: skip

    async def ids(self, key: str) -> list[str]:
        """Return the ids of a thread's checkpoints, the newest first."""
        found = await self._fetch(
            "SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '' ORDER BY 1 DESC", key
        )
        return [checkpoint_id for (checkpoint_id,) in found]

    async def long(self, most: int) -> list[str]:
        """Return the keys of threads with more checkpoints than that."""
        found = await self._fetch("SELECT thread_id FROM checkpoints GROUP BY thread_id HAVING count(*) > ?", most)
        return [key for (key,) in found]

    async def drop(self, key: str, checkpoint_ids: Sequence[str]) -> None:
        """Delete checkpoints of a thread."""
        async with self.saver.lock:
            for start in range(0, len(checkpoint_ids), MOST_AT_ONCE):
                some = list(checkpoint_ids[start : start + MOST_AT_ONCE])
                which = f"thread_id = ? AND checkpoint_ns = '' AND checkpoint_id IN ({', '.join('?' * len(some))})"
                for table in ("writes", "checkpoints"):
                    await self.saver.conn.execute(f"DELETE FROM {table} WHERE {which}", (key, *some))
            await self.saver.conn.commit()

    async def drop_all(self, key: str) -> None:
        """Delete a thread."""
        await self.saver.adelete_thread(key)

    async def scrub(self) -> None:
        """Write the file anew and empty its log."""
        async with self.saver.lock:
            for tidying in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                await self.saver.conn.execute_fetchall(tidying)

    async def _fetch(self, sql: str, *params: Any) -> list[Any]:
        async with self.saver.lock, self.saver.conn.execute(sql, params) as rows:
            return list(await rows.fetchall())


@asynccontextmanager
async def checkpoints_in_file(path: Path) -> AsyncIterator[CheckpointsInFile]:
    """Open the file, readable by its owner only, for whoever can write checkpoints can run code.

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
        yield CheckpointsInFile(saver)
