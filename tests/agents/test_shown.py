"""A turn as programs read it: what is there is always there, what is not known is left out."""

import json
from typing import Any

import pytest

from agents.events import Question, Reason, SlateItem, ToolTrace, TurnFinished
from agents.shown import turn_shown
from retrieval.items import Filter

LIMIT = Filter(field="year", op="gte", value=1990)
ALWAYS = ["items", "filters", "reply", "notices", "tools", "adventure", "planner", "model_calls", "tokens", "ms"]


def item(**more: Any) -> SlateItem:
    reasons = [Reason(text="many liked it", source="rating")]
    return SlateItem(item_id="f1", title="One", score=0.5, fields={"year": 1994}, reasons=reasons, **more)


def turn(*items: SlateItem, **more: Any) -> TurnFinished:
    told: dict[str, Any] = {"thread_id": "t", "turn_id": "u", "reply": "Here.", "filters": [LIMIT], "ms": 12.5}
    return TurnFinished(items=list(items), **{**told, **more})


def test_a_turn_with_nothing_to_tell_has_all_its_members() -> None:
    shown = turn_shown(turn(filters=[]))
    assert sorted(shown) == sorted(ALWAYS)
    assert (shown["items"], shown["filters"], shown["tokens"], shown["planner"]) == ([], [], 0, "basic")


def test_everything_a_turn_tells_is_there_and_is_json() -> None:
    tool = ToolTrace(name="find", ms=3, n_hits=7, n_pool=9, args={"secret": "words"})
    question = Question(text="Long or short?", choices=["Long", "Short"])
    told = turn(
        item(), question=question, tools=[tool], notices=["Slow."], model_calls=2, tokens=30, planner="llm",
        adventure=-1, model_notes=["dropped"], cost=0.1,
    )  # fmt: skip
    shown = turn_shown(told)
    assert json.loads(json.dumps(shown)) == shown
    assert shown["question"] == {"text": "Long or short?", "choices": ["Long", "Short"]} | shown["question"]
    assert shown["tools"] == [{"name": "find", "ms": 3, "n_hits": 7}], "not what it was called with"
    assert shown["filters"] == [LIMIT.model_dump()]
    assert [shown[name] for name in ("reply", "notices", "model_calls", "tokens", "planner", "adventure", "ms")] == [
        "Here.", ["Slow."], 2, 30, "llm", -1, 12.5,
    ]  # fmt: skip
    assert not {"thread_id", "turn_id", "model_notes", "cost"} & set(shown), "doors that have them add them"


@pytest.mark.parametrize("full", [True, False])
def test_items_are_told_in_full_or_by_id_and_score(full: bool) -> None:
    (shown,) = turn_shown(turn(item()), full=full)["items"]
    names = {"item_id", "score"} | ({"title", "fields", "reasons"} if full else set())
    assert set(shown) == names
    assert shown["score"] == 0.5


@pytest.mark.parametrize("full", [True, False])
def test_strength_and_what_is_broken_are_told_where_there_is_any(full: bool) -> None:
    (shown,) = turn_shown(turn(item(strength=0.0, breaks=[LIMIT])), full=full)["items"]
    assert shown["strength"] == 0.0, "nothing is not unknown"
    assert shown["breaks"] == [LIMIT.model_dump()]


def test_the_order_of_the_list_stays() -> None:
    items = [item().model_copy(update={"item_id": f"f{i}"}) for i in (3, 1, 2)]
    assert [one["item_id"] for one in turn_shown(turn(*items))["items"]] == ["f3", "f1", "f2"]
