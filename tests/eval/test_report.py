"""What is printed and written."""

import json
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from eval.report import table, write

ROWS: dict[str, dict[str, Any]] = {
    "a": {"n": 12345, "R@1": {"mean": 0.12345, "low": 0.1, "high": 0.25}},
    "b": {"n": 1, "ms": 2.5},
}


def test_a_table_has_a_cell_for_every_column_of_every_row() -> None:
    assert table(ROWS).splitlines() == [
        "| | n | R@1 | ms |",
        "|---|---|---|---|",
        "| a | 12,345 | 0.1235 (0.100–0.250) |  |",
        "| b | 1 |  | 2.5 |",
    ]


def test_numbers_and_table_are_written_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "o.json", "Title", ROWS, what="x")
    assert json.loads((tmp_path / "o.json").read_text()) == {"what": "x", "rows": ROWS}
    assert (tmp_path / "o.md").read_text() == f"Title\n\n{table(ROWS)}\n"
    assert capsys.readouterr().out == f"Title\n{table(ROWS)}\n"


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write(tmp_path / "no" / "o.json", "Title", ROWS)
