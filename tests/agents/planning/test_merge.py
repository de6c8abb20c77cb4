"""A model's plan upon the basic one: nothing that limits or finds is lost."""

import pytest

from agents.planning.brief import PlanBrief
from agents.planning.merge import merged
from agents.state import Plan, ToolCall
from retrieval.items import Filter

COMMON = {"filters": [], "k": 250}
HEARD = {"rainy", "comedy", "light"}
BRIEF = PlanBrief("x", {}, heard=lambda text: [word for word in text.split() if word in HEARD])
LIMIT = Filter(field="year", op="gte", value=2000)


def call(tool: str, **args: object) -> ToolCall:
    return ToolCall(tool=tool, args={**COMMON, **args})


BASIC = Plan(
    calls=[
        call("filter_items"),
        call("search_keywords", query="rainy funnier"),
        call("search_meaning", query="rainy funnier"),
        call("search_keywords", query="talk").model_copy(update={"label": "talk"}),
        call("similar_items", item_ids=["a", "b"], k=500),
    ]
)


def by_list(plan: Plan) -> dict[str, dict[str, object]]:
    return {one.list_name: one.args for one in plan.calls}


def test_an_empty_plan_of_a_model_changes_nothing() -> None:
    assert merged(Plan(), BASIC, [LIMIT], BRIEF).calls == BASIC.with_filters([LIMIT]).calls


@pytest.mark.parametrize(
    ("said", "keywords"),
    [
        ("rainy comedy", "rainy comedy"),
        ("rainy funnier", "rainy funnier light comedy"),
        ("funnier", "funnier light comedy"),
    ],
)
def test_its_phrase_searches_by_meaning_and_its_words_stand_in_for_those_no_item_has(said: str, keywords: str) -> None:
    mine = Plan(calls=[call("search_keywords", query="light comedy"), call("search_meaning", query="a light comedy")])
    basic = Plan(calls=[call("search_keywords", query=said), call("search_meaning", query=said)])
    args = by_list(merged(mine, basic, [], BRIEF))
    assert args["search_keywords"]["query"] == keywords
    assert args["search_meaning"]["query"] == f"a light comedy. {said}"


def test_nothing_is_searched_by_meaning_without_vectors() -> None:
    mine = Plan(calls=[call("search_meaning", query="a light comedy")])
    plan = merged(mine, Plan(calls=[call("filter_items")]), [], PlanBrief("x", {}, by_meaning=False))
    assert set(by_list(plan)) == {"filter_items"}


def test_seeds_are_added_and_the_depth_of_the_list_stays() -> None:
    args = by_list(merged(Plan(calls=[call("similar_items", item_ids=["c", "a"])]), BASIC, [], BRIEF))
    assert args["similar_items"]["item_ids"] == ["c", "a", "b"]
    assert args["similar_items"]["k"] == 500


def test_an_order_is_added_but_never_replaced() -> None:
    newest = Plan(calls=[call("filter_items", order_by="year", descending=True)])
    assert by_list(merged(newest, BASIC, [], BRIEF))["filter_items"]["order_by"] == "year"
    ordered = Plan(calls=[call("filter_items", order_by="length", descending=False)])
    assert by_list(merged(newest, ordered, [], BRIEF))["filter_items"]["order_by"] == "length"


def test_every_call_carries_every_limit_also_lists_of_the_model_alone() -> None:
    mine = Plan(calls=[call("suggest_titles", titles=["X"]), call("search_keywords", query="x")])
    plan = merged(mine, BASIC, [LIMIT], BRIEF)
    assert "suggest_titles" in by_list(plan)
    assert all(one.args["filters"] == [LIMIT.model_dump()] for one in plan.calls)
