"""Messages to one thread that overlap on their way are answered in the order in which they were sent."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import httpx2
import pytest
from fake_agent import FakeAgent, FakeLibrary
from fastapi import FastAPI

from agents.spending import Spending, Spent
from agents.state import Thread
from ui.access import local_access
from ui.http import create_api
from ui.lanes import Lanes
from ui.tokens import ApiToken, found, new_token

N = 8


class Hearing(FakeAgent):
    """Tells what it heard, in which order."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    async def turn(self, user_id: str, thread_id: str | None, text: str = "", **how: Any) -> AsyncGenerator[Any, None]:
        self.heard.append(text)
        async for event in super().turn(user_id, thread_id, text, **how):
            yield event


class Hurrying(FakeLibrary):
    """Finds a thread sooner each time."""

    def __init__(self, *agents: FakeAgent, wait_s: Iterator[float]) -> None:
        super().__init__(*agents)
        self._wait_s = wait_s

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        await asyncio.sleep(next(self._wait_s))
        return await super().thread(user_id, thread_id)


def sooner() -> Iterator[float]:
    return iter([0.01 * (N - i) for i in range(N)])


async def flood(app: FastAPI, headers: dict[str, str], extra: Any) -> None:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860", headers=headers) as client:
        opened = (await client.post("/v1/chat", json={"message": "hello"})).json()
        asked = [{"message": str(i), "thread_id": opened["thread_id"]} for i in range(N)]
        answers = await asyncio.gather(
            *(client.post("/v1/chat", json=one, headers=extra(i)) for i, one in enumerate(asked))
        )
        assert [answer.status_code for answer in answers] == [200] * N


@pytest.mark.parametrize("kind", ["json", "stream", "keyed"])
def test_a_thread_that_is_found_late_is_not_overtaken(kind: str) -> None:
    agent = Hearing()
    extra = {
        "json": lambda i: {},
        "stream": lambda i: {"Accept": "text/event-stream"} if i % 2 else {},
        "keyed": lambda i: {"Idempotency-Key": f"key {i}"} if i % 2 else {},
    }[kind]
    asyncio.run(flood(create_api(Hurrying(agent, wait_s=sooner())), {}, extra))
    assert agent.heard == ["hello", *map(str, range(N))]


def test_a_token_that_is_found_late_is_not_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    agent, access, wait_s = Hearing(), local_access(), iter([0.0, *sooner()])
    sent, kept = new_token("Ann", daily_tokens=100)
    access.doorkeeper.tokens.add(kept)

    def late(text: str, tokens: Any) -> ApiToken | None:
        time.sleep(next(wait_s))
        return found(text, tokens)

    monkeypatch.setattr("ui.identity.found", late)
    asyncio.run(flood(create_api(FakeLibrary(agent), access), {"Authorization": f"Bearer {sent}"}, lambda i: {}))
    assert agent.heard == ["hello", *map(str, range(N))]


def test_a_days_spending_that_is_found_late_is_not_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    agent, access, wait_s = Hearing(), local_access(), iter([0.0, *sooner()])
    sent, kept = new_token("Ann", daily_tokens=100)
    access.doorkeeper.tokens.add(kept)

    def late(self: Spending, user_id: str) -> Spent:
        time.sleep(next(wait_s))
        return Spent()

    monkeypatch.setattr(Spending, "today", late)
    asyncio.run(flood(create_api(FakeLibrary(agent), access), {"Authorization": f"Bearer {sent}"}, lambda i: {}))
    assert agent.heard == ["hello", *map(str, range(N))]


def test_a_lane_is_left_once_and_by_whoever_is_cancelled() -> None:
    async def passing() -> list[str]:
        lanes, passed = Lanes(), list[str]()

        async def pass_by(name: str, wait_s: float) -> None:
            async with lanes.of("a") as leave:
                await asyncio.sleep(wait_s)
                passed.append(name)
                leave()

        tasks = [
            asyncio.create_task(pass_by(name, wait_s)) for name, wait_s in (("1", 9), ("2", 9), ("3", 0), ("4", 0))
        ]
        await asyncio.sleep(0)
        tasks[1].cancel()
        tasks[0].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return passed

    assert asyncio.run(asyncio.wait_for(passing(), 5)) == ["3", "4"]
