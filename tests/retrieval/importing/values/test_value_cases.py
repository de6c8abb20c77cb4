"""Values as bad files have them: each is read, or unknown with a notice that says so; no row is lost for one."""

import csv
import time
from pathlib import Path

import pyarrow as pa
import pytest

from retrieval.importing import import_file, import_table
from retrieval.importing.columns import Hint
from retrieval.importing.imported import Imported

HEADER = ["id", "title", "price", "released", "genres", "description", "photo", "spicy"]


def rows_of(n: int) -> list[list[str]]:
    genres, spicy = ("red, big", "big, old", "old, red", "red"), ("yes", "no")
    return [
        [str(i), f"Thing {i}", "9.99", "2020-05-01", genres[i % 4], f"Good and plain, of sort {i}, for every day.",
         "https://a.example/1.jpg", spicy[i % 2]]
        for i in range(n)
    ]  # fmt: skip


def imported(path: Path, column: str, value: str, n: int = 40) -> Imported:
    """Import a CSV file whose last row has this value."""
    rows = rows_of(n)
    rows[-1][HEADER.index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return import_file(path)


@pytest.mark.parametrize(
    ("column", "value", "expected", "told"),
    [
        ("price", "NaN", None, ""),
        ("price", "Infinity", None, "1 of 40 values of price is no number, such as 'Infinity'; it is unknown."),
        ("price", "-inf", None, "1 of 40 values of price is no number, such as '-inf'; it is unknown."),
        ("price", "-0", 0, ""),
        ("price", "1e308", 1e308, ""),
        ("price", "1e999", None, "is no number, such as '1e999'"),
        ("price", "-5", -5, "1 values of price are below zero, such as -5; they are kept."),
        ("price", "$1,299.00", 1299, ""),
        ("price", "1,50", 1.5, "price mixes decimal points and commas ('9.99' and '1,50')"),
        ("price", "call us", None, "1 of 40 values of price is no number, such as 'call us'; it is unknown."),
        ("price", "10-20", None, "is a range, not one number, such as '10-20'"),
        ("released", "0000-01-01", None, "is no real date, such as '0000-01-01'; it is unknown."),
        ("released", "0000-00-00", None, "is no real date, such as '0000-00-00'; it is unknown."),
        ("released", "9999-99-99", None, "is no real date, such as '9999-99-99'; it is unknown."),
        ("released", "31.12.2023", None, "is not written like '2020-05-01', such as '31.12.2023'; it is unknown."),
        ("released", "03/04/2020", None, "may be 3 April or 4 March; 1 such values are unknown."),
        ("title", "NULL", "NULL", ""),
        ("title", "None", "None", ""),
        ("title", "nan", "nan", ""),
        ("title", "N/A", "N/A", ""),
        ("title", "True", "True", ""),
        ("title", "<script>alert(1)</script>", "<script>alert(1)</script>", ""),
        ("title", "=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0", ""),
        ("title", "a\u202ecba", "a\u202ecba", ""),
        ("title", "ze\u200bro", "ze\u200bro", ""),
        ("title", "Z" + "\u0301" * 1000, "Z" + "\u0301" * 8, "held over 8 combining marks in a row"),
        ("title", "x" * 1_000_000, "x" * 500, "held more than 500 characters; the rest is cut."),
        ("title", "\U0001f3b2 Dice\r\nnight", "\U0001f3b2 Dice night", ""),
        ("description", "x" * 100_001, "x" * 100_000, "longer than 100,000 characters"),
        ("description", "N/A", None, ""),
        ("genres", "=1+1", ["=1+1"], ""),
        ("genres", "[]", ["[]"], ""),
        ("photo", "javascript:alert(1)", None, "is no link to http or https, such as 'javascript:alert(1)'"),
        ("photo", "data:image/png;base64,AAAA", None, "is no link to http or https"),
        ("spicy", "T", "yes", "spicy is read as yes or no: 'yes', 'T' as yes and 'no' as no."),
        ("spicy", "1", "yes", "spicy is read as yes or no: 'yes', '1' as yes and 'no' as no."),
    ],
    ids=["nan", "infinity", "minus-infinity", "minus-zero", "1e308", "1e999", "negative-price", "dollars-and-thousands",
         "decimal-comma", "no-number", "range", "year-0000", "date-of-zeros", "date-of-nines", "other-date-format",
         "day-or-month-first", "title-NULL", "title-None", "title-nan", "title-NA", "title-True", "script", "formula",
         "rtl-override", "zero-width", "1000-combining-marks", "title-of-a-megabyte", "emoji-and-newline",
         "100001-characters", "text-NA", "formula-in-a-list", "brackets-alone", "javascript-link", "data-link",
         "yes-as-T", "yes-as-1"],
)  # fmt: skip
def test_an_odd_value_is_read_or_unknown_with_a_notice(
    tmp_path: Path, column: str, value: str, expected: object, told: str
) -> None:
    done = imported(tmp_path / "a.csv", column, value)
    assert done.table[column].to_pylist()[-1] == expected
    assert done.report.outcome == "ok" and done.table.num_rows == 40
    notices = [notice for notice in done.report.notices if "names no currency" not in notice]
    assert any(told in notice for notice in notices) if told else not notices
    assert done.table[column].to_pylist()[0] is not None


def test_a_cell_of_ten_megabytes_is_cut(tmp_path: Path) -> None:
    done = imported(tmp_path / "a.csv", "description", "long words " * 950_000)
    assert len(done.table["description"].to_pylist()[-1]) <= 100_000
    assert any("cut" in notice.lower() for notice in done.report.notices)
    assert done.report.n_in == done.report.n_loaded + done.report.n_rejected == 40


def test_a_type_that_changes_at_row_30001_costs_one_value(tmp_path: Path) -> None:
    done = imported(tmp_path / "a.csv", "price", "on request", 30_001)
    assert done.table["price"].type == pa.float64()
    assert done.table["price"].to_pylist()[-2:] == [9.99, None]
    assert "1 of 30,001 values of price is no number, such as 'on request'; it is unknown." in done.report.notices


def test_dates_that_may_be_either_are_unknown_until_a_format_is_stated() -> None:
    table = pa.table({"id": list("abc"), "title": list("ABC"), "released": ["03/04/2020", "05/06/2021", "01/01/2019"]})
    unknown = import_table(table, roles={"released": "date"})
    assert unknown.report.ignored["released"] == "no usable value"
    assert any('format = "%d/%m/%Y" or format = "%m/%d/%Y"' in notice for notice in unknown.report.notices)
    stated = import_table(table, roles={"released": "date"}, hints={"released": Hint(format="%d/%m/%Y")})
    assert [str(day) for day in stated.table["released"].to_pylist()] == ["2020-04-03", "2021-06-05", "2019-01-01"]


def test_hints_say_label_unit_separator_and_decimal_mark() -> None:
    table = pa.table({"id": list("ab"), "title": list("AB"), "cost": ["1,299", "2,500"], "tags": ["x+y", "y"]})
    hints = {"cost": Hint("asking price", "eur", decimal=","), "tags": Hint(separator="+")}
    done = import_table(table, roles={"cost": "number", "tags": "facet"}, hints=hints)
    fields = {field.name: field for field in done.fields}
    assert (fields["cost"].label, fields["cost"].unit, fields["cost"].high) == ("asking price", "eur", 2.5)
    assert done.table["tags"].to_pylist() == [["x", "y"], ["y"]]
    assert not done.report.notices


def test_a_price_without_a_currency_is_told() -> None:
    table = pa.table({"id": list("ab"), "title": list("AB"), "price": [5, 6]})
    done = import_table(table)
    assert [field.unit for field in done.fields if field.name == "price"] == ["usd"]
    assert done.report.notices == [
        'price names no currency and is taken for usd; unit = "eur" in catalog.toml changes it.'
    ]
    assert not import_table(table.rename_columns(["id", "title", "price_eur"])).report.notices


def test_a_field_of_one_unit_leaves_columns_of_the_file_their_names() -> None:
    lengths = ["5 min", "2 pages", "3 min", "4 pages"]
    table = pa.table({"id": list("abcd"), "title": list("ABCD"), "length": lengths, "length_min": [1, 2, 3, 4]})
    done = import_table(table)
    assert done.table["length_min"].to_pylist() == [1, 2, 3, 4]
    assert done.table["length_in_min"].to_pylist() == [5, None, 3, None]
    assert done.table["length_pages"].to_pylist() == [None, 2, None, 4]


def test_no_name_of_a_column_is_reserved() -> None:
    done = import_table(
        pa.table({"row": ["a", "b", "c"], "title": list("ABC"), "select": [1, 2, 2]}), roles={"row": "id"}
    )
    assert done.table.column_names == ["row", "title", "select"]


def test_json_and_python_lists_in_cells_are_lists(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    cells = ['["Drama", "War"]', "['War']", "[]", "", "['Art' 'War']"]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", "title", "genres"], *([str(i), f"T{i}", c] for i, c in enumerate(cells))])
    assert import_file(path).table["genres"].to_pylist() == [["Drama", "War"], ["War"], None, None, ["Art", "War"]]


def test_many_rows_are_typed_without_quadratic_work() -> None:
    n = 30_000
    table = pa.table({
        "id": [f"x{i}" for i in range(n)] , "title": [f"Thing {i}" for i in range(n)],
        "price": [f"${i % 5000:,}.50" for i in range(n)], "tags": [f"a{i % 50}, b{i % 70}" for i in range(n)],
    })  # fmt: skip
    doubled = pa.concat_tables([table, table])
    started = time.process_time()
    done = import_table(doubled, roles={"tags": "facet"})
    assert (done.table.num_rows, done.report.n_merged) == (n, n)
    assert time.process_time() - started < 10
