"""The facade: threads kept apart and in order, failing tools and models survived, state kept over restarts."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fakes import ScriptedLLM

from agents.events import Event, TurnFinished, TurnStarted
from agents.memory import open_threads
from agents.model.chat import ModelReply
from agents.session import Cicerone
from agents.state import Ledger, Limit, PastTurn, Thread, ToolCall
from agents.turn import Turn
from errors import ModelNonsense, ModelUnavailable, SettingsError
from retrieval.bundle import Bundle
from retrieval.items import Filter
from settings import Settings
from tools import call_tool
from tools.spec import ToolContext, ToolResult

BASIC = Settings(planner="basic")


async def finish(events: AsyncIterator[Event]) -> TurnFinished:
    last = None
    async for event in events:
        last = event
    assert isinstance(last, TurnFinished)
    return last


def one_turn(
    bundle: Bundle, text: str, model: Any = None, settings: Settings = BASIC
) -> tuple[TurnFinished, list[Event]]:
    async def run() -> tuple[TurnFinished, list[Event]]:
        async with Cicerone(bundle, settings, model) as agent:
            events = [event async for event in agent.turn("ann", None, text)]
            assert isinstance(events[-1], TurnFinished)
            return events[-1], events

    return asyncio.run(run())


def test_events_come_in_order_and_tokens_make_the_reply(films: Bundle) -> None:
    turn, events = one_turn(films, "a comedy")
    kinds = [event.type for event in events]
    assert kinds[0] == "turn_started"
    assert kinds[-1] == "turn_finished"
    assert kinds.index("tool_started") < kinds.index("tool_finished") < kinds.index("slate") < kinds.index("token")
    assert "".join(event.text for event in events if event.type == "token") == turn.reply
    assert set(turn.stages_ms) >= {"understand", "plan", "tools", "rank", "verify", "answer", "remember"}


def test_overlapping_messages_of_one_thread_are_all_kept_in_order(films: Bundle) -> None:
    async def run() -> list[str]:
        async with Cicerone(films, BASIC) as agent:
            texts = [f"a comedy number {i}" for i in range(12)]
            await asyncio.gather(*(finish(agent.turn("ann", "t", text)) for text in texts))
            return [past.user for past in (await agent.thread("ann", "t")).past]

    assert asyncio.run(run()) == [f"a comedy number {i}" for i in range(12)]


def test_people_never_see_each_other(films: Bundle) -> None:
    async def run() -> tuple[Any, Any, Any]:
        async with Cicerone(films, BASIC) as agent:
            await finish(agent.turn("ann", "same-id", "a comedy from the nineties"))
            bob = await finish(agent.turn("bob", "same-id", "what did you show me before?"))
            return bob, await agent.ledger("bob", "same-id"), await agent.ledger("ann", "same-id")

    bob, his, hers = asyncio.run(run())
    assert not bob.items
    assert not his.chips
    assert len(hers.chips) == 2


def test_a_user_id_with_a_slash_opens_nobody_elses_thread(films: Bundle) -> None:
    async def run() -> Any:
        async with Cicerone(films, BASIC) as agent:
            await finish(agent.turn("ann", "b/c", "a comedy"))
            return await agent.ledger("ann/b", "c")

    assert not asyncio.run(run()).chips


def test_threads_survive_a_restart_in_a_file_only_its_owner_reads(films: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "people" / "threads.sqlite"

    async def run(text: str) -> TurnFinished:
        async with open_threads(path) as threads, Cicerone(films, BASIC, threads=threads) as agent:
            return await finish(agent.turn("ann", "t", text))

    asyncio.run(run("a comedy"))
    second = asyncio.run(run("from the nineties"))
    assert {f.field for f in second.filters} == {"genres", "year"}
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "people").write_text("a file where the folder should be")

    async def run() -> None:
        async with open_threads(tmp_path / "people" / "threads.sqlite"):
            pass

    with pytest.raises(SettingsError, match="people"):
        asyncio.run(run())


@pytest.mark.parametrize("broken", ["search_keywords", "search_meaning", "similar_items", "filter_items"])
def test_a_tool_that_fails_leaves_a_note_and_a_slate(
    films: Bundle, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def sabotage(name: str, raw: dict[str, Any], context: ToolContext) -> ToolResult:
        if name == broken:
            raise RuntimeError("boom")
        return call_tool(name, raw, context)

    monkeypatch.setattr("agents.graph.call_tool", sabotage)
    turn, _ = one_turn(films, "something like Alien about a hunted crew")
    assert turn.items
    assert {tool.name for tool in turn.tools if tool.error} == {broken}
    assert all("boom" not in tool.error for tool in turn.tools)


def test_a_tool_that_hangs_is_left_behind_at_the_deadline(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(name: str, raw: dict[str, Any], context: ToolContext) -> ToolResult:
        if name == "search_meaning":
            time.sleep(1.5)
        return call_tool(name, raw, context)

    monkeypatch.setattr("agents.graph.call_tool", hang)
    turn, _ = one_turn(films, "a hunted crew in space", settings=Settings(planner="basic", turn_deadline_s=0.1))
    assert turn.items
    assert any("longer than" in tool.error for tool in turn.tools)


PLAN = '{"limits": [], "query": "space", "similar_to": [], "order_by": "", "ask": ""}'


def test_a_model_plans_and_writes(films: Bundle) -> None:
    with ScriptedLLM(PLAN, "Alien is a tense ride from 1979. ", takes_tools=False) as model:
        turn, events = one_turn(films, "a horror film set in space", model)
    assert isinstance(events[0], TurnStarted)
    assert turn.planner == "llm"
    assert turn.model_calls == 2
    assert turn.tokens == 20
    assert turn.reply.startswith("Alien is a tense ride from 1979.")
    assert not turn.notices


def test_the_models_own_limits_must_come_from_the_conversation(films: Bundle) -> None:
    plan = '{"limits": [{"field": "cast", "op": "contains", "value": "Tom Hanks"}], "query": "space"}'
    with ScriptedLLM(plan, "Here you are.", takes_tools=False) as model:
        turn, _ = one_turn(films, "a horror film set in space", model)
    assert all(f.field != "cast" for f in turn.filters)
    assert any("Tom Hanks" in note for note in turn.model_notes)


@pytest.mark.parametrize(
    "failure",
    [
        ModelUnavailable("The language model at x cannot be reached."),
        ModelNonsense("The language model at x talks nonsense."),
    ],
)
def test_a_model_that_fails_is_replaced_in_the_same_turn(films: Bundle, failure: Exception) -> None:
    model = ScriptedLLM(*[failure] * 4, takes_tools=False)
    turn, _ = one_turn(films, "a comedy from the nineties", model)
    assert turn.planner == "basic"
    assert turn.items
    assert turn.reply
    assert sum("language model" in notice for notice in turn.notices) >= 1


@pytest.mark.parametrize(
    "rubbish", ["", "lorem ipsum", "{}", "[[[", '{"limits": "all"}', "<html>", "null", '{"query": 7}']
)
def test_a_model_that_talks_nonsense_never_empties_the_slate(films: Bundle, rubbish: str) -> None:
    model = ScriptedLLM(rubbish, rubbish, "The Godfather XII (2031) is the best.", "x", takes_tools=False)
    turn, _ = one_turn(films, "a comedy from the nineties", model)
    assert turn.items
    assert "Godfather" not in turn.reply
    assert all("Comedy" in item.fields["genres"] for item in turn.items)


def test_invented_tools_and_ids_are_dropped(films: Bundle) -> None:
    calls = [
        ToolCall(tool="delete_everything", args={}),
        ToolCall(tool="similar_items", args={"item_ids": ["tt999"]}),
        ToolCall(tool="search_keywords", args={"query": "space"}),
    ]
    with ScriptedLLM(ModelReply(calls=calls), "Here you are.") as model:
        turn, _ = one_turn(films, "a story in space", model)
    assert "delete_everything" not in [tool.name for tool in turn.tools]
    assert turn.items


def test_words_nobody_knows_are_admitted(films: Bundle) -> None:
    turn, _ = one_turn(films, "qwertz zxcvb")
    assert any("qwertz" in notice for notice in turn.notices)
    assert turn.items


def test_a_defect_in_a_node_still_ends_the_turn_with_words(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: Any) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("agents.graph.rank", explode)
    turn, events = one_turn(films, "a comedy")
    assert "please try again" in turn.reply
    assert "secret" not in turn.model_dump_json()
    assert [event.type for event in events[-2:]] == ["error", "turn_finished"]


def test_in_a_long_conversation_limits_still_know_the_words_they_came_from(
    films: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = [PastTurn(turn_id=str(i), user=f"message {i}", reply="") for i in range(3)]
    old = Limit(filter=Filter(field="year", op="gte", value=2020), words="message 1", turn=101)
    heard: dict[int, str] = {}
    monkeypatch.setattr("agents.graph.relax", lambda *_, said, **__: heard.update(said))

    async def run() -> Turn:
        async with Cicerone(films, BASIC) as agent:
            turn = agent.new_turn("a horror film shorter than 60 minutes")
            turn.thread = Thread(past=past, n_dropped=100, ledger=Ledger(limits=[old]))
            async for _ in agent.run(turn, "", {}):
                pass
            return turn

    turn = asyncio.run(run())
    assert {limit.turn for limit in turn.read.ledger.limits} == {101, 103}
    assert heard == {100: "message 0", 101: "message 1", 102: "message 2", 103: turn.text}
    assert turn.thread.n_turns == 104
