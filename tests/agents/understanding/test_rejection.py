"""Who refuses a whole list sees none of it again and is asked; titles told as known are just that."""

from collections.abc import Callable
from typing import Any

import pytest

from retrieval.bundle import Bundle

Talk = Callable[..., Any]


def ids(turn: Any) -> set[str]:
    return {item.item_id for item in turn.items}


@pytest.mark.parametrize("said", ["none of these", "Hmm, not these.", "not quite what I wanted", "nope"])
def test_a_refused_list_never_comes_back_and_is_asked_about(talk: Talk, films: Bundle, said: str) -> None:
    turns, thread = talk(films, "a drama", said, "from any year")
    assert turns[1].question
    assert not ids(turns[0]) & (ids(turns[1]) | ids(turns[2]))
    assert not turns[1].notices
    assert thread.ledger.tastes == []


def test_refusing_again_is_asked_about_in_other_words(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "something", "none of these", "not these either")
    assert turns[2].question
    assert turns[1].question.text != turns[2].question.text


def test_one_item_refused_is_not_the_list(talk: Talk, films: Bundle) -> None:
    turns, thread = talk(films, "a drama", "not that one")
    assert thread.refused == []
    assert [t.item_id for t in thread.ledger.tastes] == [turns[0].items[0].item_id]


def test_a_refusal_with_a_reason_is_a_wish(talk: Talk, films: Bundle) -> None:
    _, thread = talk(films, "a drama", "no, I'd rather have a comedy")
    assert thread.refused == []
    assert [x.filter.value for x in thread.ledger.limits][-1] == "Comedy"


@pytest.mark.parametrize(
    "said",
    [
        "a thriller. I already know The Matrix, A Clockwork Orange and North by Northwest.",
        "a thriller. Not The Matrix, A Clockwork Orange and North by Northwest though, I've had those already.",
        "a thriller. I know The Matrix, A Clockwork Orange and North by Northwest already, so please leave those out.",
    ],
)
def test_all_titles_of_a_list_of_known_ones_are_seen(talk: Talk, films: Bundle, said: str) -> None:
    turns, thread = talk(films, said)
    titles = {films.catalog.titles[films.catalog.row_of(i)] for i in thread.ledger.items("seen")}  # type: ignore[index]
    assert titles == {"The Matrix", "A Clockwork Orange", "North by Northwest"}
    assert [f.value for f in turns[0].filters] == ["Thriller"]
    assert not turns[0].notices
