"""JSON: the shapes people export, exact numbers, and bad lines that cost only themselves."""

import json
from pathlib import Path
from typing import Any

import pytest

from errors import CatalogError
from retrieval.importing.raw import RawTable
from retrieval.importing.readers import read_table

RECORDS = [{"id": "1", "title": "Kite", "n": 3}, {"id": "2", "title": "Ball", "n": 4}]
COLUMNS = {"id": ["1", "2"], "title": ["Kite", "Ball"], "n": [3, 4]}


def read(tmp_path: Path, text: str, name: str = "toys.json", table: str = "") -> RawTable:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return read_table(tmp_path / name, table=table)


SHAPES: dict[str, Any] = {
    "list of records": RECORDS,
    "object of columns": COLUMNS,
    "object with one list": {"total": 2, "items": RECORDS},
    "id to record": {r["id"]: {"title": r["title"], "n": r["n"]} for r in RECORDS},
    "columns as pandas writes them": {k: dict(zip("01", v, strict=True)) for k, v in COLUMNS.items()},
    "split as pandas writes it": {
        "columns": list(COLUMNS), "index": [0, 1], "data": [list(r.values()) for r in RECORDS]
    },
}  # fmt: skip


@pytest.mark.parametrize("whole", SHAPES.values(), ids=list(SHAPES))
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ["toys.json", "toys.txt"])
def test_every_shape_gives_the_same_table(tmp_path: Path, whole: Any, indent: int | None, name: str) -> None:
    raw = read(tmp_path, json.dumps(whole, indent=indent), name)
    assert raw.table.to_pydict() == COLUMNS
    assert len(raw.lines) == 2


@pytest.mark.parametrize("name", ["toys.jsonl", "toys.ndjson", "toys.json", "toys.txt"])
def test_lines_of_objects_are_read_whatever_the_name(tmp_path: Path, name: str) -> None:
    raw = read(tmp_path, "".join(json.dumps(row) + "\n\n" for row in RECORDS), name)
    assert raw.table.to_pydict() == COLUMNS
    assert raw.lines.tolist() == [1, 3]


def test_lines_of_a_list_are_those_of_the_file(tmp_path: Path) -> None:
    raw = read(tmp_path, '[\n {"id": 1,\n  "t": "a"},\n 5,\n {"id": 2, "t": "b"}\n]\n')
    assert raw.lines.tolist() == [2, 5]
    assert [(row.line, row.reason) for row in raw.rejected] == [(4, "it is not a JSON object")]


def test_bad_lines_are_rejected_with_their_numbers(tmp_path: Path) -> None:
    lines = ['{"id": 1}', "{broken", "[1]", '{"id": 2} {"id": 3}', r'{"id": "\ud800"}', '{"id": 4}']
    raw = read(tmp_path, "\n".join(lines), "toys.jsonl")
    assert raw.table["id"].to_pylist() == [1, 4]
    assert [row.line for row in raw.rejected] == [2, 3, 4, 5]
    assert [row.raw for row in raw.rejected] == lines[1:5]
    assert "it is not JSON (Expecting property name" in raw.rejected[0].reason
    assert raw.rejected[1].reason == "it is not one JSON object"
    assert "lone surrogate" in raw.rejected[3].reason


@pytest.mark.parametrize("text", ['[{"t": "\\ud800"}, {"t": "a"}]', '{"items": [{"t": "\\ud800"}, {"t": "a"}]}'])
def test_half_a_character_rejects_its_record(tmp_path: Path, text: str) -> None:
    raw = read(tmp_path, text)
    assert raw.table["t"].to_pylist() == ["a"]
    assert len(raw.rejected) == 1


def test_whole_numbers_of_any_length_stay_exact(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"id": 9223372036854775809}, {"id": 123456789012345678901234567890}, {"id": 7}]')
    assert raw.table["id"].to_pylist() == ["9223372036854775809", "123456789012345678901234567890", "7"]


def test_what_is_no_number_is_unknown(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"n": NaN}, {"n": -Infinity}, {"n": 1e999}, {"n": 1e308}, {"n": 2.5}]')
    assert raw.table["n"].to_pylist() == [None, None, None, 1e308, 2.5]
    assert raw.notices == ["Took NaN, Infinity, and numbers too large to hold as unknown: 3."]


def test_values_of_several_types_become_text(tmp_path: Path) -> None:
    rows = [{"a": 1, "b": [1, 2]}, {"a": "x", "b": "y"}, {"a": True}, {"a": 2.5, "b": None}]
    raw = read(tmp_path, "\n".join(map(json.dumps, rows)))
    assert raw.table["a"].to_pylist() == ["1", "x", "true", "2.5"]
    assert raw.table["b"].to_pylist() == [["1", "2"], ["y"], None, None]


def test_nested_records_become_columns_lists_of_names_or_json(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "size": {"w": 2, "box": {"d": 1}}, "tags": [{"id": 7, "name": "red"}], "path": [["a", "b"], ["a"]]},
        {"id": 2, "size": None, "tags": [], "odd": [{"x": 1}]},
    ]
    raw = read(tmp_path, json.dumps(rows))
    found = raw.table.to_pydict()
    assert found["size.w"] == [2, None] and found["size.box"] == ['{"d": 1}', None]
    assert found["tags"] == [["red"], []]
    assert found["path"] == [["a", "b"], None]
    assert found["odd"] == [None, ['{"x": 1}']]
    assert "Of the records listed in tags only their name is kept." in raw.notices
    assert "The lists within a list in path are joined to one." in raw.notices
    assert "The records in size are columns of their own, size.…" in raw.notices


def test_columns_may_appear_late_and_names_that_differ_in_case_are_kept_apart(tmp_path: Path) -> None:
    raw = read(tmp_path, '[{"id": 1, "T": "a"}, {"id": 2, "t": "b"}]')
    assert raw.table.to_pydict() == {"id": [1, 2], "T": ["a", None], "t_2": [None, "b"]}


def test_a_type_may_change_from_piece_to_piece(tmp_path: Path) -> None:
    rows = [{"id": i, "n": i if i < 50_000 else f"x{i}"} for i in range(50_010)]
    raw = read(tmp_path, "\n".join(map(json.dumps, rows)), "toys.jsonl")
    assert raw.table["n"].to_pylist()[49_999:50_001] == ["49999", "x50000"]
    assert raw.table.num_rows == 50_010


REFUSED = {
    "a list of nothing": ("[]", "has no rows"),
    "an object of nothing": ("{}", "not a list of records"),
    "a list of values": ("[1, 2]", "None of the 2 rows"),
    "cut short": ('[{"id": 1}, {"id": 2', "is broken JSON"),
    "cut after a record": ('[{"id": 1}', "it breaks off after line 1"),
    "two documents": ('[{"id": 1}] [2]', "something follows the list"),
    "several lists": ('{"a": [{"x": 1}], "b": [{"y": 1}]}', r"holds 2 record lists: a, b\. Say which one"),
    "too deep": ("[" + '{"a":' * 100_000 + "1" + "}" * 100_000 + "]", "is broken JSON"),
    "not JSON": ("hello\n", "is not JSON: it begins with 'hello'"),
    "only bad lines": ("{a\n{b\n", "is not JSON: it begins with"),
    "201 columns": (json.dumps([{f"c{i}": 1 for i in range(201)}]), "more than 200 columns"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_with_a_remedy(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        read(tmp_path, text)


def test_one_of_several_lists_can_be_named(tmp_path: Path) -> None:
    raw = read(tmp_path, '{"a": [{"x": 1}], "b": [{"y": 1}]}', table="b")
    assert raw.table.column_names == ["y"]
