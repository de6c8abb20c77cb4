"""Titles written from memory: what names an item, and what must not be taken for one."""

import pyarrow as pa
import pytest

from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table
from retrieval.linking.grounding import Grounded


def title_of(bundle: Bundle, grounded: Grounded) -> str:
    return "" if grounded.row is None else bundle.catalog.titles[grounded.row]


@pytest.mark.parametrize(
    ("typed", "title", "how"),
    [
        ("The Matrix", "The Matrix", "exact"),
        ("1. **The Matrix** (1999)", "The Matrix", "exact"),
        ('"Matrix, The" (1999)', "The Matrix", "exact"),
        ("the matrix (2000)", "The Matrix", "exact"),
        ("Amelie (2001)", "Amélie", "exact"),
        ("Forest Gump (1994)", "Forrest Gump", "spelt"),
        ("Back to the Futture", "Back to the Future", "spelt"),
    ],
)
def test_what_names_an_item(films: Bundle, typed: str, title: str, how: str) -> None:
    grounded = films.linker.ground(typed)
    assert (title_of(films, grounded), grounded.how) == (title, how)


@pytest.mark.parametrize(
    "typed",
    [
        "The Matrix (1971)",
        "The Matrix 4",
        "Toy Story 2 (1999)",
        "Back to the Future Part II (1989)",
        "Forest Gump (2011)",
        "A Film Nobody Made",
        "Alein",
        "",
        "12.",
        "***",
    ],
)
def test_what_names_nothing(films: Bundle, typed: str) -> None:
    assert films.linker.ground(typed) == Grounded(None, "absent")


ROLES = {"item_id": "id", "title": "title", "year": "number", "rating_count": "number"}
ROWS = [
    ("a", "Harbour", 1994, 500),
    ("b", "Harbour", 2019, 510),
    ("c", "Moss", 1999, 900),
    ("d", "Moss", 2012, 3),
    ("e", "Lanterns", None, 20),
]


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory, films: Bundle) -> Bundle:
    """Twenty-five more stand between the best and the least known."""
    var = tmp_path_factory.mktemp("namesakes")
    rows = [*ROWS, *((f"x{i}", f"Filler {chr(65 + i) * 4}", 1990, 520 + i) for i in range(25))]
    columns = [pa.array([row[i] for row in rows]) for i in range(len(ROLES))]
    source = import_table(pa.table(columns, names=list(ROLES)), None, ROLES, source="rows")
    build_bundle(source, "games", var, embedder=films.embedder)
    return open_bundle(var, "games", films.embedder)


def test_of_namesakes_the_year_decides_and_without_one_only_fame_that_is_clear(namesakes: Bundle) -> None:
    ground = namesakes.linker.ground
    assert ground("Harbour (1994)").row == 0
    assert ground("Harbour (2019)").row == 1
    assert ground("Harbour (1960)") == Grounded(None, "absent")
    assert ground("Harbour") == Grounded(None, "ambiguous")
    assert title_of(namesakes, ground("Moss")) == "Moss"
    assert ground("Moss").row == 2


def test_an_item_of_unknown_year_is_not_refused_for_one(namesakes: Bundle) -> None:
    assert namesakes.linker.ground("Lanterns (2004)").row == 4
    assert namesakes.linker.ground("Lantern (2004)").row == 4
