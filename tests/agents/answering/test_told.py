"""Questions about one item: who made it in any catalogue, and what it is about."""

from typing import Any

import pytest

from agents.answering.brief import ExplainBrief
from agents.answering.sympathy import sympathy
from agents.answering.told import about_items
from agents.events import SlateItem
from retrieval.items import Field, Role


def told(message: str, title: str, *fields: Field, **values: Any) -> str:
    item = SlateItem(item_id="1", title=title, score=1, fields=values)
    known = {field.name: field for field in fields}
    return about_items(ExplainBrief(message=message, items=[item], fields=known, intent="details"))


def person(label: str) -> Field:
    return Field(name=label, role=Role.PERSON, label=label, many=True)


RATING = Field(name="rating", role=Role.NUMBER, label="average rating")
MAKE = Field(name="make", role=Role.FACET, label="make", n_values=40)
PLOT = Field(name="plot", role=Role.TEXT, label="plot")


@pytest.mark.parametrize(
    ("message", "field", "said"),
    [
        ("who wrote good omens?", person("authors"), "by Ann Lee"),
        ("who is the writer?", person("authors"), "by Ann Lee"),
        ("who wrote it", person("writers"), "written by Ann Lee"),
        ("who directed it?", person("directors"), "directed by Ann Lee"),
        ("who made the first one?", person("directors"), "directed by Ann Lee"),
        ("who is playing in it", person("cast"), "with Ann Lee"),
        ("who designed it", person("designer"), "designed by Ann Lee"),
        ("who cooked that?", person("chef"), "chef Ann Lee"),
    ],
)
def test_who_did_it_is_told_by_the_verb(message: str, field: Field, said: str) -> None:
    reply = told(message, "Good Omens", RATING, field, **{field.name: ["Ann Lee"], "rating": 4.2})
    assert reply == f"**Good Omens**: {said}."


def test_who_makes_it_may_be_a_brand() -> None:
    assert told("who makes the first one?", "ILX", MAKE, RATING, make="Acura", rating=4) == "**ILX**: make Acura."


def test_who_is_not_answered_by_something_else() -> None:
    assert "does not say that" in told("who wrote it?", "Alien", RATING, person("directors"), rating=4, directors=["R"])


def test_what_it_is_about_is_told_in_the_words_of_the_catalogue_or_said_to_be_missing() -> None:
    plot = "A crew answers a call. " * 40
    whole = told("what's the first one about?", "Alien", PLOT, RATING, plot=plot, rating=4)
    assert whole.startswith("**Alien**: A crew answers a call.")
    assert whole.endswith("call.")
    assert len(whole) < 450
    again = Field(name="about", role=Role.FACET, label="beschreibung", n_values=9)
    house = told("what is it about?", "Inn", RATING, again, about="A quiet house near the old harbour.", rating=4)
    assert house == "**Inn**: A quiet house near the old harbour."
    missing = told("what is it about", "Alien", PLOT, RATING, rating=4)
    assert missing == "The catalogue has no description of **Alien**, only this: average rating 4."


@pytest.mark.parametrize(
    ("message", "felt"),
    [
        ("had a really bad day at work :(", "sorry"),
        ("I'm so tired, something light", "sorry"),
        ("it's raining here too lol", "stay in"),
        ("it's been a long week", "sorry"),
        ("we had a great day", "Good"),
        ("a film about a man having a bad day", ""),
        ("a bad year for wine", ""),
        ("i am tired of dramas", ""),
        ("something sad", ""),
        ("where it is always raining", ""),
    ],
)
def test_what_people_tell_of_themselves_is_answered_and_stories_are_not(message: str, felt: str) -> None:
    assert felt in sympathy(message) if felt else not sympathy(message)


def test_two_who_did_it_are_told_in_words() -> None:
    assert (
        told("who wrote it?", "Omens", person("authors"), authors=["A. Lee", "B. Li"])
        == "**Omens**: by A. Lee and B. Li."
    )
