"""Ids as bad files have them: each stays text as written, or its row is merged or rejected with a reason."""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from errors import CatalogError
from retrieval.importing import import_file, import_table
from retrieval.importing.imported import Imported

GOOD = [[f"good-{n}", f"Good thing {n}", f"{n}.5"] for n in range(60)]


def imported(path: Path, *rows: list[str]) -> Imported:
    """Import a CSV file of sixty good rows and these; the first of these stands in line 62."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["item_id", "title", "price_usd"], *GOOD, *rows])
    return import_file(path)


@pytest.mark.parametrize(
    "item_id",
    ["00012", "1e5", "1.0", "18446744073709551616", "123456789012345678901234567890", "-7", "two words", "a/b/c",
     "../../etc/passwd", "..", "🎲🎲", "?&#%2F", "NULL", "nan", "<script>alert(1)</script>", "x'; DROP TABLE items; --",
     "a" * 256],
    ids=["leading-zeros", "exponent", "whole-float", "beyond-64-bit", "30-digits", "negative", "spaces", "slashes",
         "path", "dots", "emoji", "url-marks", "null-word", "nan-word", "script", "sql", "256-characters"],
)  # fmt: skip
def test_ids_stay_as_they_are_written(tmp_path: Path, item_id: str) -> None:
    done = imported(tmp_path / "a.csv", [item_id, "Odd thing", "5"], ["  " + item_id + "2 ", "Odder thing", "6"][:3])
    ids = done.table["item_id"].to_pylist()
    if len(item_id) < 256:
        assert ids[-2:] == [item_id, item_id + "2"]
        assert done.report.outcome == "ok"
    else:
        assert ids[-1] == item_id
        assert done.report.outcome == "ok with 1 quarantined"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([["", "No id", "1"]], "no id in the column item_id"),
        ([["   ", "Blank id", "1"]], "no id in the column item_id"),
        ([["\u200b\u200b", "Invisible id", "1"]], "no id in the column item_id"),
        ([["x" * 10_000, "Long id", "1"]], "an id of more than 256 characters in the column item_id"),
        ([["good-3", "Another thing", "1"]], "the id 'good-3' is that of line 5, which differs"),
        ([["good-3", "Good thing 3", "3.6"]], "the id 'good-3' is that of line 5, which differs"),
        ([["new", "", "1"]], "no title in the column title"),
    ],
    ids=["missing", "blank", "invisible", "10k-characters", "duplicate-other-row", "duplicate-other-price", "no-title"],
)
def test_rows_whose_id_cannot_be_used_are_rejected(tmp_path: Path, rows: list[list[str]], reason: str) -> None:
    done = imported(tmp_path / "a.csv", *rows)
    assert [(row.line, row.reason) for row in done.report.rejected] == [(62, reason)]
    assert done.report.rejected[0].raw.startswith('{"')
    assert (rows[0][1] or rows[0][0]) in done.report.rejected[0].raw
    assert (done.report.n_in, done.report.n_loaded, done.table.num_rows) == (61, 60, 60)
    assert done.report.outcome == "ok with 1 quarantined"


def test_the_same_row_twice_is_one_item(tmp_path: Path) -> None:
    done = imported(tmp_path / "a.csv", GOOD[3], GOOD[3])
    assert (done.report.n_in, done.report.n_loaded, done.report.n_merged, done.table.num_rows) == (62, 62, 2, 60)
    assert done.report.outcome == "ok"


def test_an_id_without_a_title_does_not_take_the_place_of_one_with(tmp_path: Path) -> None:
    done = imported(tmp_path / "a.csv", ["new", "", "1"], ["new", "New thing", "1"])
    assert done.table["title"].to_pylist()[-1] == "New thing"
    assert [row.reason for row in done.report.rejected] == ["no title in the column title"]


def test_many_rejected_rows_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"4 of 64 rows cannot be used; the first, line 62: no id in the column"):
        imported(tmp_path / "a.csv", *[["", f"No id {n}", "1"] for n in range(4)])


@pytest.mark.parametrize(
    ("ids", "expected", "told"),
    [
        (pa.array([9780002005883.0, 2.0, 3.0]), ["9780002005883", "2", "3"], "without the .0 at their end"),
        (pa.array([1.5, 2.0, 3.0]), ["1.5", "2", "3"], "without the .0 at their end"),
        (pa.array([2.0**60, 2.0, 3.0]), [str(2**60), "2", "3"], "have more digits than a floating number keeps"),
        (pa.array([2**64 - 1, 2, 3], pa.uint64()), ["18446744073709551615", "2", "3"], ""),
        (pa.array([-7, 2, 3]), ["-7", "2", "3"], ""),
        (pa.array(["1.0", "2.0", "3.0"]), ["1.0", "2.0", "3.0"], ""),
        (pa.array(["a", "b", "c"]).dictionary_encode(), ["a", "b", "c"], ""),
    ],
    ids=["float-isbn", "float-fraction", "float-too-long", "uint64", "int", "text", "dictionary"],
)
def test_ids_of_typed_files_are_text(tmp_path: Path, ids: pa.Array, expected: list[str], told: str) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": ids, "title": ["A", "B", "C"]}), path)
    done = import_file(path)
    assert done.table["id"].to_pylist() == expected
    assert any(told in notice for notice in done.report.notices) if told else not done.report.notices


def test_ids_keep_what_is_inside_them() -> None:
    ids = [" a\u00a0b ", "c\u200bd", "e\x07f", "\u3000g", "h  i"]
    done = import_table(pa.table({"id": ids, "title": list("ABCDE")}))
    assert done.table["id"].to_pylist() == ["a\u00a0b", "c\u200bd", "ef", "g", "h  i"]
    assert done.report.notices == ["1 ids in id held control characters, which were removed."]


def test_rows_of_a_file_without_ids_are_found_again() -> None:
    columns: dict[str, list[Any]] = {"title": ["Kite", "Kite", "Ball"], "colour": ["red", "red", "red"]}
    done = import_table(pa.table(columns))
    (made,) = [field.name for field in done.fields if field.role == "id"]
    assert (done.table.num_rows, done.report.n_merged) == (2, 1)
    assert any("an edited row is a new item" in notice for notice in done.report.notices)
    again = import_table(pa.table({name: values[::-1] for name, values in columns.items()}))
    assert set(again.table[made].to_pylist()) == set(done.table[made].to_pylist())


def test_identical_rows_are_told_by_every_column() -> None:
    columns = {
        "id": ["a", "a", "b", "b", "c", "c", *map(str, range(60))],
        "title": ["A", "A", "B", "B", "C", "C", *map(str, range(60))],
        "tags": [["x"], ["x"], ["x"], ["y"], None, None, *[["z"]] * 60],
        "size": [1.0, 1.0, 2.0, 2.0, float("nan"), None, *[3.0] * 60],
    }
    done = import_table(pa.table(columns))
    assert (done.report.n_merged, [row.line for row in done.report.rejected]) == (2, [4])
