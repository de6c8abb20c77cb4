"""Bounds that only say a number revise the bound set last."""

from collections.abc import Callable
from typing import Any

import pytest

from retrieval.bundle import Bundle

Talk = Callable[..., Any]


def limits(turn: Any) -> list[str]:
    return [f"{f.field} {f.op} {f.value}" for f in turn.filters]


@pytest.mark.parametrize(
    ("said", "after"),
    [
        ("make it 120", ["runtime_min lte 120"]),
        ("ok, up to 130", ["runtime_min lte 130"]),
        ("make that 90 at least", ["runtime_min lte 99", "runtime_min gte 90"]),
    ],
)
def test_a_number_alone_is_of_the_field_bounded_last(talk: Talk, films: Bundle, said: str, after: list[str]) -> None:
    turns, _ = talk(films, "a drama under 100 minutes", said, "undo")
    assert limits(turns[1])[1:] == after
    assert limits(turns[2]) == limits(turns[0])
    assert not turns[1].notices


def test_a_number_alone_says_nothing_where_nothing_is_bounded(talk: Talk, films: Bundle) -> None:
    turns, _ = talk(films, "a drama", "make it 120")
    assert limits(turns[1]) == limits(turns[0])
