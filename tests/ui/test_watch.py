"""What every request passes: ids, routes that are counted, and turns that end with their caller."""

import asyncio
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from ui.admission import Admission
from ui.doors import door
from ui.metrics import Metrics
from ui.watch import Watch


class Caller:
    """One request by hand: what is sent, and when its sender leaves."""

    def __init__(self, path: str, method: str = "POST") -> None:
        self.scope: Scope = {"type": "http", "method": method, "path": path, "headers": []}
        self.left = asyncio.Event()
        self.heard: list[Message] = []
        self._sent = False

    async def receive(self) -> Message:
        if not self._sent:
            self._sent = True
            return {"type": "http.request", "body": b"{}", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.heard.append(message)


def metrics() -> Metrics:
    return Metrics(Admission(1, 1))


async def answer(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"done"})


def test_a_turn_ends_when_its_caller_leaves_before_the_answer() -> None:
    ended: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def inside() -> None:
        caller = Caller("/v1/chat")
        running = asyncio.create_task(Watch(app, metrics())(caller.scope, caller.receive, caller.send))
        await asyncio.sleep(0.01)
        caller.left.set()
        await asyncio.wait_for(running, 2)
        assert caller.heard == []

    asyncio.run(inside())
    assert ended == ["cancelled"]


def test_a_stream_is_told_of_its_caller_leaving_and_ends_itself() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        gone = await receive()
        assert gone["type"] == "http.disconnect"

    async def inside() -> None:
        caller = Caller("/v1/chat")
        running = asyncio.create_task(Watch(app, metrics())(caller.scope, caller.receive, caller.send))
        await asyncio.sleep(0.01)
        assert not running.done()
        caller.left.set()
        await asyncio.wait_for(running, 2)

    asyncio.run(inside())


def test_a_server_that_stops_can_still_cancel_a_request() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(30)

    async def inside() -> None:
        caller = Caller("/v1/chat")
        running = asyncio.create_task(Watch(app, metrics())(caller.scope, caller.receive, caller.send))
        await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(inside())


def test_an_answered_request_leaves_nothing_running() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await answer(send)

    async def inside() -> None:
        caller = Caller("/v1/recommend")
        await Watch(app, metrics())(caller.scope, caller.receive, caller.send)
        await asyncio.sleep(0)
        assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
        names = [name for name, _ in caller.heard[0]["headers"]]
        assert b"x-request-id" in names

    asyncio.run(inside())


@pytest.mark.parametrize(
    ("path", "name"),
    [("/v1/chat", "chat"), ("/v1/chat/completions", "openai"), ("/mcp", "mcp"), ("/", "page"), ("/gradio_api", "page")],
)
def test_the_door_is_known_inside(path: str, name: str) -> None:
    found: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(door.get())
        await answer(send)

    async def inside() -> None:
        caller = Caller(path)
        await Watch(app, metrics())(caller.scope, caller.receive, caller.send)

    asyncio.run(inside())
    assert found == [name]


def test_made_up_paths_and_ids_do_not_reach_the_counts(client: TestClient) -> None:
    for i in range(20):
        client.get(f"/v1/made-up-{i}")
        client.get(f"/v1/items/made-up-{i}")
    text = client.get("/metrics").text
    assert "made-up" not in text
    lines = [line for line in text.splitlines() if line.startswith("cicerone_http_requests_total{")]
    assert len(lines) <= 4


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space", "new\nline", "a" * 8 + "\u00e9"])
def test_ids_that_are_none_are_replaced(given: str, client: TestClient) -> None:
    answer: Any = client.get("/healthz", headers={"X-Request-Id": given.encode()})
    assert answer.headers["X-Request-Id"] != given
    assert len(answer.headers["X-Request-Id"]) == 16
