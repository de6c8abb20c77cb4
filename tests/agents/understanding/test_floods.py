"""Messages that name hundreds of things: pasted pages, lists, one word over and over."""

from collections.abc import Callable
from typing import Any

import pytest

from agents.ledger import MOST_LIMITS, add_limit
from agents.state import Ledger, Limit
from retrieval.bundle import Bundle
from retrieval.filters import MAX_FILTERS
from retrieval.items import Filter

Talk = Callable[..., Any]
BOUNDS = " ".join(f"under {minutes} minutes" for minutes in range(60, 300))
YEARS = " ".join(map(str, range(1900, 2015)))


@pytest.mark.parametrize(
    "flood", ["é comedy " * 500, "1990 " * 800, BOUNDS, YEARS * 7, "not comedy " * 400, "? " * 2000]
)
def test_no_message_names_so_much_that_its_turn_fails(talk: Talk, films: Bundle, flood: str) -> None:
    turns, thread = talk(films, flood, flood, "a drama with Tom Hanks")
    for turn in turns:
        assert "could not finish" not in turn.reply
        assert len(turn.filters) <= MOST_LIMITS
        assert len(" ".join(turn.notices)) < 2_000
    assert "Tom Hanks" in {f.value for f in turns[-1].filters}
    assert len(thread.past) == 3


def test_a_page_of_titles_is_survived(talk: Talk, films: Bundle) -> None:
    page = ", ".join(films.catalog.titles * 50)[:4_000]
    turns, _ = talk(films, f"I liked {page}", "a comedy")
    assert all("could not finish" not in turn.reply for turn in turns)
    assert turns[-1].items


def test_a_full_ledger_says_so_and_keeps_the_newest(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, BOUNDS)
    assert len(turn.filters) == MOST_LIMITS
    assert f"I keep to {MOST_LIMITS} limits at most; the oldest make room for new ones." in turn.notices


def test_limits_of_a_calling_program_never_make_room() -> None:
    ledger, given = Ledger(), [Filter(field="year", op="ne", value=1900 + i) for i in range(MAX_FILTERS)]
    for one in given:
        ledger = add_limit(ledger, Limit(filter=one, words="", turn=0, source="caller"))
    assert ledger.filters == given
    said = Limit(filter=Filter(field="genres", op="contains", value="Drama"), words="drama", turn=0)
    assert add_limit(ledger, said).filters == given
