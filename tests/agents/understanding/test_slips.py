"""Corrections within one message, a bound moved to another field, and plain words that are titles."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from agents.state import Ledger, Limit, Thread
from agents.understanding.slips import moved_bound
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table
from retrieval.importing.columns import Hint
from retrieval.items import Filter

Talk = Callable[..., Any]


def limits(turn: Any) -> list[str]:
    return [f"{f.field} {f.op} {f.value}" for f in turn.filters]


@pytest.mark.parametrize("said", ["no wait, 90s", "hang on, 90s", "sorry, the 90s", "I mean the 90s"])
def test_what_a_message_takes_back_is_not_said(talk: Talk, films: Bundle, said: str) -> None:
    [turn], _ = talk(films, f"a drama from the 80s, {said}")
    assert limits(turn) == ["genres contains Drama", "year between [1990, 1999]"]


def test_what_a_message_lists_is_all_said(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "a drama and a comedy")
    assert {f.value for f in turn.filters} == {"Drama", "Comedy"}


@pytest.fixture(scope="module")
def cars(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    var = tmp_path_factory.mktemp("cars")
    table = pa.table({
        "id": [str(i) for i in range(30)], "name": [f"Car {i}" for i in range(30)],
        "city mpg": list(range(10, 40)), "highway mpg": list(range(20, 50)), "gears": [5] * 15 + [6] * 15,
    })  # fmt: skip
    roles = {"id": "id", "name": "title", "city mpg": "number", "highway mpg": "number", "gears": "number"}
    hints = {name: Hint(unit="mpg") for name in ("city mpg", "highway mpg")}
    build_bundle(import_table(table, None, roles, hints=hints, source="cars"), "cars", var)
    return open_bundle(var, "cars")


@pytest.mark.parametrize("said", ["highway, not city", "not city but highway", "I want highway instead of city"])
def test_a_bound_moves_to_the_field_meant(cars: Bundle, said: str) -> None:
    bound = Limit(filter=Filter(field="city mpg", op="gte", value=30), words="30 in the city", turn=0)
    found, moved = moved_bound(said, [], Thread(ledger=Ledger(limits=[bound])), cars)
    assert moved
    assert [(m.kind, m.field, m.cue, m.op, m.value) for m in found] == [
        ("field", "city mpg", "lift", None, None),
        ("range", "highway mpg", "", "gte", 30),
    ]


@pytest.mark.parametrize("said", ["gears, not city", "highway, not city"])
def test_nothing_moves_between_units_or_where_nothing_is_bounded(cars: Bundle, said: str) -> None:
    bound = Limit(filter=Filter(field="city mpg", op="gte", value=30), words="30 in the city", turn=0)
    limited = Thread(ledger=Ledger(limits=[bound] if said.startswith("gears") else []))
    assert moved_bound(said, [], limited, cars) == ([], False)


def test_a_plain_word_shown_as_a_title_is_known(talk: Talk, films: Bundle) -> None:
    _, thread = talk(films, "a film by Ridley Scott", "seen alien")
    assert [t.item_id for t in thread.ledger.tastes if t.kind == "seen"] == ["tt0078748"]
