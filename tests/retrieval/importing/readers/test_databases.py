"""SQLite: one table, read-only, by quoted names; nothing is run that the file brings along."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from errors import CatalogError
from retrieval.importing.readers import read_table

TOYS = ("CREATE TABLE toys (id TEXT, title TEXT, n)", "INSERT INTO toys VALUES ('01', 'Kite', 1), ('02', 'Ball', NULL)")
SHOPS = ("CREATE TABLE shops (name TEXT)", "INSERT INTO shops VALUES ('Here')")


def write(path: Path, statements: Sequence[str]) -> Path:
    with closing(sqlite3.connect(path)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
    return path


@pytest.mark.parametrize("name", ["toys.db", "toys.sqlite3", "toys.csv", "odd ?#%41 name.db"])
def test_the_only_table_is_read(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, TOYS)
    before = path.read_bytes()
    raw = read_table(path)
    assert raw.table.to_pydict() == {"id": ["01", "02"], "title": ["Kite", "Ball"], "n": [1, None]}
    assert raw.lines.tolist() == [1, 2]
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_several_tables_are_refused_by_name_until_one_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "toys.db", [*TOYS, *SHOPS, "CREATE VIEW seen AS SELECT title FROM toys"])
    with pytest.raises(CatalogError, match=r"holds 2 tables: toys, shops\. Say which one"):
        read_table(path)
    with pytest.raises(CatalogError, match=r"no table called sheds; there are toys, shops, seen"):
        read_table(path, table="sheds")
    assert read_table(path, table="shops").table.to_pydict() == {"name": ["Here"]}
    assert read_table(path, table="seen").table.to_pydict() == {"title": ["Kite", "Ball"]}


def test_no_table_is_chosen_for_its_name(tmp_path: Path) -> None:
    items = ("CREATE TABLE items (a)", "INSERT INTO items VALUES (1)")
    with pytest.raises(CatalogError, match="holds 2 tables: toys, items"):
        read_table(write(tmp_path / "toys.db", [*TOYS, *items]))


def test_empty_tables_and_search_indexes_do_not_count(tmp_path: Path) -> None:
    extra = [
        "CREATE TABLE log (x)",
        "CREATE VIRTUAL TABLE words USING fts5(title)",
        "INSERT INTO words VALUES ('Kite')",
    ]
    assert read_table(write(tmp_path / "toys.db", [*TOYS, *extra])).table.num_rows == 2


def test_names_that_are_code_are_names(tmp_path: Path) -> None:
    name, column = 'a"; DROP TABLE toys; --', "select"
    quoted = name.replace('"', '""')
    path = write(
        tmp_path / "a.db", [f'CREATE TABLE "{quoted}" ("{column}")', f'INSERT INTO "{quoted}" VALUES (1)', *TOYS]
    )
    assert read_table(path, table=name).table.to_pydict() == {"select": [1]}
    assert read_table(path, table="toys").table.num_rows == 2


def test_mixed_types_bytes_and_broken_text(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.db",
        [
            "CREATE TABLE t (id, v)",
            "INSERT INTO t VALUES (9223372036854775807, 1), (2, 'x'), (3, x'ffd8'), (4, CAST(x'ff' AS TEXT))",
        ],
    )
    raw = read_table(path)
    assert raw.table.to_pydict() == {"id": [9223372036854775807, 2, 3], "v": ["1", "x", "2 bytes"]}
    assert [(row.line, row.reason, row.raw) for row in raw.rejected] == [
        (4, "it has bytes that are not UTF-8", r"4 | \xff")
    ]


def test_a_database_in_use_damaged_or_empty_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "toys.db", TOYS)
    (tmp_path / "toys.db-wal").write_bytes(b"x")
    with pytest.raises(CatalogError, match="is in use: toys.db-wal holds changes"):
        read_table(path)
    (tmp_path / "short.db").write_bytes(path.read_bytes()[:5000])
    with pytest.raises(CatalogError, match="cut short"):
        read_table(tmp_path / "short.db")
    (tmp_path / "torn.db").write_bytes(path.read_bytes()[:4096] + b"\x07" * 4096)
    with pytest.raises(CatalogError, match="damaged or cut short"):
        read_table(tmp_path / "torn.db")
    with pytest.raises(CatalogError, match="has no rows"):
        read_table(write(tmp_path / "empty.db", ["CREATE TABLE t (id)"]))
