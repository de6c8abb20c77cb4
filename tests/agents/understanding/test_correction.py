"""Items of one title: which is meant, and "no, the other one"."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from shelf import WordVectors

from agents.state import PastTurn, Thread
from agents.understanding.correction import corrected
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table

Talk = Callable[..., Any]
PLAYS = (
    ("h96", "Hamlet", 1996, "Kenneth Branagh", ["Drama"], "A prince of Denmark avenges the king.", 900),
    ("h48", "Hamlet", 1948, "Laurence Olivier", ["Drama"], "A prince in black and white broods.", 500),
    ("h90", "Hamlet", 1990, "Mel Gibson", ["Drama"], "A prince rages in a castle.", 300),
    ("o95", "Othello", 1995, "Oliver Parker", ["Drama"], "A general trusts the wrong man.", 200),
    ("m15", "Macbeth", 2015, "Justin Kurzel", ["Drama", "War"], "A thane kills for a crown.", 250),
    ("b93", "Much Ado About Nothing", 1993, "Kenneth Branagh", ["Comedy"], "Two who quarrel fall in love.", 400),
    ("s98", "Shakespeare in Love", 1998, "John Madden", ["Comedy"], "A poet loves a player.", 450),
)


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    var = tmp_path_factory.mktemp("plays")
    names = ("id", "title", "year", "director", "genres", "plot", "votes")
    table = pa.table(dict(zip(names, map(list, zip(*PLAYS, strict=True)), strict=True)))
    roles = {"id": "id", "title": "title", "year": "number", "director": "person", "genres": "facet", "plot": "text"}
    build_bundle(import_table(table, roles={**roles, "votes": "number"}), "plays", var, embedder=WordVectors())
    return open_bundle(var, "plays", WordVectors())


def meant(bundle: Bundle, text: str) -> str:
    [title] = [m for m in bundle.linker.link(text) if m.kind == "title"]
    return title.item_ids[0]


@pytest.mark.parametrize(
    ("text", "item_id"),
    [
        ("something like Hamlet (1948)", "h48"),
        ("something like the 1990 Hamlet", "h90"),
        ("something like Hamlet from 1948", "h48"),
        ("something like Hamlet by Laurence Olivier", "h48"),
        ("something like the original Hamlet", "h48"),
        ("something like the new Hamlet", "h96"),
    ],
)
def test_a_year_a_person_or_its_age_tells_which_is_meant(plays: Bundle, text: str, item_id: str) -> None:
    assert meant(plays, text) == item_id


def test_a_year_that_only_dates_a_title_is_no_limit(talk: Talk, plays: Bundle) -> None:
    [turn], _ = talk(plays, "something like the 1990 Hamlet")
    assert turn.filters == []
    assert turn.items


def thread_of(*said: str) -> Thread:
    return Thread(past=[PastTurn(turn_id=str(i), user=text, reply="") for i, text in enumerate(said)])


def now_meant(plays: Bundle, *said: str) -> str | None:
    found = corrected(said[-1], thread_of(*said[:-1]), plays)
    return meant(plays, found.text) if found else None


def test_the_other_one_is_another_each_time(plays: Bundle) -> None:
    first = meant(plays, "something like Hamlet")
    others = [now_meant(plays, "something like Hamlet", *["no, the other one"] * n) for n in (1, 2, 3)]
    assert {first, *others[:2]} == {"h48", "h90", "h96"}
    assert others[2] == first


@pytest.mark.parametrize(
    ("said", "item_id"),
    [
        ("I meant the 1990 one", "h90"),
        ("the 1948 one", "h48"),
        ("No, I meant the original", "h48"),
        ("sorry, the older one", "h90"),
        ("not that one, the newest", "h96"),
        ("the 2005 one", None),
        ("the newer one", None),
        ("I want a new one, please", None),
    ],
)
def test_which_is_meant_may_be_said_in_many_ways(plays: Bundle, said: str, item_id: str | None) -> None:
    before = "something like Hamlet (1990)" if "newest" in said else "something like Hamlet"
    assert now_meant(plays, before, said) == item_id


def test_titles_of_one_item_and_no_titles_leave_nothing_to_correct(plays: Bundle) -> None:
    assert now_meant(plays, "something like Othello", "no, the other one") is None
    assert now_meant(plays, "a comedy", "no, the other one") is None
    assert now_meant(plays, "no, the other one") is None


def test_a_conversation_goes_on_with_the_item_meant(talk: Talk, plays: Bundle) -> None:
    turns, thread = talk(plays, "I loved Hamlet. Show me a drama", "no, the other one")
    wrong, right = (turn_likes(t) for t in (talk(plays, "I loved Hamlet. Show me a drama")[1], thread))
    assert len(wrong) == len(right) == 1
    assert wrong != right
    assert any("I take Hamlet (" in notice for notice in turns[1].notices)
    assert {f.field for f in turns[1].filters} == {"genres"}


def turn_likes(thread: Thread) -> set[str]:
    return {taste.item_id for taste in thread.ledger.tastes if taste.kind == "like" and taste.item_id}
