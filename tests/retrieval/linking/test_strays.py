"""Bounds and comparisons that no field answers, and years that date an item."""

import pytest
from linked import limits

from retrieval.linking import Linker


def strays(linker: Linker, text: str) -> list[tuple[str, object]]:
    return [(m.text, m.value) for m in linker.link(text) if m.kind == "stray"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a comedy for less than 20 dollars", [("for less than 20 dollars", "price")]),
        ("a comedy with at least 4 elephants", [("at least 4 elephants", "elephants")]),
        ("lighter than 2 kg", [("lighter than 2 kg", "weight")]),
        ("the cheapest comedy", [("cheapest", "price")]),
        ("a comedy under two hours", []),
        ("at least 3 films with dogs", []),
        ("a comedy about a man with less than 3 euros in his pocket", []),
        ("the longest comedy", []),
    ],
)
def test_what_no_field_answers_is_found_outside_stories(link: Linker, text: str, found: list[tuple[str, str]]) -> None:
    assert strays(link, text) == found


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("a reporter of a talk show in this 1994 comedy", 1994),
        ("i am trying to find a film in 1994", 1994),
        ("this 1994 mindbending film", 1994),
        ("he plays a teacher in a movie from 1994", 1994),
    ],
)
def test_years_beside_an_item_date_it(link: Linker, text: str, year: int) -> None:
    assert [found for found in limits(link, text) if found[0] == "year"] == [("year", "eq", year, False)]
