"""What was relaxed, and how near misses differ, in words that name the new bound."""

from typing import Any

import pytest

from agents.answering.brief import ExplainBrief
from agents.answering.misses import difference, relaxed_sentence
from agents.events import SlateItem
from retrieval.items import Field, Filter, Op, Role

FIELDS = {
    f.name: f
    for f in (
        Field(name="year", role=Role.NUMBER, label="year", unit="year"),
        Field(name="min", role=Role.NUMBER, label="runtime", unit="min"),
        Field(name="price", role=Role.NUMBER, label="price", unit="eur"),
        Field(name="genres", role=Role.FACET, label="genres", many=True),
        Field(name="countries", role=Role.FACET, label="countries", many=True),
        Field(name="shelf", role=Role.FACET, label="categories"),
        Field(name="city", role=Role.FACET, label="city"),
        Field(name="cast", role=Role.PERSON, label="cast", many=True),
        Field(name="directors", role=Role.PERSON, label="directors", many=True),
        Field(name="updated", role=Role.DATE, label="updated"),
    )
}


def given(field: str, op: Op, value: Any) -> Filter:
    return Filter(field=field, op=op, value=value)


def item(name: str, breaks: list[Filter], **fields: Any) -> SlateItem:
    return SlateItem(item_id=name, title=name, score=1, fields=fields, breaks=breaks)


def said(relaxed: Filter, values: list[dict[str, Any]], *rest: Filter, **more: Any) -> str:
    items = [item(f"T{i}", [relaxed], **fields) for i, fields in enumerate(values)]
    about = {"filters": [*rest, relaxed], "relaxed": [relaxed], **more}
    return relaxed_sentence(ExplainBrief(message="", items=items, fields=FIELDS, noun=("film", "films"), **about))


COMEDY = given("genres", "contains", "Comedy")
SHORT = given("min", "lte", 89)


def test_a_new_bound_is_named_as_the_old_one_was() -> None:
    values = [{"min": 92}, {"min": 97}]
    wide = given("min", "lte", 100)
    assert said(SHORT, values, bound=wide, words={"min": "under 90 minutes"}) == (
        "Nothing under 90 min fits; these are under 100 min."
    )
    assert said(SHORT, values, COMEDY, bound=wide, words={"min": "90 minutes"}) == (
        "Nothing at most 89 min fits the rest (Comedy); these are at most 100 min."
    )


@pytest.mark.parametrize(
    ("relaxed", "values", "more", "expected"),
    [
        (SHORT, [{"min": 92}], {"bound": given("min", "lte", 100)}, "this one is 92 min."),
        (
            given("year", "eq", 2025),
            [{"year": 2014}, {"year": 2014}],
            {"bound": given("year", "between", [2014, 2025])},
            "Nothing from 2025 fits; these are from 2014.",
        ),
        (
            given("year", "lte", 1950),
            [{"year": 1951}, {"year": 1955}],
            {"bound": given("year", "lte", 1955)},
            "these are from 1951 to 1955.",
        ),
        (
            given("price", "lte", 5),
            [{"price": 45}, {"price": 47}],
            {"bound": given("price", "lte", 50)},
            "Nothing with price at most €5 fits; these have price at most €50.",
        ),
        (
            given("updated", "eq", 2011),
            [{"updated": "2015-01-05"}],
            {"bound": given("updated", "between", ["2011-01-01", "2015-01-05"])},
            "this one is updated 5 Jan 2015.",
        ),
        (COMEDY, [{"genres": ["Drama"]}, {"genres": ["Drama", "War"]}], {}, "these are Drama and War instead."),
        (
            given("countries", "contains", "France"),
            [{"countries": ["Italy"]}],
            {},
            "Nothing from France fits; this one is from Italy instead.",
        ),
        (
            given("shelf", "eq", "Science fiction"),
            [{"shelf": "Fiction"}, {"shelf": "Poetry"}],
            {},
            "Nothing in the category Science fiction fits; these are in Fiction and Poetry instead.",
        ),
        (given("cast", "contains", "Ann Lee"), [{"cast": ["Bo"]}], {}, "this one fits that without Ann Lee."),
    ],
)
def test_every_role_says_what_there_is_instead(
    relaxed: Filter, values: list[dict[str, Any]], more: dict[str, Any], expected: str
) -> None:
    assert said(relaxed, values, **more).endswith(expected)


def test_what_is_known_already_is_not_said_to_be_missing() -> None:
    text = said(SHORT, [{"min": 95}, {"min": 96}], COMEDY, bound=given("min", "lte", 100), n_fit=3)
    assert text == "You know all 3 films that fit by now (Comedy, at most 89 min); these are at most 100 min."


def test_nearest_misses_are_told_one_by_one() -> None:
    old = given("year", "lte", 1950)
    items = [
        item("A", [SHORT, old], min=120, year=1960, genres=["Comedy"]),
        item("B", [COMEDY], min=80, year=1940, genres=["Drama"]),
    ]
    about = ExplainBrief(
        message="",
        items=items,
        fields=FIELDS,
        filters=[COMEDY, SHORT, old],
        relaxed=[COMEDY, SHORT, old],
        abstains=True,
    )
    text = relaxed_sentence(about)
    assert text.startswith("Nothing fits all of this: Comedy, at most 89 min, up to 1950;")
    assert "**A** (1960), 120 min instead of at most 89 min and from 1960 instead of up to 1950" in text
    assert "**B** (1940), Drama, not Comedy" in text


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        (None, SHORT, "runtime unknown"),
        (["Comedy", "War"], given("genres", "not_contains", "war"), "War, which you ruled out"),
        (["Ann Lee"], given("directors", "contains", "Bo Li"), "directed by Ann Lee, not directed by Bo Li"),
        (["A", "B", "C", "D"], given("cast", "contains", "Bo Li"), "without Bo Li"),
        ("Wien", given("city", "contains", "Bern"), "in Wien, not Bern"),
        (1994, given("year", "between", [1980, 1989]), "from 1994 instead of 1980 to 1989"),
        (90, given("min", "ne", 90), "90 min, which you ruled out"),
    ],
)
def test_a_difference_is_of_the_row(value: Any, limit: Filter, expected: str) -> None:
    assert difference(value, limit, FIELDS[limit.field]) == expected


def test_nothing_relaxed_says_nothing() -> None:
    assert relaxed_sentence(ExplainBrief(message="", fields=FIELDS)) == ""
