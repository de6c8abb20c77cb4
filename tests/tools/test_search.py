"""search_keywords, search_meaning and similar_items: evidence, notes, what is missing."""

from typing import Any

import pytest
from shelf import shelf_bundle

from errors import ToolError
from retrieval.bundle import Bundle
from tools import SEARCH_KEYWORDS, SEARCH_MEANING, SIMILAR_ITEMS
from tools.spec import ToolContext

CUPS = [{"field": "kinds", "op": "contains", "value": "cup"}]


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[bool, bool], Bundle]:
    """Bundles by (with vectors, with ratings)."""
    choices = [(vectors, ratings) for vectors in (True, False) for ratings in (True, False)]
    return {c: shelf_bundle(tmp_path_factory.mktemp("b"), vectors=c[0], ratings=c[1]) for c in choices}


@pytest.fixture
def context(bundles: dict[tuple[bool, bool], Bundle]) -> ToolContext:
    return ToolContext(bundles[True, True])


def test_keywords_say_which_words_matched(context: ToolContext) -> None:
    hits = SEARCH_KEYWORDS.call({"query": "a KETTLE for the road"}, context).hits
    assert [(hit.item_id, hit.why) for hit in hits] == [
        ("e", {"matched": ["kettle", "road"]}),
        ("d", {"matched": ["kettle"]}),
    ]


def test_words_that_are_nowhere_are_noted(context: ToolContext) -> None:
    assert SEARCH_KEYWORDS.call({"query": "zeppelin"}, context).note == "None of these words occurs in the catalogue."
    assert SEARCH_KEYWORDS.call({"query": "kettle", "filters": CUPS}, context).note == ""


def test_meaning_gives_the_cosine(context: ToolContext) -> None:
    hit = SEARCH_MEANING.call({"query": "boils water on a gas stove", "k": 1}, context).hits[0]
    assert hit.item_id == "d"
    assert hit.why == {"cosine": round(hit.score, 3)}


def test_meaning_with_filters_and_exclusion(context: ToolContext) -> None:
    result = SEARCH_MEANING.call(
        {"query": "holds coffee", "filters": CUPS}, ToolContext(context.bundle, frozenset("f"))
    )
    assert {hit.item_id for hit in result.hits} <= {"c"}
    assert (result.n_pool, result.n_unknown) == (2, 1)


def test_without_vectors_meaning_says_so(bundles: dict[tuple[bool, bool], Bundle]) -> None:
    with pytest.raises(ToolError, match="search_meaning: .*without vectors; search_keywords works"):
        SEARCH_MEANING.call({"query": "x"}, ToolContext(bundles[False, True]))


def similar(bundle: Bundle, *seeds: str, **more: Any) -> dict[str, dict[str, Any]]:
    result = SIMILAR_ITEMS.call({"item_ids": list(seeds), **more}, ToolContext(bundle))
    return {hit.item_id: hit.why for hit in result.hits}


def test_co_liked_and_alike_items_say_which_they_are(context: ToolContext) -> None:
    found = similar(context.bundle, "a")
    assert found["h"]["co_liked_with"] == "a"
    assert found["b"] == {"content_like": "a"}
    assert "a" not in found


def test_an_item_found_both_ways_comes_first(context: ToolContext) -> None:
    assert next(iter(similar(context.bundle, "a", "b"))) == "h"


def test_each_hit_names_the_seed_it_is_nearest_to(context: ToolContext) -> None:
    found = similar(context.bundle, "a", "d", k=10)
    assert found["b"]["content_like"] == "a"
    assert found["e"]["content_like"] == "d"


def test_filters_act_before_the_cut(context: ToolContext) -> None:
    assert set(similar(context.bundle, "a", filters=CUPS, k=1)) <= {"c", "f"}


@pytest.mark.parametrize("ratings", [True, False])
def test_without_vectors_shared_values_stand_in(bundles: dict[tuple[bool, bool], Bundle], ratings: bool) -> None:
    found = similar(bundles[False, ratings], "a")
    assert found["b"]["content_like"] == "a"
    assert ("co_liked_with" in found["h"]) is ratings


def test_without_ratings_content_is_enough(bundles: dict[tuple[bool, bool], Bundle]) -> None:
    found = similar(bundles[True, False], "a")
    assert found
    assert all(set(why) == {"content_like"} for why in found.values())


def test_ids_that_are_not_there_are_noted_and_all_such_refused(context: ToolContext) -> None:
    result = SIMILAR_ITEMS.call({"item_ids": ["a", "zz"]}, context)
    assert result.hits
    assert result.note == "Not in the catalogue: zz."
    with pytest.raises(ToolError, match=r"none of the items is in the catalogue \(zz\)"):
        SIMILAR_ITEMS.call({"item_ids": ["zz"]}, context)
