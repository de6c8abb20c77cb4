"""Turns run again from their traces."""

import argparse
import asyncio
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.events import Action
from agents.model.chat import ModelReply
from agents.ranking import ranker
from agents.session import Cicerone
from agents.trace_files import TraceFile, read_traces
from agents.traces import Trace
from errors import BundleError, InputError, ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings
from ui import replay

ALIEN = "tt0078748"


def recorded(bundle: Bundle, path: Path, *said: str | Action, model: ScriptedLLM | None = None) -> Path:
    """Take a conversation and leave its traces in a file."""

    async def run() -> None:
        traces = TraceFile(path)
        async with Cicerone(bundle, Settings(planner="auto" if model else "basic"), model, traces=traces) as agent:
            for one in said:
                text, action = (one, None) if isinstance(one, str) else ("", one)
                async for _ in agent.turn("ann", "t", text, action=action):
                    pass
        traces.close()

    asyncio.run(run())
    return path


def again(path: Path, bundle: Bundle) -> list[list[str]]:
    """Run all turns of a file again; return the differences of each."""

    async def run() -> list[list[str]]:
        return [await replay.differences(trace, bundle, Settings(planner="basic")) for trace in read_traces(path)]

    return asyncio.run(run())


def test_a_conversation_without_a_model_comes_out_the_same(films: Bundle, tmp_path: Path) -> None:
    said = ("horror of the 1970s", "more like the second one", Action(kind="like", item_id=ALIEN), "not so old", "undo")
    path = recorded(films, tmp_path / "t.jsonl", *said)
    assert again(path, films) == [[]] * len(said)


def test_a_conversation_with_a_model_comes_out_the_same_without_it(films: Bundle, tmp_path: Path) -> None:
    replies: list[Any] = [
        '{"limits": [{"field": "genres", "op": "contains", "value": "Horror"}], "query": "space"}',
        ["Alien is a hor", "ror film. It won 40 Oscars. ", "Enjoy"],
        ModelUnavailable("The language model is too busy."),
    ]
    with ScriptedLLM(*replies, takes_tools=False) as model:
        path = recorded(films, tmp_path / "t.jsonl", "a scary film in space", "something newer", model=model)
    first, second = read_traces(path)
    assert first.outcome.planner == "llm"
    assert second.exchanges[0].error == "ModelUnavailable"
    assert again(path, films) == [[], []]


def test_native_calls_come_out_the_same(films: Bundle, tmp_path: Path) -> None:
    call = {"tool": "search_keywords", "args": {"query": "space", "filters": []}}
    replies = [ModelReply.model_validate({"calls": [call], "tokens": 5}), "Alien."]
    with ScriptedLLM(*replies) as model:
        path = recorded(films, tmp_path / "t.jsonl", "a film in space", model=model)
        model._replies.clear()
    assert again(path, films) == [[]]


def test_another_weight_is_told(films: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recorded(films, tmp_path / "t.jsonl", "horror")
    monkeypatch.setattr(ranker, "KNOWN", ranker.KNOWN * 2)
    (found,) = again(path, films)
    assert any(line.startswith("ranked") and "score: was" in line for line in found)
    assert not any(line.startswith(("reading", "plan", "lists")) for line in found)


def test_another_prompt_is_told_with_where_it_parts(films: Bundle, tmp_path: Path) -> None:
    with ScriptedLLM('{"query": "space"}', "Alien.", takes_tools=False) as model:
        path = recorded(films, tmp_path / "t.jsonl", "a film in space", model=model)
    changed = path.read_text("utf-8").replace('"role":"system","content":"', '"role":"system","content":"Once. ', 1)
    path.write_text(changed, "utf-8")
    (found,) = again(path, films)
    assert found[0].startswith("request 1 to the model: system message: was")
    assert "Once." in found[0]


def test_a_request_never_made_then_and_one_not_made_now_are_told(films: Bundle, tmp_path: Path) -> None:
    with ScriptedLLM('{"query": "space"}', "Alien.", takes_tools=False) as model:
        path = recorded(films, tmp_path / "t.jsonl", "a film in space", model=model)
    (trace,) = read_traces(path)
    fewer = trace.model_copy(update={"exchanges": trace.exchanges[:1]})
    more = trace.model_copy(update={"exchanges": [*trace.exchanges, trace.exchanges[0]]})

    def told(one: Trace) -> list[str]:
        return asyncio.run(replay.differences(one, films, Settings(planner="basic")))

    assert any("holds no such request" in line for line in told(fewer))
    assert any("1 of 3 requests to the model were not made again" in line for line in told(more))


def command(path: Path, bundles: Path, **given: Any) -> tuple[int, list[str]]:
    told: list[str] = []
    args = argparse.Namespace(**{"trace": path, "turn": None, "catalog": None, "anyway": False, **given})
    code = asyncio.run(replay.replay(args, Settings(planner="basic", var_dir=bundles), told.append))
    return code, told


@pytest.fixture
def opened(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_opened", lambda settings, name: films)


@pytest.mark.usefixtures("opened")
def test_the_command_says_the_same_or_what_differs(films: Bundle, tmp_path: Path) -> None:
    path = recorded(films, tmp_path / "t.jsonl", "horror", "war films")
    assert command(path, tmp_path) == (0, ["turn 1 · horror · the same", "turn 2 · war films · the same"])
    path.write_text(path.read_text("utf-8").replace('"n_pool":', '"n_pool":9'), "utf-8")
    code, told = command(path, tmp_path, turn=2)
    assert code == 1
    assert told[0].startswith("turn 2 · war films · ")
    assert any("n_pool: was 9" in line for line in told)


@pytest.mark.usefixtures("opened")
def test_another_build_is_refused_unless_it_is_wanted(films: Bundle, tmp_path: Path) -> None:
    path = recorded(films, tmp_path / "t.jsonl", "horror")
    path.write_text(path.read_text("utf-8").replace(films.manifest.build_id, "20010101-000000"), "utf-8")
    with pytest.raises(BundleError, match="20010101-000000.*--anyway"):
        command(path, tmp_path)
    assert command(path, tmp_path, anyway=True)[0] == 0
    with pytest.raises(InputError, match="holds 1 trace"):
        command(path, tmp_path, turn=2)
