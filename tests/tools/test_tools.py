"""The table of tools, and calling one by name."""

import pytest
from shelf import shelf_bundle

from errors import ToolError
from tools import TOOLS, call_tool
from tools.spec import ToolContext


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ToolContext:
    return ToolContext(shelf_bundle(tmp_path_factory.mktemp("tools"), vectors=False, ratings=False))


def test_names_are_unique() -> None:
    assert len({tool.name for tool in TOOLS}) == len(TOOLS) == 9


def test_call_by_name(context: ToolContext) -> None:
    assert call_tool("search_keywords", {"query": "whisk"}, context).hits[0].item_id == "h"


def test_an_unknown_tool_names_those_there_are(context: ToolContext) -> None:
    with pytest.raises(ToolError, match="no tool 'drop_tables'.*filter_items, search_keywords"):
        call_tool("drop_tables", {}, context)


def test_a_missing_argument_is_named(context: ToolContext) -> None:
    with pytest.raises(ToolError, match="search_keywords: query: Field required"):
        call_tool("search_keywords", {}, context)


@pytest.mark.parametrize("k", [0, -1, 501, "many", 1.5])
def test_k_out_of_range_names_the_value(context: ToolContext, k: object) -> None:
    with pytest.raises(ToolError, match=f"filter_items: k: .*not '{k}'"):
        call_tool("filter_items", {"k": k}, context)


def test_arguments_that_are_no_object(context: ToolContext) -> None:
    with pytest.raises(ToolError, match="filter_items: arguments: Input should be"):
        call_tool("filter_items", ["k", 5], context)  # type: ignore[arg-type]


def test_a_bad_operator_is_named(context: ToolContext) -> None:
    with pytest.raises(ToolError, match=r"filters\.0\.op: Input should be 'eq'"):
        call_tool("filter_items", {"filters": [{"field": "grams", "op": "<", "value": 3}]}, context)
