"""What a sentence says of several items at once: more, most, both, how many; and what it tells of a plot."""

import pytest

from agents.answering.brief import ExplainBrief
from agents.answering.claim_relations import parts_of
from agents.answering.claims import ClaimChecker
from agents.events import SlateItem
from retrieval.items import Field, Role

FIELDS = {
    f.name: f
    for f in (
        Field(name="year", role=Role.NUMBER, label="year", unit="year"),
        Field(name="min", role=Role.NUMBER, label="runtime", unit="min"),
        Field(name="genres", role=Role.FACET, label="genres", many=True),
        Field(name="cast", role=Role.PERSON, label="cast", many=True),
        Field(name="plot", role=Role.TEXT, label="plot"),
    )
}


def film(title: str, plot: str = "", **fields: object) -> SlateItem:
    return SlateItem(item_id=title, title=title, score=1, fields={**fields, "plot": plot})


ALIEN = film(
    "Alien", "The crew of a freighter meets a deadly creature in deep space.",
    year=1979, min=117, genres=["Horror"], cast=["Sigourney Weaver"],
)  # fmt: skip
ALIENS = film("Aliens", year=1986, min=137, genres=["Horror", "War"], cast=["Sigourney Weaver", "Bill Paxton"])
GUMP = film("Forrest Gump", year=1994, min=142, genres=["Drama"], cast=["Tom Hanks"])
UNTIMED = film("Heat", year=1995, genres=["Crime"], cast=["Al Pacino"])
HINTS = {"genres": ["Horror", "War", "Drama", "Comedy", "Crime"]}


def wrong(sentence: str, *items: SlateItem, message: str = "something good") -> str:
    slate = list(items or (ALIEN, ALIENS, GUMP))
    about = ExplainBrief(message=message, items=slate, fields=FIELDS, noun=("film", "films"), hints=HINTS)
    return ClaimChecker(about).wrong(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Alien is shorter than Aliens.",
        "Aliens is newer than Alien, at 137 minutes.",
        "Forrest Gump is the longest of these.",
        "Alien is the oldest of the three films.",
        "Alien is shorter than the others.",
        "Alien and Aliens are both horror films.",
        "Both Alien and Aliens star Sigourney Weaver.",
        "Two of these are horror films.",
        "Alien stars Sigourney Weaver, while Forrest Gump stars Tom Hanks.",
        "Alien is about a freighter crew and a deadly creature in space.",
        "Like Alien, Aliens has Sigourney Weaver.",
        "Alien is a better pick.",
    ],
)
def test_what_the_rows_bear_out_passes(sentence: str) -> None:
    assert wrong(sentence) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "Aliens is shorter than Alien.",
        "Alien is newer than Aliens.",
        "Alien is the longest of these.",
        "Forrest Gump is shorter than the others.",
        "Alien is the longest of all time.",
        "Forrest Gump is the longest film ever.",
        "Both Alien and Forrest Gump are horror films.",
        "All of these are horror films.",
        "Three of these are horror films.",
        "There are two dramas here.",
        "Alien stars Tom Hanks, while Forrest Gump stars Sigourney Weaver.",
        "Alien is from 1994 and Forrest Gump is from 1979.",
        "Alien runs 142 minutes; Forrest Gump runs 117 minutes.",
        "Alien is about a lonely gardener who raises orphaned foxes.",
        "Forrest Gump follows a retired detective hunting a killer.",
        "Alien tells the story of two sisters growing up in wartime.",
    ],
)
def test_what_they_do_not_fails(sentence: str) -> None:
    assert wrong(sentence)


def test_what_is_unknown_is_neither_more_nor_less() -> None:
    assert wrong("Heat is longer than Alien.", ALIEN, UNTIMED)
    assert wrong("Alien is the shortest of these.", ALIEN, UNTIMED)


def test_a_wish_may_be_echoed() -> None:
    assert wrong("If you want something shorter, try Aliens.", message="something shorter please") == ""
    assert wrong("For a film about gardens, try Aliens.", message="a film about gardens") == ""


def test_titles_joined_share_what_follows_and_others_do_not() -> None:
    text = "Alien and Aliens are dark, while Heat is longer than Forrest Gump."
    at = {item.title: text.index(item.title + " ") if item is not GUMP else text.index("Forrest") for item in
          (ALIEN, ALIENS, UNTIMED, GUMP)}  # fmt: skip
    spans = [(at[i.title], at[i.title] + len(i.title), i) for i in (ALIEN, ALIENS, UNTIMED, GUMP)]
    parts = parts_of(text, spans)
    assert [[i.title for i in part.items] for part in parts] == [["Alien", "Aliens"], ["Heat"]]
    assert [[i.title for i in part.beside] for part in parts] == [[], ["Forrest Gump"]]
