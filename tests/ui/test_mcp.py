"""The MCP server, driven by the MCP client: in memory, over HTTP, and over the standard input of a process."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fake_agent import NASTY, FakeAgent, FakeLibrary
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from agents.profile.state import Lesson
from ui.access import local_access
from ui.http import create_api
from ui.mcp import mcp_server
from ui.mcp_door import AS_DATA
from ui.tokens import new_token

URL = "http://127.0.0.1:7860/mcp"
TOOLS = ["recommend", "search", "item_details", "catalogs", "profile"]


def told(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def call(library: FakeLibrary, name: str, **arguments: Any) -> CallToolResult:
    async def run() -> CallToolResult:
        async with Client(mcp_server(library)) as client:
            return await client.call_tool(name, arguments)

    return asyncio.run(run())


def over_http(library: FakeLibrary, work: Callable[[Client], Awaitable[Any]], mode: str = "auto") -> Any:
    async def run() -> Any:
        app = create_api(library)
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
        client = Client(streamable_http_client(URL, http_client=http), mode=mode)  # type: ignore[arg-type]
        async with app.router.lifespan_context(app), http, client:
            return await work(client)

    return asyncio.run(run())


def over_stdio(work: Callable[[Client], Awaitable[Any]]) -> Any:
    program = (
        "import asyncio, sys; sys.path.insert(0, sys.argv[1])\n"
        "from fake_agent import FakeLibrary\nfrom ui.mcp import serve_stdio\n"
        "asyncio.run(serve_stdio(FakeLibrary()))"
    )
    here = Path(__file__).parent
    started = StdioServerParameters(command=sys.executable, args=["-c", program, str(here)], cwd=here.parent.parent)

    async def run() -> Any:
        async with Client(started) as client:
            return await work(client)

    return asyncio.run(run())


async def everything(client: Client) -> tuple[list[str], CallToolResult]:
    tools = (await client.list_tools()).tools
    for tool in tools:
        assert tool.description and tool.input_schema["type"] == "object"
        assert tool.output_schema and tool.output_schema["type"] == "object"
        assert "$ref" not in str(tool.input_schema)
        assert tool.annotations and tool.annotations.read_only_hint
    return [tool.name for tool in tools], await client.call_tool("recommend", {"request": "a mystery", "k": 2})


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_tools_answer_over_http(library: FakeLibrary, mode: str) -> None:
    names, result = over_http(library, everything, mode)
    assert names == TOOLS
    assert not result.is_error
    assert [item["item_id"] for item in result.structured_content["items"]] == ["b0", "b1"]


def test_the_tools_answer_over_standard_input() -> None:
    names, result = over_stdio(everything)
    assert names == TOOLS
    assert [item["item_id"] for item in result.structured_content["items"]] == ["b0", "b1"]


def test_a_recommendation_is_structured_and_readable(library: FakeLibrary) -> None:
    limit = {"field": "pages", "op": "lte", "value": 300}
    result = call(library, "recommend", request="a mystery", filters=[limit], k=3, conversation=[])
    out = result.structured_content
    assert out is not None
    assert set(out) == {"items", "filters", "question", "reply", "notices"}
    assert out["filters"] == [limit]
    assert set(out["items"][0]) == {"item_id", "title", "score", "strength", "fields", "reasons", "breaks"}
    text = told(result)
    assert text.startswith(AS_DATA)
    assert f"1. **{out['items'][0]['title']}**" in text
    assert "Ids, in this order: b0, " in text
    assert "Limits kept to: at most 300 pages." in text


def test_search_orders_and_limits(library: FakeLibrary) -> None:
    limit = {"field": "pages", "op": "lte", "value": 200}
    result = call(library, "search", filters=[limit], order_by="year", k=3)
    out = result.structured_content
    assert out is not None
    years = [item["fields"]["year"] for item in out["items"]]
    assert years == sorted(years, reverse=True)
    assert out["n_matching"] >= len(years) == 3
    assert f"{out['n_matching']} items satisfy the limits; 3 follow." in told(result)


def test_details_name_what_is_missing(library: FakeLibrary) -> None:
    result = call(library, "item_details", item_ids=["b1", "none", "b1"])
    out = result.structured_content
    assert out is not None
    assert [item["title"] for item in out["items"]] == ["The Harbour House"]
    assert out["not_found"] == ["none"]
    assert "- blurb: A quiet story" in told(result)
    assert "Not in the catalogue: none." in told(result)


def test_the_catalogues_tell_their_fields(library: FakeLibrary) -> None:
    result = call(library, "catalogs")
    out = result.structured_content
    assert out is not None
    assert out["default"] == "shelf"
    assert [one["name"] for one in out["catalogs"]] == ["shelf", "larder"]
    assert "- pages: number, 90 to 900" in told(result)
    assert call(library, "recommend", request="a mystery", catalog="larder").structured_content


def test_catalogue_text_cannot_act_in_what_is_read(library: FakeLibrary) -> None:
    text = told(call(library, "item_details", item_ids=["b39"]))
    assert NASTY not in text
    assert "\\<img src=x" in text
    assert text.startswith(AS_DATA)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("nothing", {}, "There is no tool 'nothing'; the tools are recommend,"),
        ("recommend", {}, "request: field required."),
        ("recommend", {"request": ""}, "request: string should have at least 1 character."),
        ("recommend", {"request": "x", "huh": 1}, "huh: extra inputs are not permitted."),
        ("recommend", {"request": "x", "k": 0}, "k: input should be greater than or equal to 1."),
        ("recommend", {"request": "x", "catalog": "attic"}, "There is no catalogue 'attic' here;"),
        ("recommend", {"request": "x", "catalog": "broken"}, "The catalogue 'broken' is damaged."),
        ("recommend", {"request": "x", "filters": [{"field": "nope", "op": "eq", "value": 1}]}, "There is no field"),
        ("search", {"filters": [{"field": "pages", "op": "drop"}]}, "filters.0.op: input should be 'eq'"),
        ("search", {"order_by": "nope"}, "Something went wrong on our side"),
        ("item_details", {"item_ids": []}, "item_ids: list should have at least 1 item"),
        ("item_details", {"item_ids": ["none"]}, "There is no book with such an id here"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(
    library: FakeLibrary, name: str, arguments: dict[str, Any], said: str
) -> None:
    result = call(library, name, **arguments)
    assert result.is_error
    assert result.structured_content is None
    assert told(result).startswith(said)
    assert told(result).endswith((".", "…"))
    assert "\n" not in told(result)


def over_http_as(
    library: FakeLibrary, *scopes: str, name: str, rate: int = 60, **arguments: Any
) -> list[CallToolResult]:
    """Call a tool twice with a token of these scopes."""
    access = local_access()
    sent, kept = new_token("agent", user_id="ada", scopes=scopes, turns_a_minute=rate)
    access.doorkeeper.tokens.add(kept)

    async def run() -> list[CallToolResult]:
        app = create_api(library, access)
        head = {"Authorization": f"Bearer {sent}"}
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), headers=head)
        client = Client(streamable_http_client(URL, http_client=http))
        async with app.router.lifespan_context(app), http, client:
            return [await client.call_tool(name, arguments) for _ in range(2)]

    return asyncio.run(run())


def test_a_token_brings_the_profile_of_its_user_along(library: FakeLibrary, agent: FakeAgent) -> None:
    liked = agent.opinion("like", "b1", date.today())
    assert liked and library.people.memory
    library.people.memory.learn("ada", Lesson(statements=[liked]), date.today(), agent.sum_up)
    result, _ = over_http_as(library, "people", name="profile")
    assert result.structured_content and result.structured_content["user_id"] == "ada"
    assert [s["item_id"] for s in result.structured_content["statements"]] == ["b1"]
    assert "likes “The Harbour House”" in told(result)
    guest = call(library, "profile")
    assert guest.structured_content and guest.structured_content["statements"] == []


def test_a_token_opens_the_tools_of_its_scopes_alone(library: FakeLibrary) -> None:
    asked = {"recommend": {"request": "a mystery"}, "catalogs": {}, "profile": {}}
    for name, scope in (("recommend", "chat"), ("catalogs", "read"), ("profile", "people")):
        others = [other for other in ("chat", "read", "people") if other != scope]
        assert not over_http_as(library, scope, name=name, **asked[name])[0].is_error
        refused, _ = over_http_as(library, *others, name=name, **asked[name])
        assert refused.is_error and f"scope '{scope}'" in told(refused)


def test_the_turns_of_a_token_are_counted_here_too(library: FakeLibrary) -> None:
    first, second = over_http_as(library, "chat", name="recommend", rate=1, request="a mystery")
    assert not first.is_error
    assert second.is_error and "1 turns a minute" in told(second)


INITIALIZE = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
}  # fmt: skip


def post(library: FakeLibrary, body: Any = INITIALIZE, **headers: str) -> httpx2.Response:
    async def run() -> httpx2.Response:
        app = create_api(library)
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app))
        async with app.router.lifespan_context(app), http:
            accept = {"Accept": "application/json, text/event-stream"}
            return await http.post(URL, json=body, headers={**accept, **headers})

    return asyncio.run(run())


def test_pages_of_other_sites_cannot_reach_it(library: FakeLibrary) -> None:
    assert post(library).status_code == 200
    assert post(library, Origin="http://localhost:7860").status_code == 200
    assert post(library, Host="localhost:7860").status_code == 200
    assert post(library, Host="evil.example").status_code == 421
    assert post(library, Host="127.0.0.1.evil.example").status_code == 421
    assert post(library, Origin="https://evil.example").status_code == 403


def test_no_session_is_kept(library: FakeLibrary) -> None:
    answer = post(library)
    assert "mcp-session-id" not in answer.headers
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("body", [[], 5, {}, {"jsonrpc": "2.0", "id": 1, "method": "nothing/there"}])
def test_what_is_no_request_is_refused(library: FakeLibrary, body: Any) -> None:
    assert post(library, body).status_code < 500
