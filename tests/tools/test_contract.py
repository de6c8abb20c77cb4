"""Every tool against the contract, with all indexes and without the optional ones."""

from typing import Any

import pytest
from contracts import ToolContract
from shelf import shelf_bundle

from retrieval.bundle import Bundle
from tools import (
    ASK_USER,
    FILTER_ITEMS,
    GENERATE_ITEMS,
    ITEM_DETAILS,
    REMEMBER,
    SEARCH_KEYWORDS,
    SEARCH_MEANING,
    SIMILAR_ITEMS,
    SUGGEST_TITLES,
)
from tools.spec import Tool, ToolContext

ARGS: dict[str, dict[str, Any]] = {
    "filter_items": {},
    "search_keywords": {"query": "tea kettle"},
    "search_meaning": {"query": "pot for jasmine tea"},
    "similar_items": {"item_ids": ["a"]},
    "generate_items": {"history": ["c", "a"]},
    "suggest_titles": {"titles": ["Green Teapot", "Tea Cup"]},
    "item_details": {"item_ids": ["a", "c"]},
    "remember": {"kind": "like", "item_id": "a", "words": "I love that pot"},
    "ask_user": {"text": "For tea or for coffee?", "choices": ["tea", "coffee"]},
}
BARE = (FILTER_ITEMS, SEARCH_KEYWORDS, SIMILAR_ITEMS, SUGGEST_TITLES, ITEM_DETAILS, REMEMBER, ASK_USER)
EVERY = (*BARE, SEARCH_MEANING, GENERATE_ITEMS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return shelf_bundle(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return shelf_bundle(tmp_path_factory.mktemp("bare"), vectors=False, ratings=False, generator=False)


@pytest.mark.parametrize("tool", EVERY, ids=lambda tool: tool.name)
class TestEveryTool(ToolContract):
    @pytest.fixture
    def context(self, whole: Bundle) -> ToolContext:
        return ToolContext(whole)

    @pytest.fixture
    def args(self, tool: Tool[Any]) -> dict[str, Any]:
        return ARGS[tool.name]


@pytest.mark.parametrize("tool", BARE, ids=lambda tool: tool.name)
class TestWithoutVectorsAndRatings(ToolContract):
    @pytest.fixture
    def context(self, bare: Bundle) -> ToolContext:
        return ToolContext(bare)

    @pytest.fixture
    def args(self, tool: Tool[Any]) -> dict[str, Any]:
        return ARGS[tool.name]
