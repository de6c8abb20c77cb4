"""Intents, ordinals and counts in plain English."""

import pytest

from agents.understanding import intents

FILM = ("film", "films", "movie", "movies")


def intent(text: str, *, points: bool = False, limits: bool = False, similar: bool = False) -> str:
    return intents.intent_of(text, points_at_items=points, has_limits=limits, similar_cue=similar)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what did you show me before?", "recap"),
        ("Which ones have you recommended so far", "recap"),
        ("help", "help"),
        ("What can you do?", "help"),
        ("hi there!", "smalltalk"),
        ("thanks, great", "smalltalk"),
        ("anything else?", "more"),
        ("show me more", "more"),
        ("another one please", "more"),
        ("a slow film about memory", "recommend"),
        ("greetings from a small town, that kind of story", "recommend"),
    ],
)
def test_intents_of_plain_messages(text: str, expected: str) -> None:
    assert intent(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tell me more about the second one", "details"),
        ("who directed it?", "details"),
        ("how long is number 2", "details"),
        ("compare 1 and 3", "compare"),
        ("which one is longer?", "compare"),
        ("more like the second one", "similar"),
    ],
)
def test_intents_of_messages_that_point_at_items(text: str, expected: str) -> None:
    assert intent(text, points=True) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("more like the second one", [1]),
        ("the 3rd and the first", [2, 0]),
        ("compare 1 and 3", [0, 2]),
        ("I've seen 1 and 4", [0, 3]),
        ("number 5 please", [4]),
        ("the last one", [5]),
        ("the first two", [0, 1]),
        ("that one", [0]),
        ("number 9", []),
        ("my first time here", []),
        ("under 90 minutes", []),
        ("the second world war", []),
    ],
)
def test_positions_in_a_slate_of_six(text: str, expected: list[int]) -> None:
    assert intents.positions(text, 6, FILM) == expected


def test_nothing_is_pointed_at_before_the_first_slate() -> None:
    assert intents.positions("the second one", 0, FILM) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("give me five films", 5),
        ("top 10", 10),
        ("three movies", 3),
        ("two hours", None),
        ("give me 90 minutes", None),
        ("one film", None),
    ],
)
def test_how_many_are_asked_for(text: str, expected: int | None) -> None:
    assert intents.asked_count(text, FILM) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I've seen 1 and 3", "seen"),
        ("I love the first one", "like"),
        ("not the second one", "dislike"),
        ("more like the second", ""),
    ],
)
def test_feedback_about_shown_items(text: str, kind: str) -> None:
    assert intents.feedback_kind(text) == kind


@pytest.mark.parametrize("text", ["I like the second one", "I don't like the first one", "didn't like that"])
def test_who_tells_a_taste_asks_for_no_likeness(text: str) -> None:
    assert intents.feedback_kind(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("I've seen all of these", 6), ("more like these", 6), ("all films", 0)]
)
def test_the_whole_slate_is_pointed_at(text: str, expected: int) -> None:
    assert len(intents.positions(text, 6, FILM)) == expected


@pytest.mark.parametrize(
    ("text", "among", "expected"),
    [
        ("which is longer?", False, True),
        ("which one did critics like more?", False, True),
        ("which one is the longest?", False, True),
        ("which has the bigger engine?", True, True),
        ("which has the bigger engine?", False, False),
        ("which film is the longest?", True, False),
    ],
)
def test_what_compares(text: str, among: bool, expected: bool) -> None:
    assert intents.is_comparison(text, of_these=among) is expected


def test_words_beside_a_value_allow_or_refuse_it() -> None:
    assert intents.is_allowed(" is ok after all")
    assert intents.is_allowed(" are fine too")
    assert not intents.is_allowed(" from the fifties")
    assert intents.is_ruled_out(" neither")
    assert not intents.is_ruled_out(" from the fifties")


@pytest.mark.parametrize(
    ("before", "expected"), [("is ", True), ("ok, does the film ", True), ("have you seen ", False), ("like ", False)]
)
def test_what_asks_of_an_item(before: str, expected: bool) -> None:
    assert intents.asks_of(before) is expected


def test_a_no_is_blanked_out_and_letters_stay_where_they_are() -> None:
    assert intents.without_refusal("no, a minivan") == "    a minivan"
    assert intents.without_refusal("no minivan") == "no minivan"


def test_more_of_a_number() -> None:
    assert intents.asked_count("two more", FILM) == 2
