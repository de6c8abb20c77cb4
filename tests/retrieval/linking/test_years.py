"""Times of items and times of their stories."""

import pytest
from linked import limits

from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("the 1982 one", "eq", 1982),
        ("a 2010 comic book based movie", "eq", 2010),
        ("released in 1994", "eq", 1994),
        ("before 1999", "lte", 1998),
        ("after 2010", "gte", 2011),
        ("since 2005", "gte", 2005),
        ("not before 2000", "gte", 2000),
        ("no older than 1990", "gte", 1990),
        ("1990 or later", "gte", 1990),
        ("between 1990 and 2000", "between", [1990, 2000]),
        ("80s or 90s", "between", [1980, 1999]),
        ("films from 1994 or 1999", "in", [1994, 1999]),
        ("films from the 1960 s", "between", [1960, 1969]),
        ("early 90s films", "between", [1990, 1993]),
        ("this century", "gte", 2000),
    ],
)
def test_times(link: Linker, text: str, op: str, value: object) -> None:
    assert limits(link, text) == [("year", op, value, False)]


@pytest.mark.parametrize(
    "text", ["a story set in 1945", "about a boy in the 1900 s", "based on a 1952 novel", "a woman in her 20s"]
)
def test_times_of_the_story_are_no_limits(link: Linker, text: str) -> None:
    assert limits(link, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("year > 2000 and < 1990", [("gte", 2001), ("lte", 1989)]),
        ("year>=1990", [("gte", 1990)]),
        ("year => 1990", [("gte", 1990)]),
        ("films <= 1975", [("lte", 1975)]),
    ],
)
def test_signs_bound_years(link: Linker, text: str, found: list[tuple[str, int]]) -> None:
    assert [(op, value) for _, op, value, _ in limits(link, text)] == found


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("something from 2090", "eq", 2090),
        ("from 1800", "eq", 1800),
        ("from the year 3000", "eq", 3000),
        ("before 1700", "lte", 1699),
        ("a film released in 1650 with Tom Hanks", "eq", 1650),
    ],
)
def test_years_no_item_has_are_limits_where_a_cue_dates_the_item(link: Linker, text: str, op: str, value: int) -> None:
    assert ("year", op, value, False) in limits(link, text)


@pytest.mark.parametrize(
    "text", ["set in 1789", "about the year 3000", "from 1200 calories", "2500 people", "top 1500"]
)
def test_other_numbers_of_four_digits_are_no_years(link: Linker, text: str) -> None:
    assert limits(link, text) == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("a slow film about memory, under two hours, not Tom Hanks", "runtime_min"),
        ("something about war, in French, from the 60s", "year"),
        ("about a boy and his dog, and it should be a comedy", "genres"),
        ("about a dog but not animated", "genres"),
        ("about dreams, with Leonardo DiCaprio, after 2000", "year"),
    ],
)
def test_a_new_clause_ends_the_story(link: Linker, text: str, field: str) -> None:
    assert field in [name for name, *_ in limits(link, text)]


@pytest.mark.parametrize(
    "text",
    [
        "about a man, a woman and a horse, set in 1945",
        "about a girl who, before 1914, sails",
        "about love, loss and war",
    ],
)
def test_a_comma_alone_does_not_end_the_story(link: Linker, text: str) -> None:
    assert limits(link, text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("the 2003 story about a famous horse", 2003),
        ("the 1945 tragic love story of a mime", 1945),
        ("what film made in 1979 covers the story of four friends", 1979),
        ("which 1994 thriller shows the hunt for a killer", 1994),
        ("i m thinking about the classic made in 1966", 1966),
        ("a 2011 comedy based on the 1969 film", 2011),
    ],
)
def test_a_year_of_what_tells_a_story_dates_the_item(link: Linker, text: str, value: int) -> None:
    assert [found for field, _, found, _ in limits(link, text) if field == "year"] == [value]


@pytest.mark.parametrize("text", ["a remake of the 1941 classic", "based on a 1936 story about a man"])
def test_the_year_of_a_source_is_no_limit(link: Linker, text: str) -> None:
    assert limits(link, text) == []


def test_events_that_led_up_to_a_year_bound_nothing(link: Linker) -> None:
    assert ("year", "lte", 2001, False) not in limits(link, "the events leading up to 2001")


def test_that_is_from_dates_the_item_after_its_story(link: Linker) -> None:
    assert ("year", "between", [1940, 1949], False) in limits(link, "about two men that is a comedy from the 1940s")
