"""The open catalogue: what it returns, the lock on it, many threads at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from shelf import FIELDS, N_ITEMS, ROWS, shelf_catalog, shelf_table

import retrieval.catalog
from errors import BundleError, CatalogError, FilterError
from retrieval.catalog import Catalog
from retrieval.catalog_file import write_catalog
from retrieval.filters import compile_filters
from retrieval.items import Field, Filter, Role


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return shelf_catalog(tmp_path_factory.mktemp("catalog"))


def test_items_have_what_was_written_and_nothing_unknown(catalog: Catalog) -> None:
    for item, row in zip(catalog.items(range(N_ITEMS)), ROWS, strict=True):
        known = {f.name: v for f, v in zip(FIELDS, row, strict=True) if v is not None}
        assert item.values == {n: v.isoformat() if isinstance(v, date) else v for n, v in known.items()}
        assert (item.item_id, item.title) == row[:2]


def test_a_file_without_packed_items_has_the_same(catalog: Catalog, tmp_path: Path) -> None:
    shelf_catalog(tmp_path)
    with duckdb.connect(str(tmp_path / "shelf.duckdb")) as connection:
        connection.execute("DROP TABLE packed")
    older = Catalog(tmp_path / "shelf.duckdb", "older")
    assert [repr(item) for item in older.items(range(N_ITEMS))] == [repr(i) for i in catalog.items(range(N_ITEMS))]


def test_items_come_in_the_order_asked_also_twice(catalog: Catalog) -> None:
    assert [item.row for item in catalog.items([5, 2, 5])] == [5, 2, 5]
    assert catalog.items([]) == []


def test_items_kept_are_the_items_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval.catalog, "_ITEMS_KEPT", 4)
    catalog = shelf_catalog(tmp_path)
    catalog.warm()
    for rows in ([0, 1, 2], [6, 1, 7, 3, 2, 1], [0, 7], list(range(N_ITEMS))):
        assert [item.item_id for item in catalog.items(rows)] == [ROWS[row][0] for row in rows]
    assert len(catalog._items) <= 4


def test_rows_of_skips_what_is_not_there(catalog: Catalog) -> None:
    assert catalog.rows_of(["h", "nope", "a"]) == [7, 0]
    assert catalog.row_of("nope") is None


def test_fields_keep_their_order_and_definition(catalog: Catalog) -> None:
    assert tuple(catalog.fields.values()) == FIELDS
    assert [f.name for f in catalog.with_role(Role.NUMBER, Role.DATE)] == ["row", "grams", "made"]


def test_order_by_number_and_date_puts_unknown_last(catalog: Catalog) -> None:
    rows = np.arange(N_ITEMS, dtype=np.int32)
    assert [catalog.ids[r] for r in catalog.order(rows, "grams", descending=True)] == list("dbafcheg")
    assert [catalog.ids[r] for r in catalog.order(rows, "grams", descending=False)] == list("hcfabdeg")
    assert [catalog.ids[r] for r in catalog.order(rows[1:6], "made", descending=True)] == list("fecbd")


def test_counts_of_values(catalog: Catalog) -> None:
    assert catalog.counts("kinds", limit=2) == [("Ceramic", 3), ("Cup", 2)]
    assert catalog.counts("band", np.array([0, 1, 6], np.int32)) == [("$", 1), ("$$", 1)]
    assert catalog.counts("makers", np.zeros(0, np.int32)) == []


def test_numbers_are_float_days_or_nan(catalog: Catalog) -> None:
    assert catalog.numbers("grams")[:2].tolist() == [700, 800]
    assert np.isnan(catalog.numbers("grams")[6])
    assert catalog.numbers("made")[0] == date(1999, 5, 1).toordinal()


def test_columns_read_in_parts_are_whole(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {name: catalog.column(name) for name in catalog.fields}
    monkeypatch.setattr(retrieval.catalog, "_VALUES_AT_ONCE", 3)
    assert {name: catalog.column(name) for name in catalog.fields} == whole
    assert whole[catalog.id_field] == [row[0] for row in ROWS]


def test_shared_arrays_cannot_be_written(catalog: Catalog) -> None:
    for shared in (catalog.select([Filter(field="grams", op="gte", value=1)]).rows, catalog.numbers("grams")):
        with pytest.raises(ValueError, match="read-only"):
            shared[0] = 9


LOCKED_OUT = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    "COPY items TO '{folder}/out.csv'",
    "COPY items FROM '/etc/passwd'",
    "EXPORT DATABASE '{folder}/out'",
    "ATTACH '{folder}/other.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access=true",
    "SET memory_limit='100GB'",
    "RESET memory_limit",
    "SET threads=8",
    "CREATE TABLE mine (i INTEGER)",
    "DELETE FROM items",
    "UPDATE items SET name = 'x'",
    "DROP TABLE items",
    "SELECT * FROM secret",
]


@pytest.mark.parametrize("query", LOCKED_OUT)
def test_the_connection_is_locked(tmp_path: Path, query: str) -> None:
    catalog = shelf_catalog(tmp_path)
    secret = [["seen"]]  # noqa: F841 (a Python variable must not be readable as a table)
    with pytest.raises(duckdb.Error):
        catalog._connection.cursor().execute(query.format(folder=tmp_path)).fetchall()
    assert catalog.items([0])[0].title == "Green Teapot"
    assert [path.name for path in tmp_path.iterdir()] == ["shelf.duckdb"]


def test_reading_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "shelf.duckdb"
    shelf_catalog(tmp_path)
    before = path.read_bytes()
    Catalog(path, "again").select([Filter(field="grams", op="gte", value=1)])
    assert path.read_bytes() == before


def test_eight_threads_get_the_answers_of_one(tmp_path: Path) -> None:
    catalog, alone = shelf_catalog(tmp_path), Catalog(tmp_path / "shelf.duckdb", "alone")
    asked = [[Filter(field="grams", op="gte", value=n)] for n in range(0, 1600, 25)]
    expected = [(s.rows.tolist(), s.n_unknown) for s in map(alone.select, asked)]

    def ask(offset: int) -> list[tuple[list[int], int]]:
        turned = asked[offset:] + asked[:offset]
        answers = [(s.rows.tolist(), s.n_unknown) for s in map(catalog.select, turned)]
        assert [item.row for item in catalog.items([offset % N_ITEMS])] == [offset % N_ITEMS]
        return answers[len(asked) - offset :] + answers[: len(asked) - offset]

    with ThreadPoolExecutor(8) as threads:
        assert all(answers == expected for answers in threads.map(ask, range(0, 64, 4)))


def test_tools_that_ask_at_once_share_one_selection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = shelf_catalog(tmp_path)
    runs, waiting, ask_file = [], threading.Barrier(5), catalog._ask
    started, release = threading.Event(), threading.Event()

    def slow(given: Filter) -> tuple[np.ndarray, np.ndarray]:
        runs.append(given)
        started.set()
        release.wait(5)
        return ask_file(given)

    def ask(_: int) -> list[int]:
        waiting.wait(5)
        return catalog.select([Filter(field="grams", op="lte", value=120)]).rows.tolist()

    monkeypatch.setattr(catalog, "_ask", slow)
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(ask, range(4))
        waiting.wait(5)
        started.wait(5)
        release.set()
        assert list(answers) == [[2, 7]] * 4
    assert len(runs) == 1


def test_a_limit_met_before_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog, alone = shelf_catalog(tmp_path), Catalog(tmp_path / "shelf.duckdb", "alone")
    runs, ask_file = [], catalog._ask

    def counted(given: Filter) -> tuple[np.ndarray, np.ndarray]:
        runs.append(given)
        return ask_file(given)

    monkeypatch.setattr(catalog, "_ask", counted)
    heavy, light = Filter(field="grams", op="gte", value=100), Filter(field="grams", op="lte", value=300)
    cup, known = Filter(field="kinds", op="not_contains", value="cup"), Filter(field="made", op="known")
    for filters in ([heavy], [heavy, cup], [cup, heavy, known], [light, cup], [known, light]):
        rows, n_unknown = catalog.select(filters)
        where, params, unknown = compile_filters(filters, catalog.fields)
        query = f'SELECT "~row", {unknown} FROM items WHERE {where} ORDER BY 1'
        expected = alone._connection.execute(query, params).fetchall()
        assert rows.tolist() == [row for row, is_unknown in expected if not is_unknown]
        assert n_unknown == sum(is_unknown for _, is_unknown in expected)
    assert runs == [heavy, cup, known, light]


def test_a_bad_filter_is_refused_every_time(catalog: Catalog) -> None:
    for _ in range(2):
        with pytest.raises(FilterError):
            catalog.select([Filter(field="grams", op="gte", value="heavy")])


def test_a_file_that_is_no_catalogue(tmp_path: Path) -> None:
    (tmp_path / "text.duckdb").write_text("no database")
    duckdb.connect(str(tmp_path / "other.duckdb")).close()
    for name in ("missing.duckdb", "text.duckdb", "other.duckdb"):
        with pytest.raises(BundleError, match="not a readable catalogue.*Build it again"):
            Catalog(tmp_path / name, "x")


@pytest.mark.parametrize("name", ["NAME", "~row", "~x"])
def test_names_the_file_cannot_hold_apart_are_refused(tmp_path: Path, name: str) -> None:
    fields = [*FIELDS, Field(name=name, role=Role.NUMBER, label="x")]
    table = shelf_table().append_column(name, [list(range(N_ITEMS))])
    with pytest.raises(CatalogError, match="rename it"):
        write_catalog(tmp_path / "c.duckdb", table, fields, np.ones(N_ITEMS, np.float32))


def test_a_catalogue_of_nothing(tmp_path: Path) -> None:
    write_catalog(tmp_path / "c.duckdb", shelf_table().slice(0, 0), FIELDS, np.zeros(0, np.float32))
    catalog = Catalog(tmp_path / "c.duckdb", "empty")
    assert catalog.n_items == 0
    assert catalog.select([Filter(field="kinds", op="contains", value="cup")]).rows.tolist() == []
