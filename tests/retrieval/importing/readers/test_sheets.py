"""Spreadsheets: the only sheet with rows, its header found, values as they are seen."""

import zipfile
from pathlib import Path

import pytest
from workbook import write_xlsx

from errors import CatalogError
from retrieval.importing.readers import read_table, sheets

TOYS = [["id", "title", "price"], ["00012", "Kite", 3.5], [7, "Ball", 4]]
READ = {"id": ["00012", "7"], "title": ["Kite", "Ball"], "price": [3.5, 4]}


def test_values_are_taken_as_they_are_seen(tmp_path: Path) -> None:
    raw = read_table(write_xlsx(tmp_path / "toys.xlsx", {"Toys": TOYS}))
    assert raw.table.to_pydict() == READ
    assert raw.lines.tolist() == [2, 3]


def test_the_header_is_found_below_a_title_and_blank_rows_are_passed_over(tmp_path: Path) -> None:
    rows = [["Our toys"], [], ["as of today"], *TOYS[:2], [], *TOYS[2:]]
    raw = read_table(write_xlsx(tmp_path / "toys.xlsx", {"Toys": rows}))
    assert raw.table.to_pydict() == READ
    assert raw.lines.tolist() == [5, 7]
    assert raw.notices == ["Skipped 2 lines above the header of toys.xlsx."]


def test_several_sheets_are_refused_by_name_until_one_is_named(tmp_path: Path) -> None:
    others = {"Toys": TOYS, "Shops": [["name", "town"], ["Here", "Hull"]], "Notes": [], "Old": TOYS}
    path = write_xlsx(tmp_path / "toys.xlsx", others, hidden=["Old"])
    with pytest.raises(CatalogError, match=r"holds 2 sheets: Toys, Shops\. Say which one"):
        read_table(path)
    assert read_table(path, table="Shops").table.to_pydict() == {"name": ["Here"], "town": ["Hull"]}
    assert read_table(path, table="Toys").table.to_pydict() == READ


def test_formulas_give_their_last_value(tmp_path: Path) -> None:
    raw = read_table(write_xlsx(tmp_path / "toys.xlsx", {"Toys": [["id", "n"], ["a", "=1+6"], ["b", 8]]}))
    assert raw.table["n"].to_pylist() == [7, 8]


def test_one_column_and_columns_without_a_name(tmp_path: Path) -> None:
    assert read_table(write_xlsx(tmp_path / "a.xlsx", {"A": [["title"], ["Kite"], ["Ball"]]})).table.num_rows == 2
    raw = read_table(write_xlsx(tmp_path / "b.xlsx", {"A": [["id", None, "n", "n"], ["a", "b", "c", "d"]]}))
    assert raw.table.column_names == ["id", "column_2", "n", "n_2"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "is empty"),
        ([["id", "title"]], "has no rows"),
        ([[1, "Kite", 2], [2, "Ball", 3]], "looks like data"),
    ],
)
def test_it_is_refused_with_a_remedy(tmp_path: Path, rows: list[list[str]], message: str) -> None:
    with pytest.raises(CatalogError, match=message):
        read_table(write_xlsx(tmp_path / "a.xlsx", {"A": rows}))


def test_a_sheet_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"A": TOYS})
    monkeypatch.setattr(sheets, "MAX_DOCUMENT_BYTES", 1000)
    with pytest.raises(CatalogError, match="looks like a zip bomb"):
        read_table(path)


def test_another_office_document_is_no_table(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(CatalogError, match="holds no table"):
        read_table(tmp_path / "a.xlsx")


def test_a_cell_merged_over_rows_counts_for_each(tmp_path: Path) -> None:
    rows = [["Toys", None, None], ["kind", "name", "price"], ["ball", "Red", 1], [None, "Blue", 2], [None, "Big", 3],
            ["car", "Fast", 4], [None, "Slow", 5]]  # fmt: skip
    raw = read_table(write_xlsx(tmp_path / "toys.xlsx", {"Toys": rows}, merged=["A1:C1", "A3:A5"]))
    assert raw.table.column("kind").to_pylist() == ["ball", "ball", "ball", "car", None]
    assert "What is merged over rows of toys.xlsx counts for each of them: 2 cells." in raw.notices
