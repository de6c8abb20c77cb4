"""Threads in a Postgres database, which several servers may share: a turn holds its thread against all of them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from agents.postgres import CONNECT_S

_MOST_CONNECTIONS = 10
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.01, 0.25
_SETTING_UP = "cicerone: making the tables of threads"
# `~>=~` compares byte by byte whatever the database's collation, and is what this index answers.
_INDEX = "CREATE INDEX IF NOT EXISTS checkpoints_by_key ON checkpoints (thread_id text_pattern_ops, checkpoint_id)"
_NEWEST = """SELECT thread_id, max(checkpoint_id) AS newest FROM checkpoints
    WHERE thread_id ~>=~ %s AND thread_id ~<~ %s AND checkpoint_ns = '' GROUP BY thread_id"""
_IDS = "SELECT checkpoint_id FROM checkpoints WHERE thread_id = %s AND checkpoint_ns = '' ORDER BY 1 DESC"
_LONG = "SELECT thread_id FROM checkpoints GROUP BY thread_id HAVING count(*) > %s"
_UNUSED_BLOBS = """DELETE FROM checkpoint_blobs b WHERE thread_id = %s AND NOT EXISTS (
    SELECT FROM checkpoints c, jsonb_each_text(c.checkpoint -> 'channel_versions') v
    WHERE (c.thread_id, c.checkpoint_ns, v.key, v.value) = (b.thread_id, b.checkpoint_ns, b.channel, b.version))"""
_log = logging.getLogger("cicerone.threads")


class _Locks:
    """Advisory locks on one connection: they end with it, so a process that was killed holds none."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        self._asking = asyncio.Lock()

    @asynccontextmanager
    async def held(self, key: str) -> AsyncIterator[None]:
        """Hold one of them; others of this process must not ask for the same."""
        wait_s = _FIRST_WAIT_S
        while not await self._taken(key):
            await asyncio.sleep(wait_s)
            wait_s = min(_LONGEST_WAIT_S, wait_s * 1.5)
        try:
            yield
        finally:
            if not await asyncio.shield(self._ask("pg_advisory_unlock", key)):
                _log.warning("a thread was not held to the end of its turn, as the connection to Postgres broke")

    async def _taken(self, key: str) -> bool:
        """Try to take one; who gives up in the middle must not leave it taken for ever."""
        asking = asyncio.ensure_future(self._ask("pg_try_advisory_lock", key))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            if await asking:
                await self._ask("pg_advisory_unlock", key)
            raise

    async def close(self) -> None:
        """Let go of all of them."""
        if self._connection:
            await self._connection.close()

    async def _ask(self, function: str, key: str) -> bool:
        from psycopg import AsyncConnection, OperationalError

        async with self._asking:
            if self._connection is None or self._connection.closed:
                self._connection = await AsyncConnection.connect(self._url, autocommit=True, connect_timeout=CONNECT_S)
            try:
                done = await self._connection.execute(f"SELECT {function}(hashtextextended(%s, 1))", (key,))
                return bool((await done.fetchone())[0])
            except OperationalError:
                await self._connection.close()
                return False


class CheckpointsInPostgres:
    """Keeps threads in the tables of LangGraph's checkpointer for Postgres."""

    def __init__(self, saver: Any, pool: Any, locks: _Locks) -> None:
        self.saver = saver
        self._pool = pool
        self.held = locks.held

    async def newest(self, prefix: str) -> list[tuple[str, str]]:
        """Return the keys that begin so, each with the id of its newest checkpoint."""
        found = await self._fetch(_NEWEST, prefix, prefix + "\x7f")
        return [(row["thread_id"], row["newest"]) for row in found]

    async def ids(self, key: str) -> list[str]:
        """Return the ids of a thread's checkpoints, the newest first."""
        return [row["checkpoint_id"] for row in await self._fetch(_IDS, key)]

    async def long(self, most: int) -> list[str]:
        """Return the keys of threads with more checkpoints than that."""
        return [row["thread_id"] for row in await self._fetch(_LONG, most)]

    async def drop(self, key: str, checkpoint_ids: Sequence[str]) -> None:
        """Delete checkpoints of a thread, and the values only they hold."""
        async with self._pool.connection() as connection, connection.transaction():
            for table in ("checkpoint_writes", "checkpoints"):
                which = "thread_id = %s AND checkpoint_ns = '' AND checkpoint_id = ANY(%s)"
                await connection.execute(f"DELETE FROM {table} WHERE {which}", (key, list(checkpoint_ids)))
            await connection.execute(_UNUSED_BLOBS, (key,))

    async def drop_all(self, key: str) -> None:
        """Delete a thread."""
        await self.saver.adelete_thread(key)

    async def scrub(self) -> None:
        """Leave the pages to the server's own vacuum."""

    async def _fetch(self, sql: str, *params: Any) -> list[Any]:
        async with self._pool.connection() as connection:
            return list(await (await connection.execute(sql, params)).fetchall())


@asynccontextmanager
async def checkpoints_in_postgres(url: str) -> AsyncIterator[CheckpointsInPostgres]:
    """Connect, and make the tables where they are missing; the URL is one that `agents.postgres.checked` took."""
    from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
    from psycopg.rows import dict_row
    from psycopg_pool import AsyncConnectionPool

    kwargs = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row, "connect_timeout": CONNECT_S}
    locks = _Locks(url)
    pool: Any = AsyncConnectionPool(
        url, min_size=1, max_size=_MOST_CONNECTIONS, timeout=CONNECT_S, open=False, kwargs=kwargs,
        check=AsyncConnectionPool.check_connection,
    )  # fmt: skip
    try:
        async with pool:
            saver = AsyncPostgresSaver(pool)
            async with locks.held(_SETTING_UP):
                await saver.setup()
                async with pool.connection() as connection:
                    await connection.execute(_INDEX)
            yield CheckpointsInPostgres(saver, pool, locks)
    finally:
        await locks.close()
