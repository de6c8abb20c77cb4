"""From the ranked pool to what is shown."""

from typing import Any

import pytest

from agents.kit import Kit
from agents.misfit import costs
from agents.nouns import nouns_of
from agents.ranking.ranker import Ranked
from agents.relax import Relaxed
from agents.slate import build_slate
from agents.state import Ledger, Limit, Understanding
from agents.turn import Turn
from agents.understanding.understand import Reading
from retrieval.bundle import Bundle
from retrieval.items import Filter, Op
from settings import Settings

ALIEN, SHINING, EXORCIST, MATRIX, KID = "tt0078748", "tt0081505", "tt0070047", "tt0133093", "tt0012349"


@pytest.fixture
def kit(films: Bundle) -> Kit:
    return Kit(films, Settings(planner="basic"), nouns_of("films"))


def limit(field: str, op: Op, value: Any) -> Limit:
    return Limit(filter=Filter(field=field, op=op, value=value), words="", turn=0)


def misses(kit: Kit, gone: Limit, *rest: Filter) -> Relaxed:
    """Return a limit put aside, with what that costs for every row."""
    return Relaxed([gone], list(rest), costs=dict(enumerate(costs(gone, kit.bundle.catalog, 0, {}))))


HORROR = limit("genres", "contains", "Horror")


def turn(kit: Kit, pool: list[str], *limits: Limit, k: int = 6, **more: Any) -> Turn:
    """Return a turn over a pool of ids, best first."""
    rows = kit.bundle.catalog.rows_of(pool)
    ranked = [Ranked(row, 1 - i / 100) for i, row in enumerate(rows)]
    understood = Understanding(**more.pop("understood", {}))
    return Turn("t", "", k, 0.0, reading=Reading(understood, Ledger(limits=list(limits))), ranked=ranked, **more)


def ids(turn: Turn, kit: Kit) -> list[str]:
    return [item.item_id for item in build_slate(turn, kit)]


def test_the_best_that_meet_every_limit_are_shown_in_order(kit: Kit) -> None:
    slate = build_slate(turn(kit, [MATRIX, SHINING, ALIEN, EXORCIST], HORROR, limit("year", "lte", 1979)), kit)
    assert [item.item_id for item in slate] == [ALIEN, EXORCIST]
    assert slate[0].satisfies == [HORROR.filter, limit("year", "lte", 1979).filter]
    assert all(not item.breaks for item in slate)
    assert slate[0].title == "Alien"
    assert slate[0].score == 0.98
    assert slate[0].fields["runtime_min"] == 117
    assert "item_id" not in slate[0].fields


def test_an_unknown_value_meets_no_limit(kit: Kit) -> None:
    assert ids(turn(kit, [KID, ALIEN], limit("runtime_min", "lte", 120)), kit) == [ALIEN]


def test_as_many_as_wanted_are_shown_and_the_user_may_say_how_many(kit: Kit) -> None:
    pool = list(kit.bundle.catalog.ids)
    assert len(ids(turn(kit, pool, k=3), kit)) == 3
    assert len(ids(turn(kit, pool, k=3, understood={"k": 5}), kit)) == 5
    assert len(ids(turn(kit, pool, k=3, understood={"k": 5}, always_slate=True), kit)) == 3


def test_what_is_excluded_makes_room_for_the_next(kit: Kit) -> None:
    shown = turn(kit, [MATRIX, ALIEN, SHINING], k=2, exclude=frozenset({MATRIX}), understood={"anchors": [SHINING]})
    assert ids(shown, kit) == [ALIEN]


def test_nothing_is_shown_twice(kit: Kit) -> None:
    assert ids(turn(kit, [ALIEN, MATRIX, ALIEN]), kit) == [ALIEN, MATRIX]


def test_a_search_goes_on_behind_the_first_batch(kit: Kit) -> None:
    pool = [MATRIX] * 70 + [ALIEN]
    assert ids(turn(kit, pool, HORROR), kit) == [ALIEN]


def test_what_breaks_a_relaxed_limit_says_so_and_the_nearest_comes_first(kit: Kit) -> None:
    early = limit("year", "lte", 1960)
    put_aside = misses(kit, early, HORROR.filter)
    slate = build_slate(turn(kit, [SHINING, ALIEN, MATRIX, EXORCIST], HORROR, early, relaxed=put_aside), kit)
    assert [item.item_id for item in slate] == [EXORCIST, ALIEN, SHINING]
    assert all(item.breaks == [early.filter] for item in slate)
    assert all(item.satisfies == [HORROR.filter] for item in slate)


def test_unknown_values_are_the_farthest_misses(kit: Kit) -> None:
    short = limit("runtime_min", "lte", 60)
    assert ids(turn(kit, [KID, MATRIX, ALIEN], short, relaxed=misses(kit, short)), kit) == [ALIEN, MATRIX, KID]


def test_a_relaxed_name_keeps_the_order_of_the_ranking(kit: Kit) -> None:
    relaxed = Relaxed([HORROR], [])
    assert ids(turn(kit, [MATRIX, ALIEN, KID], HORROR, relaxed=relaxed), kit) == [MATRIX, ALIEN, KID]


@pytest.mark.parametrize("intent", ["details", "compare"])
def test_questions_about_items_show_those_as_asked_whatever_the_limits(kit: Kit, intent: str) -> None:
    understood = {"intent": intent, "anchors": [MATRIX, KID, "gone"]}
    assert ids(turn(kit, [ALIEN], HORROR, understood=understood), kit) == [MATRIX, KID]


def test_an_asked_about_item_claims_to_meet_only_what_it_meets(kit: Kit) -> None:
    [item] = build_slate(turn(kit, [], HORROR, understood={"intent": "details", "anchors": [MATRIX]}), kit)
    assert item.satisfies == item.breaks == []
    assert all("Horror" not in reason.text and reason.text for reason in item.reasons)


def test_every_item_is_shown_with_a_reason_that_rests_on_its_row_or_a_tool(kit: Kit) -> None:
    slate = build_slate(turn(kit, list(kit.bundle.catalog.ids), k=40), kit)
    assert all(item.reasons for item in slate)
    for item in slate:
        assert item.reasons[0].source in {*item.fields, "filter_items"}
