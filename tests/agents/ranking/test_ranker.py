"""Fusion of the tools' lists, by numbers worked out by hand from what each part is worth."""

from typing import Any, Literal

import numpy as np
import pytest

from agents.ranking.ranker import (
    DESCRIBED,
    KNOWN,
    KNOWN_BY_EXAMPLE,
    KNOWN_DESCRIBED,
    LIKED,
    UNSURE_DESCRIBED,
    WEIGHTS,
    Ranked,
    rank,
)
from agents.state import Ledger, Order, Taste, Understanding
from retrieval.bundle import Bundle
from retrieval.items import Filter, Hit
from tools.spec import ToolResult

ALIEN, MATRIX, SHINING, KID = "tt0078748", "tt0133093", "tt0081505", "tt0012349"
Tool = tuple[str, ToolResult]


def found(tool: str, *ids: str, **why: Any) -> Tool:
    return tool, ToolResult(hits=[Hit(item_id=item_id, score=1.0, why=why) for item_id in ids])


def ranked(bundle: Bundle, *lists: Tool, ledger: Ledger | None = None, **understood: Any) -> dict[str, Ranked]:
    """Return the pool by item id, best first."""
    pool = rank(lists, Understanding(**understood), ledger or Ledger(), bundle.catalog)
    return {bundle.catalog.ids[entry.row]: entry for entry in pool}


def known(bundle: Bundle, item_id: str) -> float:
    row = bundle.catalog.row_of(item_id)
    assert row is not None
    return float(bundle.catalog.prominence[row])


def genre(kind: Literal["like", "dislike"], value: str) -> Ledger:
    return Ledger(tastes=[Taste(kind=kind, words="", turn=0, field="genres", value=value)])


def test_a_score_is_the_weighted_reciprocal_rank_and_how_well_known_an_item_is(films: Bundle) -> None:
    pool = ranked(films, found("search_keywords", ALIEN, KID), found("search_meaning", SHINING, ALIEN))
    words, meaning = WEIGHTS["search_keywords"], WEIGHTS["search_meaning"]
    assert pool[ALIEN].score == pytest.approx(words / 61 + meaning / 62 + KNOWN * known(films, ALIEN))
    assert pool[KID].score == pytest.approx(words / 62 + KNOWN * known(films, KID))
    assert pool[SHINING].score == pytest.approx(meaning / 61 + KNOWN * known(films, SHINING))
    assert [entry.score for entry in pool.values()] == sorted((e.score for e in pool.values()), reverse=True)


def test_what_is_described_in_words_ranks_by_scores_from_the_last_cosine_upwards(films: Bundle) -> None:
    def scored(tool: str, **scores: float) -> Tool:
        return tool, ToolResult(hits=[Hit(item_id=item_id, score=score) for item_id, score in scores.items()])

    words = scored("search_keywords", **{ALIEN: 20, KID: 5})
    meaning = scored("search_meaning", **{KID: 0.5, ALIEN: 0.3})
    wish = Filter(field="genres", op="contains", value="Comedy")
    pool = ranked(films, words, meaning, query="a tramp and a child", soft=[wish])
    assert pool[ALIEN].score == pytest.approx(DESCRIBED["search_keywords"] + KNOWN_DESCRIBED * known(films, ALIEN))
    assert pool[KID].score == pytest.approx(
        DESCRIBED["search_keywords"] / 4 + DESCRIBED["search_meaning"] + KNOWN_DESCRIBED * known(films, KID)
        + UNSURE_DESCRIBED
    )  # fmt: skip
    alike = ranked(films, words, meaning, query="a tramp and a child", intent="similar")
    assert alike[ALIEN].score == pytest.approx(1 / 61 + 0.3 / 62 + KNOWN * known(films, ALIEN))


def test_the_filters_list_brings_items_but_no_rank(films: Bundle) -> None:
    pool = ranked(films, found("filter_items", KID, ALIEN))
    assert list(pool) == [ALIEN, KID]
    assert pool[KID].score == pytest.approx(KNOWN * known(films, KID))


def test_every_tool_that_found_an_item_leaves_its_evidence(films: Bundle) -> None:
    pool = ranked(films, found("search_keywords", ALIEN, matched=["space"]), found("similar_items", ALIEN, MATRIX))
    assert pool[ALIEN].why == {"search_keywords": {"matched": ["space"]}, "similar_items": {}}
    assert set(pool[MATRIX].why) == {"similar_items"}


def test_likes_lift_and_dislikes_lower_by_the_same(films: Bundle) -> None:
    lists = (found("search_keywords", ALIEN, MATRIX),)
    plain = ranked(films, *lists)
    liked, refused = (ranked(films, *lists, ledger=genre(kind, "Horror")) for kind in ("like", "dislike"))
    assert liked[ALIEN].score - plain[ALIEN].score == pytest.approx(LIKED)
    assert plain[ALIEN].score - refused[ALIEN].score == pytest.approx(LIKED)
    assert liked[MATRIX].score == refused[MATRIX].score == plain[MATRIX].score
    assert [wish.value for wish in liked[ALIEN].liked] == ["Horror"]
    assert not liked[MATRIX].liked
    assert not refused[ALIEN].liked
    assert list(refused) == [MATRIX, ALIEN]


def test_unsure_words_rank_as_a_like_does(films: Bundle) -> None:
    wish = Filter(field="genres", op="contains", value="Comedy")
    pool = ranked(films, found("search_keywords", ALIEN, KID), soft=[wish])
    assert pool[KID].score == pytest.approx(1 / 62 + KNOWN * known(films, KID) + LIKED)
    assert pool[KID].liked == (wish,)


def test_a_taste_for_an_item_does_not_weigh_as_a_value(films: Bundle) -> None:
    ledger = Ledger(tastes=[Taste(kind="like", words="", turn=0, item_id=ALIEN)])
    lists = (found("search_keywords", ALIEN),)
    assert ranked(films, *lists, ledger=ledger)[ALIEN].score == ranked(films, *lists)[ALIEN].score


def test_talk_about_known_items_leans_to_the_well_known_unless_likeness_was_asked_for(films: Bundle) -> None:
    lists = (found("similar_items", ALIEN),)
    rank_part = WEIGHTS["similar_items"] / 61
    talk, asked = ranked(films, *lists)[ALIEN].score, ranked(films, *lists, intent="similar")[ALIEN].score
    assert talk == pytest.approx(rank_part + KNOWN_BY_EXAMPLE * known(films, ALIEN))
    assert asked == pytest.approx(rank_part + KNOWN * known(films, ALIEN))


def test_an_order_asked_for_by_name_is_kept_and_holds_only_what_the_filter_gave(films: Bundle) -> None:
    lists = (found("search_keywords", MATRIX, ALIEN), found("filter_items", KID, ALIEN, SHINING))
    pool = ranked(films, *lists, order=Order(field="year", descending=False), ledger=genre("dislike", "Comedy"))
    assert list(pool) == [KID, ALIEN, SHINING]
    assert [entry.score for entry in pool.values()] == [1, 1 / 2, 1 / 3]


def test_equal_scores_keep_the_catalogues_order(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films.catalog, "prominence", np.zeros(films.catalog.n_items, np.float32))
    assert list(ranked(films, found("filter_items", KID, SHINING, MATRIX))) == [MATRIX, SHINING, KID]


def test_nothing_found_is_nothing_ranked_and_unknown_ids_are_dropped(films: Bundle) -> None:
    assert ranked(films) == {}
    assert ranked(films, found("search_keywords")) == {}
    assert ranked(films, found("search_keywords"), order=Order(field="year", descending=True)) == {}
