"""Requests sent again under the same key: one answer, one turn."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fake_agent import FakeAgent, FakeLibrary
from fastapi import HTTPException
from fastapi.testclient import TestClient

from agents.answers import Answers
from agents.database import SqliteDatabase
from errors import Conflict
from ui import idempotency
from ui.idempotency import Asked, once

KEY = "5d0b3f0e-0000-4000-8000-1234567890ab"
STREAM = {"Accept": "text/event-stream"}


def send(client: TestClient, path: str = "/v1/chat", key: str = KEY, headers: Any = None, **body: Any) -> Any:
    return client.post(path, json=body, headers={"Idempotency-Key": key, **(headers or {})})


def n_turns(agent: FakeAgent) -> int:
    return sum(thread.n_turns for thread in agent.threads.values())


def test_a_turn_sent_again_is_answered_as_before_and_taken_once(client: TestClient, agent: FakeAgent) -> None:
    first, again = send(client, message="a mystery"), send(client, message="a mystery")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert n_turns(agent) == 1
    thread_id = first.json()["thread_id"]
    second, third = (send(client, key="1", message="under 300 pages", thread_id=thread_id) for _ in range(2))
    assert second.json() == third.json() != first.json()
    assert n_turns(agent) == 2


def test_another_request_under_the_same_key_is_refused(client: TestClient) -> None:
    send(client, message="a mystery")
    for again in (
        send(client, message="a romance"),
        send(client, message="a mystery", k=3),
        send(client, path="/v1/recommend", query="a mystery"),
        send(client, message="a mystery", headers=STREAM),
    ):
        assert again.status_code == 422
        assert again.json()["detail"].startswith("This Idempotency-Key came with another request.")
    assert client.post(
        "/v1/chat",
        content=b'{ "message":"a mystery"}',
        headers={"Idempotency-Key": KEY, "Content-Type": "application/json"},
    ).is_success


def test_a_stream_sent_again_is_the_same_stream(client: TestClient, agent: FakeAgent) -> None:
    first, again = (send(client, message="a mystery", headers=STREAM) for _ in range(2))
    assert first.text == again.text
    assert first.text.count("event: turn_finished") == 1
    assert again.headers["content-type"].startswith("text/event-stream")
    assert n_turns(agent) == 1


def test_what_failed_is_tried_again(client: TestClient, agent: FakeAgent) -> None:
    for headers, status in ((None, 500), (STREAM, 200)):
        key = str(uuid4())
        assert [send(client, key=key, message="fail", headers=headers).status_code for _ in range(2)] == [status] * 2
    assert n_turns(agent) == 4


def test_requests_at_once_under_one_key_are_answered_once(client: TestClient, agent: FakeAgent) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: send(client, message="a mystery").text, range(4)))
    assert len(set(answers)) == 1
    assert n_turns(agent) == 1


def test_recommendations_and_feedback_take_keys_too(client: TestClient, agent: FakeAgent) -> None:
    one, two = (send(client, path="/v1/recommend", query="a mystery") for _ in range(2))
    assert one.json() == two.json()
    assert two.headers["idempotent-replayed"] == "true"
    thread_id = client.post("/v1/chat", json={"message": "a mystery"}).json()["thread_id"]
    like = {"kind": "like", "item_id": "b1", "thread_id": thread_id}
    liked = [send(client, path="/v1/feedback", key="k", **like) for _ in range(2)]
    assert liked[0].json() == liked[1].json()
    assert n_turns(agent) == 2


def test_keys_of_strangers_never_meet(client: TestClient) -> None:
    short = send(client, key="1", message="a mystery")
    assert short.status_code == 400
    assert "too short for a guest" in short.json()["detail"]
    threads = [client.post("/v1/chat", json={"message": "a mystery"}).json()["thread_id"] for _ in range(2)]
    answers = [send(client, key="1", message="more", thread_id=thread_id).json() for thread_id in threads]
    assert [answer["thread_id"] for answer in answers] == threads


def test_no_key_and_nothing_kept(client: TestClient, library: FakeLibrary) -> None:
    one, two = (client.post("/v1/chat", json={"message": "a mystery"}) for _ in range(2))
    assert one.json()["thread_id"] != two.json()["thread_id"]
    assert library.people.db.fetch("SELECT * FROM answers") == []


@pytest.fixture
def asked() -> Asked:
    return Asked("ann", "ann", KEY, "body", "t")


def test_who_waits_too_long_is_told_so(library: FakeLibrary, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_PATIENCE_S", 0.05)

    async def run() -> None:
        async with once(asked, library.people):
            with pytest.raises(Conflict, match="still being answered"):
                async with once(asked, library.people):
                    pass

    asyncio.run(run())


def test_a_key_whose_request_broke_off_is_free_for_the_next_try(library: FakeLibrary, asked: Asked) -> None:
    async def run() -> list[str | None]:
        seen = []
        for answer in (None, "done", "again"):
            async with once(asked, library.people) as tried:
                seen.append(tried.saved)
                tried.answer = answer
        return seen

    assert asyncio.run(run()) == [None, None, "done"]
    other = Asked("ann", "ann", KEY, "other body", "t")
    with pytest.raises(HTTPException, match="came with another request"):
        asyncio.run(once(other, library.people).__aenter__())


def test_answers_go_after_a_day() -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    db = SqliteDatabase()
    answers = Answers(db, lambda: now[0])
    answers.begin("k", "ann", "body", "t")
    answers.keep("k", "yes")
    now[0] += timedelta(hours=23)
    assert (found := answers.find("k")) and found.answer == "yes"
    now[0] += timedelta(hours=2)
    assert answers.find("k") is None
    answers.begin("other", "ann", "body", "t")
    assert db.fetch("SELECT key_hash FROM answers") == [("other",)]
