"""The demo: what its sources hold arrives whole, joined, and with units that mean what they say."""

from pathlib import Path

import numpy as np
import pytest

from errors import CatalogError
from retrieval import demo, demo_sources
from retrieval.documents import content_hashes, telling_texts
from retrieval.embed import MiniLM
from retrieval.importing.imported import Imported
from retrieval.items import Role
from retrieval.known_vectors import reuse

N_FILMS = 17_470
N_RATINGS = 93_344


@pytest.fixture(scope="module")
def loaded() -> Imported:
    return demo.load_demo()


def test_every_record_is_loaded_or_counted(loaded: Imported) -> None:
    assert loaded.table.num_rows == loaded.report.n_loaded - loaded.report.n_merged == N_FILMS
    assert loaded.report.n_in == N_FILMS + loaded.report.n_merged == 17_472
    assert len(set(loaded.table["item_id"].to_pylist())) == N_FILMS
    assert loaded.table["title"].null_count == 0


def test_items_are_called_films(loaded: Imported) -> None:
    assert loaded.noun == ("film", "films")


def test_ratings_join_by_title_and_year(loaded: Imported) -> None:
    assert loaded.interactions is not None
    assert len(loaded.interactions.rows) == N_RATINGS
    assert len(np.unique(loaded.interactions.users)) == 671
    assert sum(loaded.table["rating_count"].to_pylist()) == N_RATINGS


def test_known_facts_are_right(loaded: Imported) -> None:
    row = loaded.table["item_id"].to_pylist().index("tt0133093")
    facts = {name: loaded.table[name][row].as_py() for name in loaded.table.column_names}
    assert facts["title"] == "The Matrix"
    assert facts["year"] == 1999
    assert facts["runtime_min"] == 136
    assert "Keanu Reeves" in facts["cast"]
    assert "Action" in facts["genres"]
    assert facts["rated"] == "R"
    assert facts["logline"]


def test_numbers_stay_within_what_their_units_allow(loaded: Imported) -> None:
    fields = {field.name: field for field in loaded.fields}
    bounds = {"year": (1940, 2014), "critic_score": (0, 100), "rating_mean": (0.5, 5), "oscars": (0, 11)}
    for name, (low, high) in bounds.items():
        field = fields[name]
        assert field.low is not None and field.high is not None
        assert low <= field.low <= field.high <= high
    assert fields["box_office_usd"].low is not None and fields["box_office_usd"].low >= 1000
    assert [fields[name].unit for name in ("year", "runtime_min", "critic_score", "box_office_usd")] == [
        "year", "min", "%", "usd",
    ]  # fmt: skip


def test_many_values_are_lists_without_empty_ones(loaded: Imported) -> None:
    for field in loaded.fields:
        if field.role in (Role.FACET, Role.PERSON) and field.many:
            values = [value for value in loaded.table[field.name].to_pylist() if value is not None]
            assert values
            assert all(value and all(part.strip() for part in value) for value in values)


def test_means_of_few_ratings_are_unknown(loaded: Imported) -> None:
    counts, means = (loaded.table[name].to_pylist() for name in ("rating_count", "rating_mean"))
    assert all((mean is not None) == (count >= 5) for count, mean in zip(counts, means, strict=True))


def test_the_best_known_come_first_in_prominence(loaded: Imported) -> None:
    titles = loaded.table["title"].to_pylist()
    best = {titles[row] for row in np.argsort(-loaded.prominence)[:500]}
    assert {"The Matrix", "Titanic", "Inception", "Toy Story"} <= best
    assert 0 <= loaded.prominence.min() < loaded.prominence.max() <= 1


def test_every_logline_belongs_to_a_film(loaded: Imported) -> None:
    ids = set(loaded.table["item_id"].to_pylist())
    lines = demo.read_loglines()
    assert len(lines) >= 1500
    assert len({line["item_id"] for line in lines}) == len(lines)
    for line in lines:
        assert line.keys() == {"item_id", "logline", "tags"}
        assert line["item_id"] in ids
        assert 40 <= len(line["logline"]) <= 400
        assert 3 <= len(line["tags"]) <= 8


def test_loglines_state_their_licence() -> None:
    assert '"licence": "CC0-1.0"' in demo.LOGLINES.read_text(encoding="utf-8").splitlines()[0]


def test_shipped_vectors_cover_the_demo(loaded: Imported) -> None:
    hashes = content_hashes(loaded.table, loaded.fields, telling_texts(loaded.table, loaded.fields))
    missing = reuse(hashes, MiniLM(Path("unused")), [demo.VECTORS], np.zeros((len(hashes), MiniLM.dim), np.float16))
    assert len(missing) <= 0.01 * N_FILMS, "run: make vectors"
    assert demo.VECTORS.stat().st_size < 8_000_000


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Matrix, The (1999)", "The Matrix"),
        ("Amélie", "Amelie"),
        ("Thelma & Louise", "Thelma and Louise"),
        ("Diable, Le", "le diable"),
        ("WALL·E", "Wall-E"),
    ],
)
def test_titles_are_the_same(one: str, other: str) -> None:
    assert demo_sources.same_title(one) == demo_sources.same_title(other)


def film(item_id: str, title: str, year: int) -> demo_sources.Film:
    return demo_sources.Film(item_id, title, year, *[None] * (len(demo_sources.Film._fields) - 3))


def test_join_prefers_the_same_year() -> None:
    films = [film("late", "Hamlet", 1997), film("same", "Hamlet", 1996), film("old", "Hamlet", 1948)]
    names = {1: ("Hamlet", 1996), 2: ("Hamlet", 1949), 3: ("Hamlet", 1990), 4: ("Hamlet", 1998)}
    assert demo_sources.join(films, names) == {1: "same", 2: "old", 4: "late"}


def test_missing_wheel_names_the_remedy() -> None:
    with pytest.raises(CatalogError, match="make setup"):
        demo_sources.path_of("no_such_package", "x.db")
