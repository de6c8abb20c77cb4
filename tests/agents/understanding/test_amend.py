"""How messages change the ledger: refusals taken back, one value for another, bounds over comparisons, lifts."""

from collections.abc import Callable
from typing import Any

from retrieval.bundle import Bundle

Talk = Callable[..., Any]


def limits(turn: Any) -> list[str]:
    return [f"{f.field} {f.op} {f.value}" for f in turn.filters]


def test_what_is_allowed_again_is_no_longer_refused_and_no_demand(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a drama without Tom Hanks, no horror", "horror is ok after all")
    assert "genres not_contains Horror" in limits(turns[0])
    assert not any("Horror" in limit for limit in limits(turns[1]))


def test_what_was_never_refused_is_a_wish(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "horror is fine")
    assert limits(turn) == ["genres contains Horror"]


def test_a_range_beats_the_comparison_beside_it(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a comedy", "something newer, from 2000 on")
    assert [limit for limit in limits(turns[1]) if limit.startswith("year")] == ["year gte 2000"]


def test_a_kind_refused_from_a_decade_leaves_the_decade(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "no comedies from the eighties")
    assert limits(turn) == ["genres not_contains Comedy", "year between [1980, 1989]"]


def test_only_this_puts_the_others_of_its_field_aside(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a comedy or a drama", "just drama")
    assert limits(turns[1]) == ["genres contains Drama"]


def test_either_or_over_two_fields_is_liked_not_demanded_twice(talk: Talk, films: Bundle) -> None:
    [turn], thread = talk(films, "something by Stanley Kubrick or with Tom Hanks")
    assert limits(turn) == []
    assert {taste.value for taste in thread.ledger.tastes} == {"Stanley Kubrick", "Tom Hanks"}
    assert turn.items


def test_what_does_not_matter_is_lifted(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a comedy under two hours", "the length doesn't matter")
    assert limits(turns[1]) == ["genres contains Comedy"]
    assert turns[1].items
