"""What gives way when nothing meets every limit."""

from typing import Any, Literal

import pytest

from agents.relax import relax
from agents.state import Limit
from retrieval.bundle import Bundle
from retrieval.items import Filter, Op


def limit(field: str, op: Op, value: Any = None, turn: int = 0, source: Literal["words", "model"] = "words") -> Limit:
    return Limit(filter=Filter(field=field, op=op, value=value), words="", turn=turn, source=source)


def dropped(limits: list[Limit], bundle: Bundle) -> list[str]:
    found = relax(limits, bundle.catalog)
    assert found
    assert bundle.catalog.select(found.filters).rows.size
    return [gone.filter.field for gone in found.dropped]


GENRE = limit("genres", "contains", "Comedy")
DIRECTOR = limit("directors", "contains", "Ridley Scott")


def test_a_number_gives_way_before_a_name(films: Bundle) -> None:
    assert dropped([GENRE, limit("year", "gte", 2090)], films) == ["year"]
    assert dropped([limit("year", "gte", 2090, turn=9), GENRE], films) == ["year"]


def test_a_models_guess_gives_way_before_the_users_own_number(films: Bundle) -> None:
    guess = limit("genres", "contains", "Animation", turn=5, source="model")
    assert dropped([limit("year", "lte", 1930), guess], films) == ["genres"]


def test_an_older_wish_gives_way_before_a_newer_one(films: Bundle) -> None:
    horror = limit("genres", "contains", "Horror")
    japanese = limit("languages", "contains", "Japanese")
    for old, new in ((horror, japanese), (japanese, horror)):
        limits = [old.model_copy(update={"turn": 1}), new.model_copy(update={"turn": 2})]
        assert dropped(limits, films) == [old.filter.field]
        assert dropped(limits[::-1], films) == [old.filter.field]


def test_what_leaves_enough_goes_before_what_leaves_a_single_item(films: Bundle) -> None:
    """Without the older wish one item is left; without the newer one there are plenty."""
    rare = limit("cast", "contains", "Audrey Tautou", turn=2)
    plenty = limit("directors", "contains", "Ridley Scott", turn=1)
    assert dropped([plenty, rare], films) == ["cast"]


def test_a_number_is_moved_to_the_nearest_that_fits_and_not_let_go(films: Bundle) -> None:
    found = relax([limit("runtime_min", "lte", 75), GENRE], films.catalog)
    assert found
    widened = [f for f in found.filters if f.field == "runtime_min"]
    assert [f.op for f in widened] == ["between"]
    assert 81 <= widened[0].value[1] < 90
    assert [films.catalog.titles[row] for row in films.catalog.select(found.filters).rows] == ["Toy Story"]


def test_years_widen_in_years(films: Bundle) -> None:
    found = relax([limit("year", "between", [1947, 1948]), GENRE], films.catalog)
    assert found
    widened = next(f for f in found.filters if f.field == "year")
    assert 1900 < widened.value[0] < 1947
    assert 1948 < widened.value[1] < 2000


@pytest.mark.parametrize("op", ["unknown", "known"])
def test_a_limit_without_a_bound_is_simply_put_aside(films: Bundle, op: Op) -> None:
    missing = limit("runtime_min", op)
    other = limit("genres", "contains", "Horror") if op == "unknown" else limit("title", "eq", "The Kid")
    found = relax([missing, other], films.catalog)
    assert found
    assert found.dropped == [missing]
    assert found.filters == [other.filter]


def test_several_go_where_one_is_not_enough_and_the_most_fruitful_absence_decides(films: Bundle) -> None:
    limits = [
        limit("cast", "contains", "Jackie Coogan"),
        limit("languages", "contains", "Korean"),
        limit("genres", "contains", "Drama"),
        limit("countries", "contains", "Poland"),
    ]
    found = relax(limits, films.catalog)
    assert found
    assert len(found.dropped) == 2
    assert len(found.filters) == 2
    assert {gone.filter.field for gone in found.dropped} < {"cast", "languages", "countries"}
    assert films.catalog.select(found.filters).rows.size


def test_one_impossible_limit_alone_leaves_everything(films: Bundle) -> None:
    impossible = limit("genres", "contains", "Nonesuch")
    found = relax([impossible], films.catalog)
    assert found
    assert found.dropped == [impossible]
    assert found.filters == []


def test_nothing_left_is_admitted(films: Bundle) -> None:
    assert relax([limit("cast", "contains", "Nobody", turn=i) for i in range(3)], films.catalog) is None
