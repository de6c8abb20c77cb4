"""item_details, remember and ask_user: tools that return data."""

import json
from typing import Any

import pytest
from shelf import shelf_bundle

from errors import ToolError
from tools import ASK_USER, ITEM_DETAILS, REMEMBER
from tools.spec import ToolContext


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return ToolContext(shelf_bundle(tmp_path_factory.mktemp("tools"), vectors=False, ratings=False))


def test_details_give_every_known_field_in_the_order_asked(context: ToolContext) -> None:
    result = ITEM_DETAILS.call({"item_ids": ["g", "a", "zz", "g"]}, context)
    first, second = result.data["items"]
    assert first == {"item_id": "g", "title": "It", "sku": "g", "name": "It"}
    assert (second["made"], second["kinds"], second["grams"]) == ("1999-05-01", ["Teapot", "Ceramic"], 700)
    assert [hit.item_id for hit in result.hits] == ["g", "a"]
    assert result.note == "Not in the catalogue: zz."
    json.dumps(result.data)


def test_details_of_excluded_items_are_still_facts(context: ToolContext) -> None:
    excluding = ToolContext(context.bundle, frozenset({"a"}))
    assert ITEM_DETAILS.call({"item_ids": ["a"]}, excluding).data["items"][0]["title"] == "Green Teapot"


@pytest.mark.parametrize(
    ("args", "change"),
    [
        ({"kind": "like", "item_id": "a"}, {"kind": "like", "item_id": "a"}),
        ({"kind": "seen", "item_id": "b"}, {"kind": "seen", "item_id": "b"}),
        (
            {"kind": "dislike", "field": "makers", "value": "ana perez"},
            {"kind": "dislike", "field": "makers", "value": "Ana Pérez"},
        ),
        (
            {"kind": "limit", "filter": {"field": "grams", "op": "lte", "value": 500}},
            {"kind": "limit", "filter": {"field": "grams", "op": "lte", "value": 500}},
        ),
    ],
)
def test_remember_describes_the_change(context: ToolContext, args: dict[str, Any], change: dict[str, Any]) -> None:
    assert REMEMBER.call({**args, "words": "so they said"}, context).data == {**change, "words": "so they said"}


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ({"kind": "like"}, "takes an item_id, or a field and a value"),
        ({"kind": "like", "item_id": "zz"}, "no item 'zz'"),
        ({"kind": "seen", "field": "kinds", "value": "Cup"}, "seen takes an item_id"),
        ({"kind": "like", "field": "grams", "value": "5"}, r"facet or person field \(kinds, band, makers\)"),
        ({"kind": "like", "field": "kind", "value": "Cup"}, "did you mean 'kinds'"),
        ({"kind": "dislike", "field": "kinds", "value": "Cupp"}, "nearest are 'Cup'"),
        ({"kind": "limit"}, "limit takes a filter"),
        ({"kind": "limit", "filter": {"field": "grams", "op": "lte", "value": "light"}}, "'grams' takes a number"),
        ({"kind": "adore", "item_id": "a"}, "kind: Input should be 'like'"),
    ],
)
def test_remember_refuses_what_does_not_fit(context: ToolContext, args: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ToolError, match=complaint):
        REMEMBER.call({**args, "words": "so they said"}, context)


def test_remember_needs_the_words(context: ToolContext) -> None:
    with pytest.raises(ToolError, match="words"):
        REMEMBER.call({"kind": "like", "item_id": "a"}, context)


def test_ask_user_passes_a_trimmed_question_on(context: ToolContext) -> None:
    args = {"text": " Tea? ", "choices": ["yes ", "no", "yes"]}
    assert ASK_USER.call(args, context).data == {"question": {"text": "Tea?", "choices": ["yes", "no"]}}


@pytest.mark.parametrize("args", [{"text": " "}, {"text": "?" * 301}, {"text": "x", "choices": ["a"] * 5}])
def test_ask_user_refuses_long_and_empty(context: ToolContext, args: dict[str, Any]) -> None:
    with pytest.raises(ToolError, match="ask_user"):
        ASK_USER.call(args, context)
