"""Whom something is for: ages in words, scales of ages by any name, and what is not for children."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from agents.state import Ledger
from agents.understanding.audience import audience_of, suited
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table

Talk = Callable[..., Any]


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("for my 6 year old daughter", 6),
        ("an eleven-year-old will use it", 11),
        ("my grandson, he is nine and loves dragons", 9),
        ("something to do with the kids", 8),
        ("for my 40 year old brother", None),
        ("no need to look for something for kids", None),
        ("about children at war", None),
        ("she is five minutes away", None),
    ],
)
def test_ages(text: str, age: int | None) -> None:
    found = audience_of(text)
    assert (found.age if found else None) == age


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    var = tmp_path_factory.mktemp("apps")
    ages = ["Everyone", "Teen", "Mature 17+", "Everyone 10+"]
    table = pa.table({
        "id": [str(i) for i in range(120)],
        "name": [f"App {i}" for i in range(120)],
        "content rating": [ages[i % 4] for i in range(120)],
        "kind": [("Puzzle", "Casino", "Maps")[i % 3] for i in range(120)],
    })  # fmt: skip
    roles = {"id": "id", "name": "title", "content rating": "facet", "kind": "facet"}
    build_bundle(import_table(table, None, roles, source="apps"), "apps", var)
    return open_bundle(var, "apps")


@pytest.mark.parametrize(("age", "fit"), [(6, {"Everyone"}), (11, {"Everyone", "Everyone 10+"})])
def test_a_scale_of_ages_bounds_and_kinds_are_refused(apps: Bundle, age: int, fit: set[str]) -> None:
    whom = audience_of(f"for my {age} year old son")
    assert whom
    rated, kind = suited(Ledger(), whom, apps.catalog, 0).filters
    assert (rated.field, rated.op, set(rated.value)) == ("content rating", "in", fit)
    assert (kind.field, kind.op, kind.value) == ("kind", "not_in", ["Casino"])


def test_where_nothing_tells_ages_the_kinds_alone_are_refused(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "something for my 6 year old daughter")
    assert [(f.field, f.op, f.value) for f in turn.filters] == [("genres", "not_in", ["Horror"])]
    rows = films.catalog.rows_of([item.item_id for item in turn.items])
    assert rows and not any("Horror" in item.values["genres"] for item in films.catalog.items(rows))


def test_a_kind_asked_for_stays(talk: Talk, films: Bundle) -> None:
    [turn], _ = talk(films, "a horror film for my 15 year old son")
    assert [(f.field, f.op, f.value) for f in turn.filters] == [("genres", "contains", "Horror")]
