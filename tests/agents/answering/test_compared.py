"""Answers to comparisons come from the rows, name what is unknown and admit what nothing measures."""

from typing import Any

import pytest

from agents.answering.brief import ExplainBrief
from agents.answering.compared import measure_of
from agents.answering.told import about_items
from agents.events import SlateItem
from retrieval.items import Field, Role

FIELDS = {
    f.name: f
    for f in (
        Field(name="year", role=Role.NUMBER, label="year", unit="year"),
        Field(name="min", role=Role.NUMBER, label="runtime", unit="min"),
        Field(name="price", role=Role.NUMBER, label="price", unit="eur"),
        Field(name="oscars", role=Role.NUMBER, label="oscars"),
        Field(name="genres", role=Role.FACET, label="genres", many=True),
        Field(name="city", role=Role.FACET, label="city"),
        Field(name="directors", role=Role.PERSON, label="directors", many=True),
    )
}


def item(title: str, **fields: Any) -> SlateItem:
    return SlateItem(item_id=title, title=title, score=1, fields=fields)


ALIEN = item("Alien", year=1979, min=117, oscars=1, genres=["Horror", "Sci-Fi"], directors=["Ridley Scott"])
ALIENS = item("Aliens", year=1986, min=137, oscars=1, genres=["Horror", "War"], directors=["James Cameron"])
HEAT = item("Heat", year=1995, genres=["Crime"], directors=["Michael Mann"])
SHORT = item("Short | one", year=1999, min=40, genres=["Horror"], directors=["Ann Lee"])
MOTEL = item("Motel", price=40, city="Wien")
INN = item("Inn", price=90, city="Wien")


def said(message: str, *items: SlateItem, intent: str = "compare") -> str:
    return about_items(
        ExplainBrief(message=message, items=list(items), fields=FIELDS, noun=("film", "films"), intent=intent)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("message", "items", "expected"),
    [
        ("which is longer?", (ALIEN, ALIENS), "**Aliens** (1986) is longer: 137 min, against 117 min for **Alien**"),
        ("which is shorter?", (ALIEN, ALIENS), "**Alien** (1979) is shorter: 117 min, against 137 min for"),
        ("which is the oldest?", (ALIENS, ALIEN), "**Alien** (1979) comes first: from 1979, against 1986 for"),
        ("which one is cheaper?", (INN, MOTEL), "**Motel** is cheaper: price €40, against €90 for **Inn**."),
        ("which has more oscars?", (ALIEN, ALIENS), "They are equal in oscars: both 1."),
        ("is the first longer than the second?", (ALIEN, ALIENS), "No. **Alien** (1979): 117 min; **Aliens**"),
        ("is 1 older than 2?", (ALIEN, ALIENS), "Yes. **Alien** (1979): from 1979;"),
        ("which is longer?", (ALIEN, HEAT), "Only of **Alien** (1979) the runtime is known here: 117 min."),
        ("which is cheaper?", (ALIEN, HEAT), "The catalogue does not say the price of **Alien** (1979) or **Heat**"),
        (
            "which is the longest?",
            (ALIEN, SHORT, HEAT, ALIENS),
            "By runtime: **Aliens** (1986) with 137 min, then **Alien** (1979) with 117 min and **Short | one** (1999)"
            " with 40 min. The runtime of **Heat** (1995) is not known here.",
        ),
    ],
)  # fmt: skip
def test_measures_are_read_off_the_rows(message: str, items: tuple[SlateItem, ...], expected: str) -> None:
    assert said(message, *items).startswith(expected)


def test_whether_one_is_more_than_another_is_answered_though_it_is_no_request_to_compare() -> None:
    assert said("is 1 older than 2?", ALIEN, ALIENS, intent="details").startswith("Yes.")


def test_who_has_a_value_is_named_and_nobody_else() -> None:
    assert said("which one is by James Cameron?", ALIEN, ALIENS) == "**Aliens** (1986): directed by James Cameron."
    assert said("which of these is a horror film?", ALIEN, ALIENS) == "Both: Horror."
    assert said("compare Heat and Alien", HEAT, ALIEN).startswith("|")


def test_a_table_holds_what_differs_and_says_what_is_unknown() -> None:
    lines = said("compare 1, 2 and 3", ALIEN, HEAT, SHORT).split("\n")
    assert lines[0] == "|  | **Alien** (1979) | **Heat** (1995) | **Short / one** (1999) |"
    assert lines[1] == "| --- | --- | --- | --- |"
    assert "| runtime | 117 min | unknown | 40 min |" in lines
    assert not any(line.startswith(("| year", "| price", "| city")) for line in lines)
    assert said("compare 1 and 2", INN, MOTEL).endswith("Both: in Wien.")


def test_no_more_than_five_stand_side_by_side() -> None:
    assert said("compare these", *[item(f"T{i}", min=i + 1) for i in range(9)]).split("\n")[0].count("**") == 10


def test_what_they_share_is_said_field_by_field() -> None:
    assert said("what do 1 and 2 have in common?", ALIEN, ALIENS) == "Both: 1 oscar; Horror."
    assert said("do they have a director in common?", ALIEN, ALIENS).endswith("share no directors.")


def test_what_nothing_measures_is_admitted() -> None:
    assert said("which one is scarier?", ALIEN, ALIENS).startswith("The catalogue does not measure what is “scarier”")
    assert "does not measure" not in said("what is the difference between them?", ALIEN, ALIENS)
    assert "does not measure" not in said("compare it with the other", ALIEN, ALIENS)


def test_the_longest_phrase_decides_what_is_measured() -> None:
    fields = list(FIELDS.values())
    newest = measure_of("is it newer", fields)
    assert newest
    assert (newest.field.name, newest.greatest_first) == ("year", True)
    assert measure_of("what is it about", fields) is None
    fewest = measure_of("which has the fewest oscars", fields)
    assert fewest
    assert (fewest.field.name, fewest.greatest_first) == ("oscars", False)


def test_a_year_that_stands_by_the_title_is_not_told_twice() -> None:
    reply = said("which is the newest?", ALIEN, HEAT, ALIENS)
    assert reply == "By year: **Heat** (1995), then **Aliens** (1986) and **Alien** (1979)."
