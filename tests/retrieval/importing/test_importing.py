"""Importing: every row is loaded or counted, roles are guessed, wrong files are refused with a remedy."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from errors import CatalogError
from retrieval.importing import import_file, import_table
from retrieval.items import Field, Role

BOARDS = {
    "sku": ["a1", "a2", "a3", "a2", None, "a6"],
    "name": ["Oak board", "Ash board", "Elm board", "Ash again", "No id", None],
    "price_usd": ["$19.90", "1,024", None, "5", "5", "5"],
    "materials": ["oak; oil", "ash; oil", "Oak;wax", "ash", "ash", "ash"],
    "designer": ["Ann Bee; Cy Dee", "Ann Bee", None, None, None, None],
    "review_count": ["3", "30", "0", "1", "1", "1"],
    "in_stock_since": ["2024-01-31", "31.12.2023", None, None, None, None],
    "photo": ["https://a.example/1.jpg", "https://a.example/2.jpg", None, None, None, None],
    "description": ["A heavy board.", "A light board.", "", "x", "x", "x"],
    "supplier_id": ["7", "7", "8", "8", "8", "8"],
}


def fields_of(table: pa.Table | dict[str, list[Any]], **roles: str) -> dict[str, Field]:
    table = pa.table(table) if isinstance(table, dict) else table
    return {field.name: field for field in import_table(table, roles=roles, force=True).fields}


def write_csv(path: Path, columns: dict[str, list[Any]], separator: str = ",") -> Path:
    rows = zip(*columns.values(), strict=True)
    lines = [separator.join('"' + str(v or "").replace('"', '""') + '"' for v in row) for row in rows]
    path.write_text("\n".join([separator.join(columns), *lines]) + "\n", encoding="utf-8")
    return path


def test_every_row_is_loaded_or_counted(tmp_path: Path) -> None:
    done = import_file(write_csv(tmp_path / "boards.csv", BOARDS), force=True).report
    assert (done.n_in, done.n_loaded, done.n_rejected) == (6, 3, 3)
    assert {row.reason for row in done.rejected} == {
        "the id 'a2' is that of line 3, which differs", "no id in the column sku", "no title in the column name",
    }  # fmt: skip
    assert done.outcome == "ok with 3 quarantined"
    assert done.ignored == {"supplier_id": "another id"}


def test_roles_units_and_labels_are_guessed(tmp_path: Path) -> None:
    imported = import_file(write_csv(tmp_path / "boards.csv", BOARDS), force=True)
    fields = {field.name: field for field in imported.fields}
    assert {name: field.role.value for name, field in fields.items()} == {
        "sku": "id", "name": "title", "price_usd": "number", "materials": "facet", "designer": "person",
        "review_count": "number", "in_stock_since": "date", "photo": "image", "description": "text",
    }  # fmt: skip
    assert (fields["price_usd"].label, fields["price_usd"].unit) == ("price", "usd")
    assert imported.table["price_usd"].to_pylist() == [19.9, 1024.0, None]
    assert imported.table["materials"].to_pylist() == [["Oak", "oil"], ["ash", "oil"], ["Oak", "wax"]]
    assert imported.table["designer"].to_pylist() == [["Ann Bee", "Cy Dee"], ["Ann Bee"], None]
    assert imported.table["description"].to_pylist()[2] is None
    assert fields["in_stock_since"].low == 2024


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "jsonl.gz", "parquet"])
def test_every_kind_of_file_gives_the_same(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"boards.{kind}"
    rows = [dict(zip(BOARDS, row, strict=True)) for row in zip(*BOARDS.values(), strict=True)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if kind in ("csv", "tsv"):
        write_csv(path, BOARDS, "\t" if kind == "tsv" else ",")
    elif kind == "parquet":
        pq.write_table(pa.table(BOARDS), path)
    elif kind == "jsonl":
        path.write_text(text, encoding="utf-8")
    else:
        path.write_bytes(gzip.compress(text.encode()))
    imported = import_file(path, force=True)
    assert imported.table["name"].to_pylist() == ["Oak board", "Ash board", "Elm board"]
    assert imported.source == path.name


def test_roles_can_be_overruled() -> None:
    fields = fields_of(BOARDS, supplier_id="facet", photo="ignore")
    assert fields["supplier_id"].role is Role.FACET
    assert "photo" not in fields


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        ({"prise_usd": "number"}, "Did you mean 'price_usd'"),
        ({"price_usd": "money"}, "roles are id, title"),
        ({"name": "title", "description": "title"}, "2 columns have the role title"),
    ],
)
def test_wrong_roles_are_refused(roles: dict[str, str], message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        import_table(pa.table(BOARDS), roles=roles)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xlsx", b"PK", "not what its name says"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"id,title\n", "no rows"),
        ("a.csv", b"1,Kite\n2,Ball\n", "looks like data"),
        ("a.csv", b"id,title\n1\n2\n3,x\n", "2 of 3 rows"),
        ("a.csv", "id,title\n1,Привет\n".encode("cp1251"), "encoding"),
        ("a.jsonl", b"[1]\nnot json\n", "None of the 2 rows"),
        ("a.jsonl.gz", b"\x1f\x8bnot gzip", "cannot be unpacked"),
        ("a.parquet", b"PAR1 not", "cannot be read"),
        ("a.csv", b"id,title\n,Kite\n1,\n", "No row has an id"),
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CatalogError, match=message):
        import_file(tmp_path / name)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="There is no file"):
        import_file(tmp_path / "absent.csv")


def test_comment_lines_and_ragged_lines_do_not_shift_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [f"{i},Title {i},{i}.5" for i in range(100)]
    path.write_text("\ufeffid,title,price\n" + "\n".join([*lines, "101,too,many,cells"]) + "\n", encoding="utf-8")
    imported = import_file(path)
    assert [row.line for row in imported.report.rejected] == [102]
    assert imported.report.n_in == 101
    assert imported.table["price"].to_pylist()[:2] == [0.5, 1.5]


def test_a_title_that_looks_like_nothing_is_a_title() -> None:
    imported = import_table(pa.table({"id": ["1", "2"], "title": ["Unknown", "None"], "genre": ["Unknown", "Drama"]}))
    assert imported.table["title"].to_pylist() == ["Unknown", "None"]
    assert imported.table["genre"].to_pylist() == [None, "Drama"]


def test_measures_of_several_units_become_several_columns() -> None:
    table = {"id": list("abcd"), "title": list("abcd"), "duration": ["90 min", "2 Seasons", "1 Season", None]}
    imported = import_table(pa.table(table))
    assert imported.table["duration_min"].to_pylist() == [90, None, None, None]
    assert imported.table["duration_seasons"].to_pylist() == [None, 2, 1, None]


def test_prominence_follows_counts() -> None:
    counted = import_table(pa.table({"id": ["1", "2", "3"], "title": list("abc"), "votes": [5, None, 900]}))
    assert counted.prominence.tolist() == [0.0, 0.0, 1.0]
    silent = import_table(pa.table({"id": ["1", "2"], "title": list("ab"), "page_count": [5, 6]}))
    assert silent.prominence.tolist() == [0.5, 0.5]
    assert counted.prominence.dtype == np.float32


ITEMS = pa.table({"item_id": ["x1", "x2", "x3"], "movie_no_id": [11, 12, None], "title": ["A", "B", "C"]})


@pytest.mark.parametrize(
    ("text", "rows", "users"),
    [
        ("userId,movieId,rating,timestamp\n7,11,4.5,10\n7,12,3,20\n9,12,1,30\n9,99,1,40\n", [0, 1, 1], [0, 0, 1]),
        ("item_id,user\nx3,u\nx1,v\nnope,v\n", [2, 0], [0, 1]),
        ("reviewer,item,stars,date\nu,x2,5,2020-01-01\n", [1], [0]),
    ],
)
def test_ratings_join_by_whichever_id_matches(tmp_path: Path, text: str, rows: list[int], users: list[int]) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    imported = import_table(ITEMS, path)
    assert imported.interactions is not None
    assert imported.interactions.rows.tolist() == rows
    assert imported.interactions.users.tolist() == users
    assert imported.report.n_interactions == len(rows)
    assert imported.report.n_interactions_in == text.count("\n") - 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("who,item_id\nu,x1\n", "names no user"),
        ("user,item_id\nu,zz\n", "name an item of this catalogue"),
        ("user,item_id,rating\nu,x1,great\n", "no number"),
    ],
)
def test_unusable_ratings_are_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=message):
        import_table(ITEMS, path)


def test_times_are_seconds(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("user,item_id,timestamp\nu,x1,1577836800000\n", encoding="utf-8")
    imported = import_table(ITEMS, path)
    assert imported.interactions is not None
    assert imported.interactions.timestamps.tolist() == [1577836800]
