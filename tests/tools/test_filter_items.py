"""filter_items: order, counts, values, help with values that do not exist."""

from typing import Any

import pytest
from shelf import N_ITEMS, shelf_bundle

from errors import ToolError
from tools import FILTER_ITEMS
from tools.spec import ToolContext, ToolResult


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return ToolContext(shelf_bundle(tmp_path_factory.mktemp("tools"), vectors=False, ratings=False))


def ids(result: ToolResult) -> str:
    return "".join(hit.item_id for hit in result.hits)


def limit(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def test_the_best_known_come_first(context: ToolContext) -> None:
    result = FILTER_ITEMS.call({"k": 3}, context)
    assert ids(result) == "abc"
    assert (result.n_pool, result.n_unknown) == (N_ITEMS, 0)
    assert result.hits[0].why == {"prominence": 1.0}


def test_filters_count_what_is_unknown(context: ToolContext) -> None:
    result = FILTER_ITEMS.call({"filters": [limit("grams", "gte", 700)], "k": 1}, context)
    assert (ids(result), result.n_pool, result.n_unknown) == ("a", 3, 2)


def test_order_by_a_number_either_way(context: ToolContext) -> None:
    heaviest = FILTER_ITEMS.call({"order_by": "grams", "k": 2}, context)
    assert ids(heaviest) == "db"
    assert heaviest.hits[0].why == {"order_by": "grams", "value": 1500.0}
    assert ids(FILTER_ITEMS.call({"order_by": "grams", "descending": False, "k": 2}, context)) == "hc"
    newest = FILTER_ITEMS.call({"order_by": "made"}, context).hits
    assert (newest[0].why["value"], newest[-1].why["value"]) == ("2020-02-29", None)


def test_unknown_values_are_last_either_way(context: ToolContext) -> None:
    for descending in (True, False):
        assert ids(FILTER_ITEMS.call({"order_by": "made", "descending": descending}, context))[-2:] == "dg"


def test_order_leaves_out_the_excluded(context: ToolContext) -> None:
    without = ToolContext(context.bundle, frozenset({"d", "not there"}))
    assert ids(FILTER_ITEMS.call({"order_by": "grams", "k": 2}, without)) == "ba"


def test_order_by_words_is_refused_with_the_numbers(context: ToolContext) -> None:
    with pytest.raises(ToolError, match=r"row, grams, made.*not 'kinds', a facet"):
        FILTER_ITEMS.call({"order_by": "kinds"}, context)
    with pytest.raises(ToolError, match="did you mean 'grams'"):
        FILTER_ITEMS.call({"order_by": "gram"}, context)


def test_count_alone(context: ToolContext) -> None:
    result = FILTER_ITEMS.call({"count": True, "filters": [limit("kinds", "contains", "cup")]}, context)
    assert (result.hits, result.data, result.n_pool) == ([], {"count": 2}, 2)


def test_values_of_a_facet_within_the_filters(context: ToolContext) -> None:
    limits = [limit("makers", "contains", "Bo Li")]
    values = FILTER_ITEMS.call({"values_of": "kinds", "filters": limits}, context).data["values"]
    assert values[:2] == [{"value": "Ceramic", "count": 2}, {"value": "Cup", "count": 2}]
    with pytest.raises(ToolError, match=r"kinds, band, makers.*not 'grams'"):
        FILTER_ITEMS.call({"values_of": "grams"}, context)


@pytest.mark.parametrize("op", ["eq", "contains", "in"])
def test_a_value_that_is_nowhere_names_the_nearest(context: ToolContext, op: str) -> None:
    value = ["Keramik"] if op == "in" else "Keramik"
    result = FILTER_ITEMS.call({"filters": [limit("kinds", op, value)]}, context)
    assert result.hits == []
    assert result.note.startswith("Nothing here has kind 'Keramik'. The nearest are 'Ceramic'")


def test_one_absent_value_of_several_is_noted(context: ToolContext) -> None:
    result = FILTER_ITEMS.call({"filters": [limit("makers", "in", ["Bo Li", "Ana Peres"])]}, context)
    assert ids(result) == "bcf"
    assert "'Ana Pérez'" in result.note
    assert "Bo Li" not in result.note


def test_a_value_that_exists_but_not_here_is_no_mistake(context: ToolContext) -> None:
    limits = [limit("kinds", "contains", "Steel"), limit("grams", "lte", 10)]
    result = FILTER_ITEMS.call({"filters": limits}, context)
    assert (result.hits, result.note) == ([], "")
