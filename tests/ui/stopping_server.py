"""A server to be stopped from outside: python stopping_server.py PORT STOP_S; "slow" takes two seconds."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from typing import Any

from fake_agent import FakeAgent, FakeLibrary

import ui.http
from agents.events import Event
from settings import Settings
from ui import serve
from ui.access import local_access
from ui.gatehouse import Gatehouse
from ui.http import create_api


class GatedAgent(FakeAgent):
    """Passes the gate as a real one does."""

    def __init__(self, house: Gatehouse) -> None:
        super().__init__()
        self._house = house

    async def turn(
        self, user_id: str, thread_id: str | None, text: str = "", **given: Any
    ) -> AsyncGenerator[Event, None]:  # type: ignore[override]
        async with self._house.place(""):
            if "slow" in text:
                await asyncio.sleep(2)
            async for event in super().turn(user_id, thread_id, "a mystery", **given):
                yield event


async def _app(*given: Any) -> Any:
    return create_api(*given)  # without the page, which takes seconds to import


def main() -> int:
    port, stop_s = int(sys.argv[1]), float(sys.argv[2])
    settings = Settings(_env_file=None, port=port, stop_s=stop_s)  # type: ignore[call-arg]
    house = Gatehouse()
    ui.http.create_app = _app  # type: ignore[assignment]
    library: Any = FakeLibrary(GatedAgent(house))
    return asyncio.run(serve._serve(library, settings, serve._listen(settings), local_access(), house))


if __name__ == "__main__":
    sys.exit(main())
