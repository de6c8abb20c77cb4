"""Where threads are kept between turns: LangGraph checkpoints in one SQLite file, or in memory."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from errors import SettingsError


@asynccontextmanager
async def open_checkpoints(path: Path | None) -> AsyncIterator[Any]:
    """Open the store; the file is readable by its owner only, for whoever can write checkpoints can run code.

    Raises SettingsError naming the folder where it cannot be written.
    """
    if path is None:
        from langgraph.checkpoint.memory import InMemorySaver

        yield InMemorySaver()
        return
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
        yield saver
