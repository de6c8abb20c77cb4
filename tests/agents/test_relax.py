"""What gives way when nothing meets every limit."""

from typing import Any, Literal

import pytest

from agents.relax import _rounded, relax
from agents.state import Limit
from agents.verifier import broken
from retrieval.bundle import Bundle
from retrieval.items import Filter, Op


def limit(field: str, op: Op, value: Any = None, turn: int = 0, source: Literal["words", "model"] = "words") -> Limit:
    return Limit(filter=Filter(field=field, op=op, value=value), words="", turn=turn, source=source)


def dropped(limits: list[Limit], bundle: Bundle) -> list[str]:
    found = relax(limits, bundle.catalog)
    assert found
    assert bundle.catalog.select(found.filters).rows.size
    return [gone.filter.field for gone in found.dropped]


def catalog_year(row: Any, bundle: Bundle) -> float:
    return float(bundle.catalog.numbers("year")[row])


def comedy_years(bundle: Bundle) -> list[float]:
    return [catalog_year(row, bundle) for row in bundle.catalog.select([GENRE.filter]).rows]


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
    assert widened == [found.bound]
    assert widened[0].op == "lte"
    assert 81 <= widened[0].value < 90
    assert [films.catalog.titles[row] for row in films.catalog.select(found.filters).rows] == ["Toy Story"]


def test_years_widen_in_years(films: Bundle) -> None:
    found = relax([limit("year", "between", [1947, 1948]), GENRE], films.catalog)
    assert found
    widened = next(f for f in found.filters if f.field == "year")
    years = [catalog_year(row, films) for row in films.catalog.select(found.filters).rows]
    assert widened.value == [min(1947, *years), max(1948, *years)]
    assert min(abs(year - 1947.5) for year in years) == min(abs(y - 1947.5) for y in comedy_years(films))


@pytest.mark.parametrize("op", ["unknown", "known"])
def test_a_limit_without_a_bound_is_simply_put_aside(films: Bundle, op: Op) -> None:
    missing = limit("runtime_min", op)
    other = limit("genres", "contains", "Horror") if op == "unknown" else limit("title", "eq", "The Kid")
    found = relax([missing, other], films.catalog)
    assert found
    assert found.dropped == [missing]
    assert found.filters == [other.filter]


def test_where_one_is_not_enough_the_nearest_misses_are_given(films: Bundle) -> None:
    limits = [
        limit("cast", "contains", "Jackie Coogan"),
        limit("languages", "contains", "Korean"),
        limit("genres", "contains", "Drama"),
        limit("countries", "contains", "Poland"),
    ]
    found = relax(limits, films.catalog)
    assert found
    assert found.abstains
    best = min(found.costs, key=lambda row: found.costs[row])
    [item] = films.catalog.items([best])
    fewest = len(broken(item, [x.filter for x in limits], films.catalog.fields))
    items = films.catalog.items(range(films.catalog.n_items))
    assert fewest == min(len(broken(other, [x.filter for x in limits], films.catalog.fields)) for other in items)
    assert set(films.catalog.select(found.filters).rows) == set(found.costs)


def test_a_sole_name_is_not_let_go_where_nothing_else_was_wished_for(films: Bundle) -> None:
    rows = films.catalog.select([DIRECTOR.filter]).rows.tolist()
    assert relax([DIRECTOR], films.catalog, without=rows, goes_on=False) is None
    found = relax([DIRECTOR], films.catalog, without=rows)
    assert found
    assert found.n_fit == len(rows)


def test_what_must_be_stays_and_what_would_be_nice_goes(films: Bundle) -> None:
    old, horror = limit("year", "lte", 1950), limit("genres", "contains", "Horror")
    old, horror = (x.model_copy(update={"words": w}) for x, w in ((old, "before 1951"), (horror, "horror")))
    firm = relax([old, horror], films.catalog, said={0: "ideally horror, and it must be from before 1951"})
    loose = relax([old, horror], films.catalog, said={0: "it must be horror, ideally before 1951"})
    assert firm
    assert loose
    assert (firm.dropped, loose.dropped) == ([horror], [old])


def test_a_refusal_is_never_put_aside_for_a_wish(films: Bundle) -> None:
    """Nothing is by Ridley Scott and none of his genres: rather another director than what was ruled out."""
    genres = [limit("genres", "not_contains", name) for name in ("Sci-Fi", "Horror", "Thriller", "Drama", "Action")]
    found = relax([*genres, DIRECTOR], films.catalog)
    assert found
    assert found.dropped == [DIRECTOR]


def test_what_must_not_be_shown_does_not_count_as_found(films: Bundle) -> None:
    tight = limit("runtime_min", "lte", 75)
    shortest = relax([tight, GENRE], films.catalog)
    assert shortest
    rows = films.catalog.select(shortest.filters).rows.tolist()
    next_one = relax([tight, GENRE], films.catalog, without=rows)
    assert next_one
    assert set(films.catalog.select(next_one.filters).rows) - set(rows)


def test_bounds_are_rounded_to_what_people_would_name() -> None:
    assert [_rounded(97, 8, up=True), _rounded(45, 40, up=True), _rounded(30, 21, up=True)] == [100, 50, 30]
    assert [_rounded(4.3, 0.4, up=False), _rounded(7, 0, up=True)] == [4.2, 7]
    assert _rounded(0.15, 39, up=True) == 10


def test_one_impossible_limit_alone_leaves_everything(films: Bundle) -> None:
    impossible = limit("genres", "contains", "Nonesuch")
    found = relax([impossible], films.catalog)
    assert found
    assert found.dropped == [impossible]
    assert found.filters == []


def test_nothing_left_is_admitted(films: Bundle) -> None:
    assert relax([limit("cast", "contains", "Nobody", turn=i) for i in range(3)], films.catalog) is None
    assert relax([], films.catalog) is None
