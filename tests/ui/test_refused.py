"""Whoever finds no place hears it at once, in the same sentence at the page and over MCP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from mcp import Client
from mcp.types import TextContent

from agents.library import Library
from retrieval.bundle import Bundle
from settings import Settings
from ui.admission import Admission
from ui.conversation import Conversation
from ui.gatehouse import Gatehouse
from ui.http import create_app
from ui.mcp import mcp_server
from ui.page import Page
from ui.visitor import Visitor

TOLD = "Too many people are asking just now. Ask again in a second."
STOPPING = "This server is about to stop. Ask again in 5 seconds; another one, or the next, answers."
ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture
def library(bundles_dir: Path, films: Bundle) -> Library:
    chosen = Settings(_env_file=None, planner="basic", catalog="films", var_dir=bundles_dir)  # type: ignore[call-arg]
    return Library(chosen, embedder=films.embedder, gate=Gatehouse(Admission(1, 0)))


def gate_of(library: Library) -> Admission:
    gate = library._gate
    assert isinstance(gate, Gatehouse)
    return gate.admission


async def said(page: Page, talk: Conversation, text: str) -> str:
    async for _ in page.say(text, talk, Visitor("ann")):
        pass
    return talk.messages()[-1]["content"]


def test_the_page_shows_the_sentence_and_goes_on_when_there_is_a_place(library: Library) -> None:
    async def run() -> None:
        async with library:
            page = Page(library)
            talk = await page.fresh()
            async with gate_of(library).place(""):
                assert await said(page, talk, "a thriller") == f"*{TOLD}*"
            assert talk.slate == []
            await said(page, talk, "a thriller")
            assert talk.slate
            gate_of(library).close()
            assert await said(page, talk, "newer") == f"*{STOPPING}*"

    asyncio.run(run())


def test_a_client_of_mcp_is_told_in_the_same_sentence(library: Library) -> None:
    async def run() -> None:
        async with library, Client(mcp_server(library)) as client:
            async with gate_of(library).place(""):
                refused = await client.call_tool("recommend", {"request": "a thriller"})
                searched = await client.call_tool("search", {"query": "a thriller"})
            (content,) = refused.content
            assert refused.is_error and isinstance(content, TextContent)
            assert content.text == TOLD
            assert not searched.is_error, "what takes no turn needs no place"
            assert not (await client.call_tool("recommend", {"request": "a thriller"})).is_error

    asyncio.run(run())


def test_no_page_waits_unseen_before_the_gate(bundles_dir: Path, films: Bundle) -> None:
    """Through Gradio's own queue: who finds no place is told while all the others still wait for theirs."""
    chosen = Settings(_env_file=None, planner="basic", catalog="films", var_dir=bundles_dir)  # type: ignore[call-arg]
    gate = Admission(1, 42)
    library = Library(chosen, embedder=films.embedder, gate=Gatehouse(gate))

    async def run() -> None:
        async with library, opened(library) as (client, typed), gate.place(""):
            asking = [asyncio.create_task(answered(client, typed, f"tab{i}")) for i in range(45)]
            told = [await one for _, one in zip(range(3), asyncio.as_completed(asking, timeout=60), strict=False)]
            assert all(TOLD[:36] in one for one in told)
            assert gate.n_waiting == 42
            gate.close()
            assert sum([STOPPING in await one for one in asking]) == 42

    asyncio.run(run())


@asynccontextmanager
async def opened(library: Library) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """Open the whole app; yields a client, and the number by which Gradio calls what happens when a text is sent."""
    app = await create_app(library)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        config = (await client.get("/config")).json()
        (box,) = [part["id"] for part in config["components"] if part["props"].get("elem_id") == "box"]
        sent = [one for one in config["dependencies"] if [box, "submit"] in one["targets"] and one["backend_fn"]]
        yield client, sent[0]["id"]


async def answered(client: httpx.AsyncClient, typed: int, tab: str) -> str:
    """Send a text as the page of a tab does; returns all that it is told."""
    body = {"data": ["a thriller", None], "fn_index": typed, "session_hash": tab}
    assert (await client.post("/gradio_api/queue/join", json=body)).status_code == 200
    stream = (await client.get("/gradio_api/queue/data", params={"session_hash": tab}, timeout=90)).text
    return json.dumps([json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")])
