"""Titles of a model's own beside the fitted ranker: as strong as they were found to be right, and no stronger."""

import pytest

from agents.ranking.ranker import Ranked
from agents.ranking.suggested import mixed
from retrieval.bundle import Bundle
from retrieval.items import Hit
from tools.spec import ToolResult


def pool(n: int, *, fitted: bool = True) -> list[Ranked]:
    return [Ranked(row, -float(row), chance=0.1 / (1 + row) if fitted else None) for row in range(n)]


def titles(bundle: Bundle, *rows: int) -> list[tuple[str, ToolResult]]:
    hits = [Hit(item_id=bundle.catalog.ids[row], score=1 / (1 + i)) for i, row in enumerate(rows)]
    return [("suggest_titles", ToolResult(hits=hits))]


def rows_of(ranked: list[Ranked]) -> list[int]:
    return [entry.row for entry in ranked]


def test_a_model_that_is_often_right_lifts_its_titles_and_one_that_never_is_none(films: Bundle) -> None:
    before, lists = pool(30), titles(films, 20, 25)
    assert rows_of(mixed(before, lists, 0.0, films.catalog)) == rows_of(before)
    places = [rows_of(mixed(before, lists, trust, films.catalog)).index(20) for trust in (0.001, 0.05, 0.5)]
    assert places[0] <= 20
    assert places[0] > places[1] > places[2]
    after = rows_of(mixed(before, lists, 0.5, films.catalog))
    assert after.index(20) < after.index(25)


def test_nothing_is_added_or_lost_and_the_order_is_that_of_the_scores(films: Bundle) -> None:
    before = pool(30)
    after = mixed(before, titles(films, 20, 25, 3), 0.3, films.catalog)
    assert sorted(rows_of(after)) == rows_of(before)
    assert [entry.score for entry in after] == sorted((entry.score for entry in after), reverse=True)
    raised = {entry.row: entry.chance for entry in after}
    assert raised[20] == pytest.approx(0.1 / 21 + 0.3 * 1 / (1 + 5 / 6 + 5 / 7))
    assert raised[7] == pytest.approx(0.1 / 8)


def test_without_titles_or_without_chances_a_pool_stays_as_it_is(films: Bundle) -> None:
    assert mixed(pool(5), [("search_keywords", ToolResult())], 0.5, films.catalog) == pool(5)
    assert mixed(pool(5), titles(films), 0.5, films.catalog) == pool(5)
    assert mixed(pool(5, fitted=False), titles(films, 4), 0.5, films.catalog) == pool(5, fitted=False)
