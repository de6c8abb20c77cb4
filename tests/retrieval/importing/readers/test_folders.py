"""Folders: files with the same columns are one table; links out of the folder are not followed."""

import gzip
import json
from pathlib import Path

import pytest

from errors import CatalogError
from retrieval.importing.readers import read_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "toys"
    folder.mkdir()
    (folder / "a.csv").write_text("id,title,n\n1,Kite,1\n2,Ball\n", encoding="utf-8")
    (folder / "b.csv.gz").write_bytes(gzip.compress(b"n,id,title\n3,3,Top\n"))
    (folder / "c.jsonl").write_text(json.dumps({"id": 4, "title": "Car", "n": 4}) + "\n{\n", encoding="utf-8")
    return folder


def test_files_with_the_same_columns_are_one_table(folder: Path) -> None:
    raw = read_table(folder)
    assert raw.table.to_pydict() == {"id": ["1", "3", "4"], "title": ["Kite", "Top", "Car"], "n": ["1", "3", "4"]}
    assert raw.lines.tolist() == [2, 2, 1]
    assert [(row.file, row.line) for row in raw.rejected] == [("a.csv", 3), ("c.jsonl", 2)]
    assert [raw.file_of(position) for position in range(3)] == ["a.csv", "b.csv.gz", "c.jsonl"]


def test_other_files_are_passed_over_with_a_notice(folder: Path) -> None:
    (folder / "logo.png").write_bytes(b"x")
    (folder / "README.txt").write_text("x", encoding="utf-8")
    (folder / "more").mkdir()
    raw = read_table(folder)
    assert raw.table.num_rows == 3
    assert any("Skipped README.txt, logo.png, more in toys" in notice for notice in raw.notices)


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    (folder.parent / "secret.csv").write_text("id,title,n\n9,Secret,9\n", encoding="utf-8")
    (folder / "z.csv").symlink_to(folder.parent / "secret.csv")
    (folder / "y.csv").symlink_to("a.csv")
    raw = read_table(folder)
    assert "Secret" not in raw.table["title"].to_pylist()
    assert raw.table["title"].to_pylist().count("Kite") == 2
    assert "Skipped z.csv: a link out of toys." in raw.notices


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("id,title,price", "compared with a.csv, d.csv lacks n"),
        ("id,title,n,more", "compared with a.csv, d.csv adds more"),
    ],
)
def test_columns_that_differ_are_refused_by_name(folder: Path, header: str, message: str) -> None:
    row = ",".join("x" for _ in header.split(","))
    (folder / "d.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    with pytest.raises(CatalogError, match=message):
        read_table(folder)


def test_a_broken_file_is_not_passed_over(folder: Path) -> None:
    (folder / "d.csv").write_bytes(b"")
    with pytest.raises(CatalogError, match="d.csv is empty"):
        read_table(folder)


def test_the_files_of_a_data_set_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "toys.item").write_text("item_id:token\ttitle:token_seq\n1\tRed Kite\n", encoding="utf-8")
    (tmp_path / "toys.inter").write_text("user_id:token\titem_id:token\n7\t1\n", encoding="utf-8")
    assert read_table(tmp_path).table.column_names == ["item_id", "title"]
    assert read_table(tmp_path, table="toys.inter").table.column_names == ["user_id", "item_id"]
