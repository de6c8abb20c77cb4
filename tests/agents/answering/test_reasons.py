"""Reasons: short, few, and nothing in them that the item's row or the conversation does not hold."""

from typing import Any

import pytest

from agents.answering.reasons import Wish, reasons_for
from agents.ranking.ranker import Ranked
from agents.state import Order
from retrieval.bundle import Bundle
from retrieval.items import Filter, Item, Op

ALIEN, MATRIX, KID, SPIRITED = "tt0078748", "tt0133093", "tt0012349", "tt0245429"


def met(field: str, op: Op, value: Any = None) -> Filter:
    return Filter(field=field, op=op, value=value)


def item_of(bundle: Bundle, item_id: str) -> Item:
    return bundle.catalog.items(bundle.catalog.rows_of([item_id]))[0]


def reasons(
    bundle: Bundle,
    item_id: str,
    *limits: Filter,
    order: Order | None = None,
    liked: tuple[Filter, ...] = (),
    **why: dict[str, Any],
) -> list[tuple[str, str]]:
    item = item_of(bundle, item_id)
    found = reasons_for(Ranked(item.row, 1.0, why, liked), item, limits, order, bundle.catalog)
    return [(reason.text, reason.source) for reason in found]


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        (met("genres", "contains", "sci fi"), "Sci-Fi"),
        (met("genres", "in", ["Comedy", "Horror", "SCI-FI"]), "Horror, Sci-Fi"),
        (met("year", "gte", 1970), "from 1979"),
        (met("year", "between", [1970, 1980]), "from 1979"),
        (met("runtime_min", "lte", 120), "117 min"),
        (met("rating_count", "gte", 100), "rating count 200"),
        (met("directors", "contains", "Ridley Scott"), "directed by Ridley Scott"),
        (met("cast", "contains", "John Hurt"), "with John Hurt"),
        (met("runtime_min", "known"), "117 min"),
    ],
)
def test_a_limit_is_answered_by_the_items_own_value(films: Bundle, limit: Filter, text: str) -> None:
    assert reasons(films, ALIEN, limit) == [(text, limit.field)]


def test_refusals_and_unknown_values_give_no_reason(films: Bundle) -> None:
    limits = (met("genres", "not_contains", "War"), met("year", "ne", 1980), met("runtime_min", "unknown"))
    assert reasons(films, KID, *limits) == []


def test_a_value_without_letters_is_told_from_others_like_it(shelf_of_bands: Bundle) -> None:
    item = item_of(shelf_of_bands, "c").model_copy(update={"values": {"kinds": ["$", "$$", "Cup"]}})
    [reason] = reasons_for(Ranked(item.row, 1.0), item, [met("kinds", "in", ["$$"])], None, shelf_of_bands.catalog)
    assert reason.text == "$$"


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ({"similar_items": {"co_liked_with": MATRIX, "content_like": KID}}, "liked by people who like The Matrix"),
        ({"similar_items": {"content_like": MATRIX}}, "close to The Matrix in content"),
        ({"generate_items": {"after": MATRIX, "place": 10}}, "among the likeliest to follow The Matrix"),
        ({"search_keywords": {"matched": ["deep", "space"]}, "search_meaning": {}}, "mentions deep, space"),
        ({"search_keywords": {"matched": list("abcdef")}}, "mentions a, b, c, d"),
        ({"search_meaning": {}}, "close in meaning to what you describe"),
    ],
)
def test_evidence_of_the_tools_is_said(films: Bundle, why: dict[str, Any], text: str) -> None:
    assert reasons(films, ALIEN, **why) == [(text, next(iter(why)))]


def test_a_seed_that_is_not_in_the_catalogue_is_not_named(films: Bundle) -> None:
    assert reasons(films, ALIEN, similar_items={"co_liked_with": "gone", "content_like": ""}) == []


@pytest.mark.parametrize("why", [{"after": MATRIX, "place": 11}, {"place": 1}, {"after": "gone", "place": 1}])
def test_what_is_far_down_or_follows_nothing_known_is_not_said_to_follow(films: Bundle, why: dict[str, Any]) -> None:
    assert reasons(films, ALIEN, generate_items=why) == []


def test_the_strongest_come_first_and_at_most_three(films: Bundle) -> None:
    order = Order(field="year", descending=False)
    limits = (met("genres", "contains", "Horror"), met("runtime_min", "lte", 120))
    told = reasons(films, ALIEN, *limits, order=order, similar_items={"co_liked_with": MATRIX})
    assert [source for _, source in told] == ["year", "similar_items", "genres"]


def test_nothing_is_said_twice(films: Bundle) -> None:
    told = reasons(films, ALIEN, met("runtime_min", "lte", 120), met("runtime_min", "gte", 90))
    assert told == [("117 min", "runtime_min")]


def test_an_order_says_the_value_it_went_by_if_there_is_one(films: Bundle) -> None:
    order = Order(field="runtime_min", descending=True)
    assert reasons(films, ALIEN, order=order)[0][1] == "runtime_min"
    assert "117 min" in reasons(films, ALIEN, order=order)[0][0]
    assert reasons(films, KID, order=order) == []


def test_what_the_user_likes_is_mentioned(films: Bundle) -> None:
    liked = (met("genres", "contains", "Fantasy"),)
    assert reasons(films, SPIRITED, liked=liked) == [("Fantasy, as you mentioned", "genres")]


def test_fame_is_the_last_resort_of_the_famous(films: Bundle) -> None:
    best = films.catalog.ids[int(films.catalog.prominence.argmax())]
    assert reasons(films, best) == [("one of the best known here", "filter_items")]
    assert "best known" not in str(reasons(films, best, search_meaning={}))
    assert reasons(films, KID) == []


@pytest.fixture(scope="module")
def shelf_of_bands(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A catalogue whose price bands are signs: "$", "$$"."""
    from shelf import shelf_bundle

    return shelf_bundle(tmp_path_factory.mktemp("bands"), vectors=False, ratings=False)


def test_words_that_tell_nothing_and_items_known_are_no_reasons(films: Bundle) -> None:
    item, wish = item_of(films, ALIEN), Wish(frozenset({"ship"}), frozenset({MATRIX}))
    why: dict[str, dict[str, Any]] = {
        "search_keywords": {"matched": ["already", "ship"]},
        "similar_items": {"content_like": MATRIX},
    }
    found = reasons_for(Ranked(item.row, 1.0, why), item, [], None, films.catalog, wish)
    assert [reason.text for reason in found] == ["mentions ship"]
    nothing = Wish(frozenset())
    meant = Ranked(item.row, 1.0, {"search_meaning": {}})
    assert "you describe" not in str(reasons_for(meant, item, [], None, films.catalog, nothing))
