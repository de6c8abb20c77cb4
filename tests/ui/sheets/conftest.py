"""The server of the sheets, importable by name."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agents.library import Library
from retrieval.bundle import Bundle
from settings import Settings

sys.path.insert(0, str(Path(__file__).parent))

from sheets_server import Server, Visit  # noqa: E402


@pytest.fixture
def visit(bundles_dir: Path, films: Bundle, tmp_path: Path) -> Callable[[Visit], None]:
    """Run a visit against a server that keeps threads and traces."""
    settings = Settings(planner="basic", k=4, catalog="films", var_dir=bundles_dir)

    def run(visiting: Visit) -> None:
        async def opened() -> None:
            state = tmp_path / "people" / "threads.sqlite"
            async with Library(settings, state=state, embedder=films.embedder) as library:
                await visiting(Server(library))

        asyncio.run(opened())

    return run
