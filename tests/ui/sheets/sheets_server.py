"""A server of tiny real films, in memory, for several people at once."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from typing import Any

import httpx

from agents.database import SqliteDatabase
from agents.library import Library
from ui.access import Access
from ui.http import create_api
from ui.identity import Doorkeeper, Rules
from ui.origins import Origins
from ui.tokens import Tokens

ADDRESS = "http://127.0.0.1:7860"
Visit = Callable[["Server"], Awaitable[None]]


class Server:
    """Hands out browsers: of guests, or of people whom a proxy has logged in."""

    def __init__(self, library: Library) -> None:
        proxies = (ip_network("10.0.0.2/32"),)
        rules = Rules(proxy_header="X-Name", proxies=proxies)
        access = Access(Doorkeeper(rules, Tokens(SqliteDatabase()), b"secret" * 6), Origins())
        self.library = library
        self._app = create_api(library, access)

    async def browser(self, name: str = "") -> httpx.AsyncClient:
        """Return a fresh browser, with the cookie of a guest where no name is given."""
        transport = httpx.ASGITransport(self._app, client=("10.0.0.2", 5000))
        client = httpx.AsyncClient(
            transport=transport, base_url=ADDRESS, headers={"X-Name": name} if name else {}, follow_redirects=True
        )  # fmt: skip
        await client.get("/")
        return client


async def say(browser: httpx.AsyncClient, text: str, thread_id: str | None = None) -> dict[str, Any]:
    """Take a turn and return what came of it."""
    answer = await browser.post("/v1/chat", json={"message": text} | ({"thread_id": thread_id} if thread_id else {}))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
