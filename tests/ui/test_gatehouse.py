"""What an operator sees of real turns, and that nothing anybody said, nor any key, is among it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedLLM
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from agents.library import Library
from agents.model.chat import ModelReply
from errors import ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings
from ui.admission import Admission
from ui.gatehouse import Gatehouse
from ui.http import create_api
from ui.logs import JsonLines

ADDRESS = "http://127.0.0.1:7860"
CANARY = "Zyzzyxcanary"


class Server:
    """A real catalogue behind the API, and its log as it would be written."""

    def __init__(self, var_dir: Path, films: Bundle, *replies: Any, admission: Admission | None = None) -> None:
        chosen = Settings(_env_file=None, planner="auto", catalog="films", var_dir=var_dir)  # type: ignore[call-arg]
        self.house = Gatehouse(admission)
        self.model = ScriptedLLM(*replies, takes_tools=False) if replies else None
        self.library = Library(chosen, self.model, embedder=films.embedder, gate=self.house)
        self.client = TestClient(create_api(self.library, house=self.house), ADDRESS, raise_server_exceptions=False)

    def say(self, text: str, **headers: str) -> Any:
        return self.client.post("/v1/chat", json={"message": text}, headers=headers)

    def metrics(self) -> dict[tuple[str, ...], float]:
        """The samples of ours: name and values of the labels → value."""
        text = self.client.get("/metrics").text
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name.startswith("cicerone_")
        }


class OpenedHere:
    """Opens and closes the library inside the loop of the test client."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def __enter__(self) -> Server:
        self.server.client.__enter__()
        assert self.server.client.portal
        self.server.client.portal.call(self.server.library.__aenter__)
        return self.server

    def __exit__(self, *_: object) -> None:
        assert self.server.client.portal
        self.server.client.portal.call(self.server.library.__aexit__)
        self.server.client.__exit__()


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """Everything logged by anybody, at any level, as JSON lines."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "cicerone")
    form = JsonLines(["sk-key-of-the-model"])
    yield lambda: [json.loads(form.format(record)) for record in caplog.records]


def test_a_turn_is_counted_and_has_one_line(bundles_dir: Path, films: Bundle, lines: Any) -> None:
    with OpenedHere(Server(bundles_dir, films)) as server:
        said = server.say(f"a thriller {CANARY}", **{"X-Request-Id": "request-1"})
        assert said.status_code == 200
        assert said.headers["X-Request-Id"] == "request-1"
        counted = server.metrics()
    assert counted["cicerone_turns_total", "chat", "answered", "basic"] == 1
    assert counted["cicerone_turn_seconds_count", "basic"] == 1
    assert counted["cicerone_stage_seconds_count", "understand"] == 1
    assert counted["cicerone_tool_seconds_count", "search_keywords"] == 1
    assert counted["cicerone_http_requests_total", "/v1/chat", "200"] == 1
    assert counted["cicerone_turns_running",] == counted["cicerone_turns_waiting",] == 0
    assert counted["cicerone_model_breaker", "closed"] == 1
    assert {key[2] for key in counted if key[0] == "cicerone_build_info"} == {"films", "games"}
    (turn,) = [line for line in lines() if line["event"] == "turn"]
    assert (turn["request_id"], turn["door"], turn["outcome"], turn["planner"]) == (
        "request-1",
        "chat",
        "answered",
        "basic",
    )
    assert turn["turn_id"] and turn["thread_id"] and turn["user_id"].startswith("guest-")
    assert turn["n_items"] == len(said.json()["items"]) > 0
    (request,) = [line for line in lines() if line["event"] == "request" and line["route"] == "/v1/chat"]
    assert (request["request_id"], request["status"]) == ("request-1", 200)
    assert request["ms"] >= turn["ms"] * 0.9


def test_a_model_that_fails_is_counted_with_the_fallback(bundles_dir: Path, films: Bundle) -> None:
    refused = ModelUnavailable(f"The language model said {CANARY}.")
    with OpenedHere(Server(bundles_dir, films, refused)) as server:
        server.say("a thriller")
        counted = server.metrics()
    assert counted["cicerone_fallbacks_total",] == 1
    assert counted["cicerone_model_failures_total", "ModelUnavailable"] == 1
    assert counted["cicerone_turns_total", "chat", "answered", "basic"] == 1


def test_a_model_that_plans_and_explains_is_counted(bundles_dir: Path, films: Bundle) -> None:
    plan = ModelReply(text='{"limits": [], "query": "thriller"}', tokens=100, tokens_out=10)
    with OpenedHere(Server(bundles_dir, films, plan, ["It", " is what you asked for."])) as server:
        server.say("a thriller")
        counted = server.metrics()
    assert counted["cicerone_turns_total", "chat", "answered", "llm"] == 1
    assert counted["cicerone_model_call_seconds_count", "complete"] == 1
    assert counted["cicerone_model_call_seconds_count", "stream"] == 1
    assert counted["cicerone_model_tokens_total", "in"] >= 90
    assert counted["cicerone_fallbacks_total",] == 0


def test_nothing_said_and_no_key_is_logged_or_counted(bundles_dir: Path, films: Bundle, lines: Any) -> None:
    """With a model that quotes both, a tool that breaks and an endpoint that fails."""
    quoting = RuntimeError(f"{CANARY} and sk-key-of-the-model")
    with OpenedHere(Server(bundles_dir, films, quoting, quoting, quoting)) as server:
        for text in (f"a thriller {CANARY}", f"something with {CANARY}\r\nlevel=error forged"):
            server.say(text)
        server.client.post("/v1/recommend", json={"query": CANARY, "filters": [{"field": CANARY, "op": "eq"}]})
        server.client.get(f"/v1/items/{CANARY}?catalog={CANARY}")
        server.client.get(f"/{CANARY}")
        shown = server.client.get("/metrics").text
    told = json.dumps(lines())
    ours = json.dumps([line for line in lines() if line["logger"].startswith("cicerone")])
    assert '"turn"' in told and "RuntimeError" in told, "there was something to leak"
    assert CANARY not in shown
    assert CANARY not in ours
    assert "sk-key-of-the-model" not in told


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat", {"message": "a thriller"}),
        ("/v1/recommend", {"query": "a thriller"}),
    ],
)
def test_who_finds_no_place_gets_a_problem_and_when_to_come_again(
    path: str, body: dict[str, Any], bundles_dir: Path, films: Bundle
) -> None:
    with OpenedHere(Server(bundles_dir, films, admission=Admission(1, 0))) as server:
        server.house.admission.n_running = 1
        for accept in ("application/json", "text/event-stream"):
            refused = server.client.post(path, json=body, headers={"Accept": accept})
            assert refused.status_code == 429
            assert int(refused.headers["Retry-After"]) >= 1
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.json()["detail"] == "Too many people are asking just now. Ask again in a second."
        counted = server.metrics()
    assert counted["cicerone_turns_refused_total",] == 2


def test_openai_clients_are_refused_in_their_own_form(bundles_dir: Path, films: Bundle) -> None:
    asked = {"model": "cicerone", "messages": [{"role": "user", "content": "a thriller"}]}
    with OpenedHere(Server(bundles_dir, films, admission=Admission(1, 0))) as server:
        server.house.admission.n_running = 1
        for stream in (False, True):
            refused = server.client.post("/v1/chat/completions", json=asked | {"stream": stream})
            assert refused.status_code == 429
            assert int(refused.headers["Retry-After"]) >= 1
            assert "Ask again" in refused.json()["error"]["message"]


def test_a_stopping_server_says_so_to_everybody(bundles_dir: Path, films: Bundle) -> None:
    with OpenedHere(Server(bundles_dir, films)) as server:
        assert server.client.get("/readyz").status_code == 200
        server.house.admission.close()
        unready, refused = server.client.get("/readyz"), server.say("a thriller")
        alive, counted = server.client.get("/healthz"), server.metrics()
    assert (unready.status_code, refused.status_code, alive.status_code) == (503, 503, 200)
    assert int(refused.headers["Retry-After"]) >= 1
    assert "about to stop" in refused.json()["detail"] and "about to stop" in unready.json()["detail"]
    assert counted["cicerone_stopping",] == 1


def test_a_store_that_cannot_be_read_makes_the_server_unready(
    bundles_dir: Path, films: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise OSError("disk on fire")

    with OpenedHere(Server(bundles_dir, films)) as server:
        monkeypatch.setattr(server.library, "thread", broken)
        unready = server.client.get("/readyz")
    assert unready.status_code == 503
    assert "cannot be read" in unready.json()["detail"]
    assert "fire" not in unready.text
