"""Pronouns for people, "the same …" and "someone else": read by the items and limits of the turns before."""

from collections.abc import Callable
from typing import Any

import pytest

from retrieval.bundle import Bundle

Talk = Callable[..., Any]


def limits(turn: Any) -> list[str]:
    return [f"{f.field} {f.op} {f.value}" for f in turn.filters]


def test_his_other_ones_are_by_who_was_asked_about(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "who directed Alien?", "show me his other films")
    assert limits(turns[1]) == ["directors contains Ridley Scott"]
    assert "Alien" not in [item.title for item in turns[1].items]


def test_a_person_asked_about_takes_the_place_of_the_one_before(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a film by Stanley Kubrick", "who directed Alien?", "what else did he direct?")
    assert limits(turns[2]) == ["directors contains Ridley Scott"]


@pytest.mark.parametrize("said", ["something similar by someone else", "another director please", "not by him"])
def test_somebody_else_refuses_who_was_asked_for(talk: Talk, films: Bundle, said: str) -> None:
    turns, _ = talk(films, "something by Stanley Kubrick", said)
    assert limits(turns[1]) == ["directors not_contains Stanley Kubrick"]


def test_the_same_director_as_a_title(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "something by the same director as Alien")
    assert limits(turn) == ["directors contains Ridley Scott"]


def test_pronouns_without_anybody_to_stand_for_bound_nothing(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "a drama about a man and his other life, with her in it")
    assert not [limit for limit in limits(turn) if "directors" in limit or "cast" in limit]


def test_both_together_takes_back_in_what_gave_way(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "films by Stanley Kubrick", "films by Ridley Scott instead", "and both of them together?")
    assert limits(turns[1]) == ["directors contains Ridley Scott"]
    assert {f.value for f in turns[2].filters} == {"Ridley Scott", "Stanley Kubrick"}
