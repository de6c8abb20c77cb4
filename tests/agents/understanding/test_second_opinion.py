"""Talk that no pattern knows is understood all the same, and what the patterns know stays theirs."""

from collections.abc import Callable
from typing import Any

import pytest

from agents.nouns import nouns_of
from agents.state import Thread
from agents.understanding.understand import understand
from retrieval.bundle import Bundle

Talk = Callable[..., Any]


def limits(turn: Any) -> list[str]:
    return [f"{f.field} {f.op} {f.value}" for f in turn.filters]


def intent(talk: Talk, bundle: Bundle, *said: str) -> str:
    """Return what the last message is taken for after the others."""
    _, thread = talk(bundle, *said[:-1])
    return understand(said[-1], thread, bundle, nouns_of(bundle.name)).understanding.intent


def tastes(thread: Thread) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for taste in thread.ledger.tastes:
        found.setdefault(taste.kind, []).append(taste.item_id)
    return found


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("keep them coming", "more"),
        ("much appreciated, you have been very helpful", "smalltalk"),
        ("what's the story with the third one?", "details"),
    ],
)
def test_an_intent_without_a_pattern(talk: Talk, films: Bundle, said: str, expected: str) -> None:
    assert intent(talk, films, "a drama", said) == expected


def test_praise_and_blame_in_one_message_go_where_they_belong(talk: Talk, films: Bundle) -> None:
    turns, thread = talk(films, "a drama", "loved the first, didn't like the second")
    first, second = (item.item_id for item in turns[0].items[:2])
    assert tastes(thread) == {"like": [first], "dislike": [second]}


def test_a_value_that_may_come_back_is_lifted(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a drama, no horror", "fine, horror can stay")
    assert limits(turns[1]) == ["genres contains Drama"]


def test_who_wants_one_gets_one_and_no_question(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a drama", "just pick one for me")
    assert len(turns[1].items) == 1
    assert turns[1].question is None


def test_a_kind_request_stays_a_request(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a drama", "could you find me a comedy, my friend?")
    assert "genres contains Comedy" in limits(turns[1])
    assert turns[1].items


def test_undo_and_starting_over_are_left_to_the_patterns(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a drama", "from the nineties", "undo", "start over")
    assert limits(turns[2]) == limits(turns[0])
    assert limits(turns[3]) == []


def test_other_domains_are_understood_alike(talk: Talk, games: Bundle) -> None:
    assert intent(talk, games, "something for four players", "keep them coming") == "more"
    turns, thread = talk(games, "something for four players", "the second leaves me cold")
    assert tastes(thread)["dislike"] == [turns[0].items[1].item_id]
