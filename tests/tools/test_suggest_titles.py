"""suggest_titles: only what is in the catalogue and meets the limits comes out, in order; the rest is counted."""

from typing import Any

import pytest

from errors import ToolError
from retrieval.bundle import Bundle
from tools import SUGGEST_TITLES
from tools.spec import ToolContext, ToolResult


def suggest(bundle: Bundle, *titles: str, exclude: frozenset[str] = frozenset(), **args: Any) -> ToolResult:
    return SUGGEST_TITLES.call({"titles": list(titles), **args}, ToolContext(bundle, exclude))


def test_titles_come_out_in_the_order_given_with_the_words_they_came_from(films: Bundle) -> None:
    found = suggest(films, "Alien (1979)", "A Film Nobody Made", "the matrix", "Matrix, The (1999)")
    assert [hit.item_id for hit in found.hits] == ["tt0078748", "tt0133093"]
    assert [hit.why for hit in found.hits] == [
        {"suggested": 1, "written": "Alien (1979)"},
        {"suggested": 3, "written": "the matrix"},
    ]
    assert [hit.score for hit in found.hits] == [1.0, 0.5]
    assert found.data == {"n_titles": 4, "absent": 1, "repeated": 1}
    assert found.note == "2 of 4 titles kept: 1 not in the catalogue; 1 repeated."


def test_limits_and_exclusions_hold_for_titles_too(films: Bundle) -> None:
    late = [{"field": "year", "op": "gte", "value": 1990}]
    found = suggest(films, "Alien", "The Matrix", "Toy Story", exclude=frozenset({"tt0133093"}), filters=late)
    assert [hit.item_id for hit in found.hits] == ["tt0114709"]
    assert found.data["ruled out"] == 2


def test_nothing_known_is_an_empty_list_and_no_titles_a_wrong_use(films: Bundle) -> None:
    assert suggest(films, "A Film Nobody Made").hits == []
    with pytest.raises(ToolError, match="titles"):
        suggest(films)
    with pytest.raises(ToolError, match="titles"):
        suggest(films, *["Alien"] * 21)
