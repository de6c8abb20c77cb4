"""The planner without a model: which tools are asked, and with what."""

from typing import Any

import pytest

from agents.planning.basic_planner import plan_basic, seeds_of
from agents.state import Intent, Ledger, Order, PastTurn, Plan, Taste, Thread, Understanding
from retrieval.items import Filter

LIMIT = Filter(field="year", op="gte", value=1990)
PAST = [PastTurn(turn_id="1", user="hi", reply="hello")]


def plan(understood: Understanding, thread: Thread | None = None, **options: Any) -> Plan:
    return plan_basic(understood, thread or Thread(), [LIMIT], **options)


def tools(made: Plan) -> list[str]:
    return [call.tool for call in made.calls]


def args(made: Plan, tool: str) -> dict[str, Any]:
    return next(call.args for call in made.calls if call.tool == tool)


def taste(kind: str, item_id: str) -> Taste:
    return Taste(kind=kind, words="", turn=0, item_id=item_id)  # type: ignore[arg-type]


def test_a_described_wish_asks_filters_words_and_meaning_each_within_the_limits() -> None:
    made = plan(Understanding(query="a haunted house"))
    assert tools(made) == ["filter_items", "search_keywords", "search_meaning"]
    assert all(call.args["filters"] == [LIMIT.model_dump()] for call in made.calls)
    assert args(made, "search_meaning")["query"] == "a haunted house"
    assert made.by == "basic"


def test_limits_alone_ask_the_filter_only() -> None:
    assert tools(plan(Understanding())) == ["filter_items"]


def test_an_order_goes_to_the_filter() -> None:
    made = plan(Understanding(order=Order(field="year", descending=False)))
    assert args(made, "filter_items") | {"k": 0} == {
        "filters": [LIMIT.model_dump()], "k": 0, "order_by": "year", "descending": False,
    }  # fmt: skip


def test_a_turn_that_only_amends_goes_on_with_the_subject() -> None:
    made = plan(Understanding(), Thread(query="trains"))
    assert args(made, "search_keywords")["query"] == "trains"
    assert args(plan(Understanding(query="ships"), Thread(query="trains")), "search_keywords")["query"] == "ships"
    assert tools(plan(Understanding(anchors=["a"]), Thread(query="trains"))) == ["filter_items", "similar_items"]


@pytest.mark.parametrize("intent", ["recap", "help"])
def test_what_needs_no_items_asks_nothing(intent: Intent) -> None:
    assert not plan(Understanding(intent=intent, query="x"), always_slate=True).calls


def test_small_talk_gets_a_slate_first_and_where_a_caller_insists() -> None:
    talk = Understanding(intent="smalltalk")
    assert tools(plan(talk)) == ["filter_items"]
    assert not plan(talk, Thread(past=PAST)).calls
    assert tools(plan(talk, Thread(past=PAST), always_slate=True)) == ["filter_items"]


@pytest.mark.parametrize("intent", ["details", "compare"])
def test_questions_about_items_look_up_those_items_only(intent: Intent) -> None:
    made = plan(Understanding(intent=intent, anchors=[f"i{n}" for n in range(9)], query="how long"))
    assert tools(made) == ["item_details"]
    assert args(made, "item_details") == {"item_ids": [f"i{n}" for n in range(6)]}
    assert "filter_items" in tools(plan(Understanding(intent=intent)))


def test_the_talk_is_a_list_of_its_own_where_it_says_more_than_the_request() -> None:
    made = plan(Understanding(query="ghosts"), talk="haunted house ghosts")
    assert [(call.tool, call.list_name) for call in made.calls[1:]] == [
        ("search_keywords", "search_keywords"),
        ("search_meaning", "search_meaning"),
        ("search_keywords", "talk"),
    ]
    assert made.calls[-1].args["query"] == "haunted house ghosts"
    assert made.calls[-1].args["filters"] == [LIMIT.model_dump()]
    assert "talk" not in [call.list_name for call in plan(Understanding(query="big ghosts"), talk="ghosts").calls]
    ordered = Understanding(order=Order(field="year", descending=False))
    assert tools(plan(ordered, talk="haunted house")) == ["filter_items"]


def test_seeds_are_what_the_message_points_at_then_the_newest_likes_and_names() -> None:
    ledger = Ledger(tastes=[taste("like", "old"), taste("like", "new"), taste("seen", "seen"), taste("dislike", "bad")])
    thread = Thread(ledger=ledger, named=["named", "bad", "old"])
    assert seeds_of(Understanding(anchors=["this"], intent="similar"), thread) == ["this"]
    assert seeds_of(Understanding(anchors=["this"]), thread) == ["this", "new", "old", "named"]
    assert seeds_of(Understanding(), thread) == ["new", "old", "named"]
    assert len(seeds_of(Understanding(), Thread(named=[str(i) for i in range(30)]))) == 10
    assert args(plan(Understanding(), thread), "similar_items")["item_ids"] == ["new", "old", "named"]


def test_what_comes_next_is_asked_of_a_model_with_the_history_oldest_first() -> None:
    ledger = Ledger(tastes=[taste("like", "old"), taste("like", "new"), taste("seen", "seen"), taste("dislike", "bad")])
    thread = Thread(ledger=ledger, named=["named", "bad", "old"])
    made = plan(Understanding(anchors=["this"]), thread, generates=True)
    assert args(made, "generate_items")["history"] == ["named", "old", "new", "this"]
    assert args(made, "generate_items")["filters"] == [LIMIT.model_dump()]
    long = Thread(named=[str(i) for i in range(30)])
    assert args(plan(Understanding(), long, generates=True), "generate_items")["history"] == [*map(str, range(10, 30))]


def test_without_a_history_or_a_model_or_where_an_order_is_asked_for_nothing_is_generated() -> None:
    named = Thread(named=["a"])
    ordered = Understanding(order=Order(field="year", descending=False))
    for made in (
        plan(Understanding(query="x"), generates=True),
        plan(Understanding(), named),
        plan(ordered, named, generates=True),
        plan(Understanding(intent="count"), named, generates=True),
    ):
        assert "generate_items" not in tools(made)


def test_talk_brings_the_best_known_of_the_new_and_of_what_is_wished_for_within_the_limits() -> None:
    new = Filter(field="year", op="gte", value=2010)
    wish = Filter(field="genres", op="contains", value="Drama")
    made = plan(Understanding(), Thread(past=PAST), new=new, wishes=[wish, LIMIT, wish])
    own = {call.label: call.args["filters"] for call in made.calls if call.label}
    assert own["new"] == [LIMIT.model_dump(), new.model_dump()]
    assert own["wished"] == [LIMIT.model_dump(), wish.model_dump()]
    assert not [call for call in plan(Understanding(query="x"), new=new, wishes=[wish]).calls if call.label]
    relaxed = made.with_filters([])
    assert [call.args["filters"] for call in relaxed.calls if call.label == "new"] == [[new.model_dump()]]
