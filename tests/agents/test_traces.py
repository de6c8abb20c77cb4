"""What a trace tells of a turn."""

import asyncio
import json

from fakes import ScriptedLLM
from pydantic import SecretStr

from agents.session import Cicerone
from agents.trace_files import LastTrace
from agents.traces import Trace, settings_told
from retrieval.bundle import Bundle
from settings import Settings


def traced(bundle: Bundle, *messages: str, model: ScriptedLLM | None = None) -> list[Trace]:
    """Take a conversation; return the trace of every turn."""

    async def run() -> list[Trace]:
        traces = []
        async with Cicerone(bundle, Settings(planner="auto" if model else "basic"), model) as agent:
            agent.traces = last = LastTrace()
            for message in messages:
                async for _ in agent.turn("ann", "t", message):
                    pass
                assert last.trace
                traces.append(last.trace)
        return traces

    return asyncio.run(run())


def test_a_trace_tells_each_step_and_survives_json(films: Bundle) -> None:
    first, second = traced(films, "a horror film of the 1970s", "something newer")
    again = Trace.model_validate_json(first.model_dump_json(exclude_defaults=True))
    assert again == first
    assert (first.catalog, first.build) == ("films", films.manifest.build_id)
    assert first.start.text == "a horror film of the 1970s"
    assert first.start.thread.past == []
    assert [past.user for past in second.start.thread.past] == ["a horror film of the 1970s"]
    came = first.outcome
    assert [limit["filter"]["field"] for limit in came.reading["ledger"]["limits"]] == ["genres", "year"]
    assert {call.name for call in first.tools} >= {"filter_items"}
    assert came.lists
    assert came.lists[0].hits
    assert [item.item_id for item in came.slate] == [item.item_id for item in came.ranked[: len(came.slate)]]
    assert set(first.stages_ms) >= {"understand", "plan", "tools", "rank", "verify", "answer"}


def test_the_parts_of_a_score_add_up(films: Bundle) -> None:
    first, second = traced(films, "films set in space", "I loved Alien and The Matrix, what next?")
    for trace in (first, second):
        assert trace.outcome.ranked
        for item in trace.outcome.ranked:
            assert abs(sum(item.parts.values()) - item.score) < 1e-3
    assert "known" in second.outcome.ranked[0].parts or "known_standing" in second.outcome.ranked[0].parts


def test_the_models_words_are_kept_with_what_they_cost(films: Bundle) -> None:
    with ScriptedLLM('{"query": "space"}', ["Alien is in the list. "], takes_tools=False) as model:
        (trace,) = traced(films, "films set in space", model=model)
    planned, told = trace.exchanges
    assert planned.messages == model.asked[0]["messages"]
    assert planned.text == '{"query": "space"}'
    assert told.streamed
    assert told.pieces == ["Alien is in the list. "]
    assert planned.tokens == told.tokens == 10
    assert trace.start.model == "scripted"


def test_no_key_and_no_address_gets_into_a_trace() -> None:
    settings = Settings(llm_api_key=SecretStr("sk-secret"), llm_base_url="http://me:pass@host/v1", catalog="films")
    told = json.dumps(settings_told(settings), default=str)
    assert not any(word in told for word in ("secret", "pass", "http", "*"))
    assert settings_told(settings)["llm_tools"] == "auto"
