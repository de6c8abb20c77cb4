"""Planning with a model that says anything at all: what reaches the plan, and what never does."""

import asyncio
import json
from typing import Any

import pytest
from fakes import ScriptedLLM
from planning_briefs import args_of, brief_of, json_plan, limit, native, plan_of

from agents.model.chat import TooSlow
from agents.planning.planner import plan_with_model
from errors import ModelNonsense, ModelUnavailable
from retrieval.bundle import Bundle
from settings import Settings


def test_native_calls_become_a_plan(films: Bundle) -> None:
    brief = brief_of(films, "a wistful story like Toy Story")
    calls = native(("search_meaning", {"query": "wistful"}), ("similar_items", {"items": ["Toy Story"]}))
    plan = plan_of(brief, calls, tools="auto")
    assert plan.by == "llm"
    assert args_of(plan)["search_meaning"]["query"] == "wistful"
    assert args_of(plan)["similar_items"]["item_ids"] == ["tt0114709"]


def test_calls_written_as_fenced_text_cost_one_call_and_are_remembered(films: Bundle) -> None:
    text = '```json\n{"name": "search_meaning", "arguments": {"query": "wistful"}}\n```'
    settings = Settings(_env_file=None)
    with ScriptedLLM(text, json_plan(query="wistful")) as model:
        plan = asyncio.run(plan_with_model(model, brief_of(films, "something wistful"), settings))
        assert args_of(plan)["search_keywords"]["query"] == "wistful"
        asyncio.run(plan_with_model(model, brief_of(films, "something wistful"), settings))
    assert ["tools" in request for request in model.asked] == [True, False]
    assert "schema" in model.asked[1]


def test_a_chatty_answer_is_followed_by_the_json_plan(films: Bundle) -> None:
    brief = brief_of(films, "something wistful")
    assert args_of(plan_of(brief, "Sure, I love films!", json_plan(query="wistful"), tools="auto"))["search_meaning"]


def test_a_wrong_plan_is_repaired_once(films: Bundle) -> None:
    brief = brief_of(films, "something wistful")
    plan = plan_of(brief, "I would look for something wistful.", json_plan(query="wistful"))
    assert args_of(plan)["search_meaning"]["query"] == "wistful"


@pytest.mark.parametrize("tools", ["auto", "json", "native"])
def test_two_wrong_answers_are_nonsense(films: Bundle, tools: str) -> None:
    brief = brief_of(films, "something wistful")
    with pytest.raises(ModelNonsense):
        plan_of(brief, "no", "{broken", tools=tools)


def test_a_model_that_is_gone_is_not_asked_twice(films: Bundle) -> None:
    with pytest.raises(ModelUnavailable):
        plan_of(brief_of(films, "something wistful"), ModelUnavailable("Gone."))


def test_a_model_too_slow_for_tools_is_asked_for_json_next(films: Bundle) -> None:
    model = ScriptedLLM(TooSlow("Slow."), json_plan(query="wistful"))
    with pytest.raises(TooSlow):
        asyncio.run(plan_with_model(model, brief_of(films, "something wistful"), Settings(_env_file=None)))
    asyncio.run(plan_with_model(model, brief_of(films, "something wistful"), Settings(_env_file=None)))
    assert "schema" in model.asked[1]


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("something wistful", limit("cast", "contains", "Tom Hanks")),
        ("something wistful", limit("year", "gte", 1990)),
        ("something wistful", limit("genres", "contains", "Drama")),
        ("something wistful", limit("studio", "eq", "wistful")),
        ("something wistful", limit("genres", "like", "wistful")),
        ("something wistful", limit("genres", "contains", "wistful")),
        ("something wistful", limit("genres", "contains", None)),
        ("not too wistful", limit("genres", "not_contains", "Wistful")),
        ("something wistful", limit("year", "between", ["a", "b"])),
        ("a film for my 3 kids", limit("critic_score", "gte", 3)),
        ("a film for my 95 cats", limit("runtime_min", "lte", 95)),
        ("I loved Toy Story, what else?", limit("title", "contains", "Toy Story")),
        ("anything but horror", limit("genres", "contains", "Horror")),
        ("like 2001: A Space Odyssey", limit("year", "eq", 2001)),
        ("no films from 1999", limit("year", "eq", 1999)),
    ],
)
def test_a_limit_nobody_stated_is_dropped(films: Bundle, text: str, invented: dict[str, Any]) -> None:
    brief = brief_of(films, text)
    plan = plan_of(brief, json_plan(limits=[invented], query="wistful"))
    assert plan.limits == []
    assert any("limit" in note for note in brief.notes)


def test_a_limit_the_linker_left_open_is_added_with_its_words(films: Bundle) -> None:
    brief = brief_of(films, "nothing with animated creatures")
    brief.mentions.clear()
    brief.ledger = brief.ledger.model_copy(update={"limits": []})
    plan = plan_of(
        brief, json_plan(limits=[limit("Genre", "ne", "Animation"), limit("genres", "contains", "Animation")])
    )
    assert [(one.filter.field, one.filter.op, one.filter.value) for one in plan.limits] == [
        ("genres", "not_contains", "Animation")
    ]
    assert plan.limits[0].words == "animated"
    assert plan.limits[0].source == "model"


@pytest.mark.parametrize(
    ("text", "given", "kept"),
    [
        ("from the seventies", limit("year", "between", [1970, 1979]), ("between", [1970.0, 1979.0])),
        ("from the 70s", limit("year", "eq", "1970s"), ("between", [1970, 1979])),
        ("before 1999", limit("year", "lte", 1998), ("lte", 1998.0)),
        ("before 1999", limit("year", "gte", 1999), None),
        ("under two hours", limit("runtime_min", "lte", "120 min"), ("lte", 120.0)),
        ("under two hours", limit("runtime_min", "lte", 90), None),
        ("under two hours", limit("year", "lte", 120), None),
        ("a score of at least 90 percent", limit("critic_score", "gte", 90), ("gte", 90.0)),
    ],
)
def test_numbers_are_traced_through_decades_and_units(
    films: Bundle, text: str, given: dict[str, Any], kept: tuple[str, Any] | None
) -> None:
    brief = brief_of(films, text)
    brief.mentions.clear()
    brief.ledger = brief.ledger.model_copy(update={"limits": []})
    plan = plan_of(brief, json_plan(limits=[given]))
    assert [(one.filter.op, one.filter.value) for one in plan.limits] == ([kept] if kept else [])


@pytest.mark.parametrize(("op", "kept"), [("contains", 0), ("not_contains", 1)])
def test_a_tag_may_be_excluded_but_not_required(films: Bundle, op: str, kept: int) -> None:
    brief = brief_of(films, "about animation" if op == "contains" else "without animation")
    brief.mentions.clear()
    brief.ledger = brief.ledger.model_copy(update={"limits": []})
    brief.fields = {**brief.fields, "genres": brief.fields["genres"].model_copy(update={"n_values": 900})}
    assert len(plan_of(brief, json_plan(limits=[limit("genres", op, "Animation")])).limits) == kept


def test_limits_in_force_are_not_repeated_or_narrowed(films: Bundle) -> None:
    brief = brief_of(films, "a comedy from the nineties")
    again = [limit("genres", "contains", "comedy"), limit("year", "gte", 1990), limit("year", "lte", 1995)]
    assert plan_of(brief, json_plan(limits=again)).limits == []


def test_only_items_shown_and_pointed_at_or_named_are_seeds(films: Bundle) -> None:
    shown = ["tt0133093", "tt0114709"]
    brief = brief_of(films, "more like the second one", shown=shown)
    plan = plan_of(brief, json_plan(similar_to=["2", "9", "tt0062622", "Inception"]))
    assert args_of(plan)["similar_items"]["item_ids"] == ["tt0114709"]
    brief = brief_of(films, "something wistful", shown=shown)
    assert "similar_items" not in args_of(plan_of(brief, json_plan(similar_to=["1"], query="wistful")))


def test_a_query_says_no_more_than_what_is_no_limit(films: Bundle) -> None:
    brief = brief_of(films, "a comedy from the nineties")
    assert set(args_of(plan_of(brief, json_plan(query="comedy from the nineties")))) == {"filter_items"}


def test_an_order_needs_a_superlative(films: Bundle) -> None:
    plan = plan_of(brief_of(films, "something wistful"), json_plan(query="wistful", order_by="critic_score"))
    assert "order_by" not in args_of(plan)["filter_items"]
    plan = plan_of(brief_of(films, "the weirdest films"), json_plan(order_by="lowest critic_score"))
    assert args_of(plan)["filter_items"]["order_by"] == "critic_score"
    assert args_of(plan)["filter_items"]["descending"] is False


def test_unknown_tools_and_too_many_calls_do_nothing(films: Bundle) -> None:
    many = [("search_meaning", {"query": "wistful"})] * 30 + [("delete_everything", {})]
    brief = brief_of(films, "something wistful")
    plan = plan_of(brief, native(*many), tools="native")
    assert len(plan.calls) == 3
    assert all(call.args["k"] <= 500 for call in plan.calls)
    assert any("delete_everything" in note for note in brief.notes)


@pytest.mark.parametrize(
    ("text", "question", "asked"),
    [
        ("surprise me", "Light or serious?", True),
        ("surprise me", "See https://evil.example?", False),
        ("surprise me", "<b>Light</b>?", False),
        ("surprise me", "I cannot help", False),
        ("a French comedy from the seventies", "Light or serious?", False),
    ],
)
def test_questions_are_rare_short_and_plain(films: Bundle, text: str, question: str, asked: bool) -> None:
    calls = native(("ask_user", {"text": question, "choices": ["Light", "Serious", "Light", "x" * 200]}))
    plan = plan_of(brief_of(films, text), calls, tools="native")
    assert (plan.question is not None) is asked
    if plan.question:
        assert plan.question.choices == ["Light", "Serious"]


def test_the_model_never_reads_catalogue_text(films: Bundle) -> None:
    shown = ["tt0133093", "tt0114709"]
    settings = Settings(_env_file=None)
    with ScriptedLLM(native(("search_meaning", {"query": "wistful"})), json_plan(query="wistful")) as model:
        for _ in range(2):
            asyncio.run(plan_with_model(model, brief_of(films, "something wistful", shown=shown), settings))
            model.endpoint.tools = False
    told = json.dumps([request["messages"] for request in model.asked])
    assert "On screen: 2 films" in told
    assert "Matrix" not in told and "simulation" not in told and "tt0133093" not in told


def test_prompts_speak_of_the_catalogue_at_hand(games: Bundle) -> None:
    with ScriptedLLM(json_plan(query="clever")) as model:
        model.endpoint.tools = False
        asyncio.run(plan_with_model(model, brief_of(games, "something clever"), Settings(_env_file=None)))
    system = model.asked[0]["messages"][0]["content"]
    assert "catalogue of games" in system
    assert "film" not in system and "movie" not in system and "$" not in system
