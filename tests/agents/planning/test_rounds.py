"""When a planner asks its model again: a plan that finds nothing, within the time, and never for the same answer."""

import asyncio
import json

import pytest
from fakes import ScriptedLLM
from planning_briefs import args_of, brief_of, json_plan, limit, native, plan_of

from agents.model.chat import ModelReply
from agents.planning.brief import PlanBrief
from agents.planning.planner import plan_with_model
from agents.state import Plan
from errors import ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings


def without_vectors(bundle: Bundle, text: str) -> PlanBrief:
    brief = brief_of(bundle, text)
    brief.by_meaning = False
    return brief


def asked(brief: PlanBrief, *replies: str | ModelReply | Exception, tools: str) -> tuple[Plan, ScriptedLLM]:
    with ScriptedLLM(*replies) as model:
        return asyncio.run(plan_with_model(model, brief, Settings(_env_file=None, llm_tools=tools))), model


def test_words_no_item_has_are_asked_for_again_in_json(films: Bundle) -> None:
    brief = without_vectors(films, "something zorpy")
    plan, model = asked(brief, json_plan(query="zorpy"), json_plan(query="wistful toys"), tools="json")
    assert args_of(plan)["search_keywords"]["query"] == "wistful toys"
    told = model.asked[1]["messages"][-1]["content"]
    assert "any of these words: zorpy" in told and "Toy" not in told


def test_native_calls_are_answered_as_the_protocol_wants(films: Bundle) -> None:
    brief = without_vectors(films, "something zorpy")
    first = native(("search_keywords", {"query": "zorpy"}), ("ask_user", {"text": "Light?"}))
    plan, model = asked(brief, first, native(("search_keywords", {"query": "toys"})), tools="native")
    assert args_of(plan)["search_keywords"]["query"] == "toys"
    called, *results = model.asked[1]["messages"][-3:]
    assert [call["function"]["name"] for call in called["tool_calls"]] == ["search_keywords", "ask_user"]
    assert [result["tool_call_id"] for result in results] == [call["id"] for call in called["tool_calls"]]
    assert "zorpy" in results[0]["content"] and results[1]["content"] == "done"


def test_the_same_plan_again_ends_the_asking(films: Bundle) -> None:
    brief = without_vectors(films, "something zorpy")
    plan, model = asked(brief, json_plan(query="zorpy"), json_plan(query="zorpy"), tools="json")
    assert len(model.asked) == 2
    assert args_of(plan)["search_keywords"]["query"] == "zorpy"


def test_three_rounds_are_the_most(films: Bundle) -> None:
    brief = without_vectors(films, "something zorpy")
    _, model = asked(brief, *(json_plan(query=word) for word in ("zorpy", "zorpier", "zorpiest")), tools="json")
    assert len(model.asked) == 3


def test_a_failure_in_a_later_round_keeps_the_first_plan(films: Bundle) -> None:
    brief = without_vectors(films, "something zorpy like Toy Story")
    brief.understood = brief.understood.model_copy(update={"anchors": []})
    first = json_plan(query="zorpy", similar_to=["Toy Story"])
    plan, _ = asked(brief, first, ModelUnavailable("Gone."), tools="json")
    assert args_of(plan)["similar_items"]["item_ids"] == ["tt0114709"]
    assert "Gone." in brief.notes


def test_nothing_is_asked_again_without_time(films: Bundle) -> None:
    brief = without_vectors(films, "something zorpy")
    with ScriptedLLM(json_plan(query="zorpy")) as model:
        settings = Settings(_env_file=None, llm_tools="json")
        asyncio.run(plan_with_model(model, brief, settings, within_s=0.0))


@pytest.mark.parametrize("text", ["something with toys", "a comedy that is zorpy", "zorpy, like Toy Story"])
def test_one_round_is_enough_where_there_is_something_to_go_on(films: Bundle, text: str) -> None:
    plan_of(without_vectors(films, text), json_plan(query="toys" if "toys" in text else "zorpy"))


def test_limits_of_the_model_that_leave_nothing_are_told_and_dropped(films: Bundle) -> None:
    brief = brief_of(films, "animation from the seventies")
    brief.mentions.clear()
    brief.ledger = brief.ledger.model_copy(update={"limits": []})
    narrow = [limit("genres", "contains", "Animation"), limit("year", "between", [1970, 1979])]
    assert len(plan_of(brief, json_plan(limits=narrow[:1])).limits) == 1
    plan, model = asked(brief, json_plan(limits=narrow), json_plan(limits=narrow), tools="json")
    told = json.dumps(model.asked[1]["messages"][-1])
    assert "0 of 40 films match" in told
    assert plan.limits == []
