"""Parquet: its types stay; what is nested becomes columns, lists of texts, or JSON, with a notice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from errors import CatalogError
from retrieval.importing.raw import RawTable
from retrieval.importing.readers import parquet, read_table


def read(tmp_path: Path, table: pa.Table) -> RawTable:
    pq.write_table(table, tmp_path / "toys.parquet")
    return read_table(tmp_path / "toys.parquet")


def test_plain_types_stay(tmp_path: Path) -> None:
    table = pa.table(
        {"id": [1, 2], "t": ["Kite", ""], "n": [0.5, None], "d": [date(2020, 1, 31), None], "b": [True, None]}
    )
    raw = read(tmp_path, table)
    assert raw.table.schema.types == table.schema.types
    assert raw.table.to_pydict() == table.to_pydict() | {"t": ["Kite", None]}
    assert raw.lines.tolist() == [1, 2]
    assert not raw.notices


def test_nested_types_become_plain_ones(tmp_path: Path) -> None:
    maps = pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64()))
    raw = read(
        tmp_path,
        pa.table(
            {
                "tags": [["red", "wood"], []],
                "size": [{"w": 1, "box": {"d": 2}}, None],
                "makers": [[{"name": "Ann", "age": 1}], None],
                "path": [[["a", "b"], ["a"]], None],
                "odd": [[{"x": 1}], None],
                "map": maps,
            }
        ),
    )
    assert raw.table.to_pydict() == {
        "tags": [["red", "wood"], []],
        "size.w": [1, None],
        "size.box.d": [2, None],
        "makers": [["Ann"], None],
        "path": [["a", "b"], None],
        "odd": [['{"x": 1}'], None],
        "map": ['[["a", 1]]', None],
    }
    assert len(raw.notices) == 6


def test_rare_types_become_usual_ones(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([Decimal("123456789012345678901234567890")], pa.decimal128(38, 0)),
            "kind": pa.array(["toy"]).dictionary_encode(),
            "large": pa.array(["x"], pa.large_string()),
            "bytes": pa.array([b"text"], pa.binary()),
            "picture": pa.array([b"\xff\xd8\xff"], pa.binary()),
        }
    )
    raw = read(tmp_path, table)
    assert raw.table.to_pydict() == {
        "id": ["123456789012345678901234567890"],
        "kind": ["toy"],
        "large": ["x"],
        "bytes": ["text"],
    }
    assert raw.notices == ["The column picture holds bytes that are no text and is left out."]


def test_bytes_that_are_no_text_reject_their_row(tmp_path: Path) -> None:
    bad = pa.array([b"Kite", b"a\xffb", b"Top"], pa.binary()).view(pa.string())
    raw = read(tmp_path, pa.table({"id": [1, 2, 3], "t": bad}))
    assert raw.table.to_pydict() == {"id": [1, 3], "t": ["Kite", "Top"]}
    assert raw.lines.tolist() == [1, 3]
    assert [(row.line, row.raw) for row in raw.rejected] == [(2, r"t: a\xffb")]


def test_bytes_that_are_no_text_within_a_list_reject_their_row(tmp_path: Path) -> None:
    bad = pa.array([b"red", b"a\xffb", b"top"], pa.binary()).view(pa.string())
    raw = read(tmp_path, pa.table({"id": [1, 2], "l": pa.ListArray.from_arrays([0, 1, 3], bad)}))
    assert raw.table.to_pydict() == {"id": [1], "l": [["red"]]}
    assert [(row.line, row.raw) for row in raw.rejected] == [(2, r"l: a\xffb")]


def test_columns_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    raw = read(tmp_path, pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], ["a", "A", "a"]))
    assert raw.table.to_pydict() == {"a": [1], "A_2": [2], "a_3": [3]}


def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CatalogError, match="201 columns; at most 200"):
        read(tmp_path, pa.table({f"c{i}": [1] for i in range(201)}))
    monkeypatch.setattr(parquet, "MAX_ROWS", 10)
    with pytest.raises(CatalogError, match="has 11 rows; at most 10"):
        read(tmp_path, pa.table({"a": [1] * 11}))


def test_no_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="has no rows"):
        read(tmp_path, pa.table({"a": pa.array([], pa.int64())}))
