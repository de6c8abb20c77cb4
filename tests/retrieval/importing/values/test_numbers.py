"""Numbers: every way of writing one, the decimal mark of a column, units that become fields, and what is told."""

from typing import Any

import pyarrow as pa
import pytest

from retrieval.importing.values.measures import read_numbers
from retrieval.importing.values.numbers import Reading, amount, is_range


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("$1,299.00", 1299, "usd"),
        ("1.299,00 €", 1299, "eur"),
        ("€5", 5, "eur"),
        ("-$5", -5, "usd"),
        ("$-5", -5, "usd"),
        ("US$ 12", 12, "usd"),
        ("USD 12", 12, "usd"),
        ("12 EUR", 12, "eur"),
        ("Rs. 500", 500, "inr"),
        ("CHF 1'299.50", 1299.5, "chf"),
        ("₹12,34,567", 1234567, "inr"),
        ("$1.2 million", 1200000, "usd"),
        ("$3m", 3000000, "usd"),
        ("1,50", 1.5, ""),
        ("12 %", 12, "%"),
        ("1 234,5", 1234.5, ""),
        ("1\u00a0234", 1234, ""),
        ("(5.00)", -5, ""),
        ("−5", -5, ""),
        (".5", 0.5, ""),
        ("1e5", 100000, ""),
        ("1e308", 1e308, ""),
        ("1.5e-5", 1.5e-5, ""),
        ("1.2k", 1200, ""),
        ("3M", 3000000, ""),
        ("12.5kg", 12.5, "kg"),
        ("120 sq ft", 120, "sqft"),
        ("90 min.", 90, "min"),
        ("2 Seasons", 2, "seasons"),
        ("3 apples", 3, "apple"),
        ("1h 30m", 90, "min"),
        ("1 hour and 5 minutes", 65, "min"),
        ("PT1H30M", 90, "min"),
        ("2 h", 2, "hours"),
        ("1 ½ hours", 1.5, "hours"),
        ("1 1/2 cups", 1.5, "cup"),
        ("About 2 hours", 2, "hours"),
        ("4.5/5", 4.5, "/5"),
        ("4.5 out of 5 stars", 4.5, "/5"),
        ("5 stars", 5, "stars"),
    ],
)
def test_amounts_are_read_however_they_are_written(text: str, value: float, unit: str) -> None:
    found = amount(text)
    assert found is not None
    assert found.value == pytest.approx(value) and found.unit == unit


@pytest.mark.parametrize(
    "text",
    ["call us", "", "1.2.3", "12 34", "10-20", "$10 - $20", "10 to 20", "1e400", "inf", "nan", "0x1F", "PG-13", "#1",
     "2024-01-05", "4 x 100 g", "1/2", "5'10\"", "1:45", "--5", "A" * 9999, "1" * 400],
)  # fmt: skip
def test_other_texts_are_no_numbers(text: str) -> None:
    assert amount(text) is None


def test_ranges_are_known_for_what_they_are() -> None:
    assert is_range("10–20") and is_range("$5 to $9") and not is_range("call 5") and not is_range("10")


def test_what_may_be_either_follows_the_reading() -> None:
    assert [amount("1,299", Reading(mark)).value for mark in ".,"] == [1299, 1.299]  # type: ignore[union-attr]
    assert amount("1.50", Reading(",", strict=True)) is None
    assert amount("90m", Reading(minutes=True)) == (90, "min", False)
    assert amount("1:45:30", Reading(clock="hours")) == (105.5, "min", False)
    assert amount("1:45", Reading(clock="min")) == (1.75, "min", False)


def read(name: str, values: list[Any], **said: str) -> tuple[dict[str, Any], list[str]]:
    fields, notices = read_numbers(name, pa.chunked_array([pa.array(values)]), **said)
    return {f"{field.name}:{field.unit}": field.values.to_pylist() for field in fields}, notices


@pytest.mark.parametrize(
    ("values", "expected", "told"),
    [
        (["1,50", "2,5", "1,299"], [1.5, 2.5, 1.299], ""),
        (["1.299,00", "12", "1.299"], [1299, 12, 1299], ""),
        (["1,299.00", "1,299"], [1299, 1299], ""),
        (["1,299", "2,500"], [1299, 2500], "'1,299' of x is read as 1,299, as nothing tells otherwise; decimal = "),
        (["1.299", "2.500"], [1.299, 2.5], "'1.299' of x is read as 1.299, as nothing tells otherwise"),
        (["1.299", "2.5"], [1.299, 2.5], ""),
        (["1,50", "2.5", "1,299"], [1.5, 2.5, 1299], "x mixes decimal points and commas ('2.5' and '1,50')"),
    ],
)
def test_the_decimal_mark_is_decided_by_column(values: list[str], expected: list[float], told: str) -> None:
    found, notices = read("x", values)
    assert found == {"x:": expected}
    assert [notice[: len(told)] for notice in notices] == ([told] if told else [])


def test_a_stated_decimal_mark_wins() -> None:
    assert read("x", ["1,299", "2,500"], decimal=",") == ({"x:": [1.299, 2.5]}, [])
    found, notices = read("x", ["1.299", "2.50"], decimal=",")
    assert found == {"x:": [1299, None]}
    assert notices == ["1 of 2 values of x is no number, such as '2.50'; it is unknown."]


def test_units_become_fields_and_what_has_none_is_unknown() -> None:
    assert read("length", ["90 min", "2 Seasons", "1 Season", None]) == (
        {"length_seasons:seasons": [None, 2, 1, None], "length_min:min": [90, None, None, None]},
        ["The values of length are in several units, each a field of its own: length_seasons (2), length_min (1)."],
    )
    found, notices = read("price", ["$5", "€5", "$6", "7"])
    assert found == {"price_usd:usd": [5, None, 6, None], "price_eur:eur": [None, 5, None, None]}
    assert notices[0] == "1 of 4 values of price is without a unit, such as '7'; it is unknown."


def test_a_rare_unit_is_unknown_with_a_notice() -> None:
    found, notices = read("price", ["$5"] * 300 + ["£7"])
    assert found == {"price:usd": [5] * 300 + [None]}
    assert notices == ["1 of 301 values of price is in other units, such as '£7'; it is unknown."]
    found, notices = read("weight", ["5"] * 30 + ["7 apples"])
    assert found == {"weight:": [5] * 30 + [None]}


def test_one_unit_with_its_sign_left_out_is_one_field() -> None:
    assert read("price", ["$5", "7", "8"]) == ({"price:usd": [5, 7, 8]}, [])
    assert read("servings", ["4 servings", "6"]) == ({"servings:": [4, 6]}, [])


def test_units_of_one_sort_are_converted() -> None:
    found, notices = read("weight", ["500 g", "1.5 kg", "2kg"])
    assert found == {"weight:kg": [0.5, 1.5, 2]}
    assert notices == ["g of weight are converted into kg."]
    assert read("weight", ["500 g", "1.5 kg", "2kg"], unit="g")[0] == {"weight:g": [500, 1500, 2000]}
    assert read("runtime", ["1h 30m", "45m", "2h", "90 min"])[0] == {"runtime:min": [90, 45, 120, 90]}


def test_clock_times_are_decided_by_column_and_told() -> None:
    found, notices = read("track length", ["3:45", "12:15"])
    assert found == {"track length:min": [3.75, 12.25]}
    assert notices == [
        '\'3:45\' of track length is read as minutes and seconds; format = "%H:%M" or "%M:%S" decides it.'
    ]
    assert read("runtime", ["1:45"])[0] == {"runtime:min": [105]}
    assert read("duration", ["1:04", "3:45", "8:36"])[0] == {"duration:min": [1 + 4 / 60, 3.75, 8.6]}
    assert read("runtime", ["1:45"], form="%M:%S") == ({"runtime:min": [1.75]}, [])


def test_bounds_and_ranges_are_told() -> None:
    found, notices = read("installs", ["1,000+", "5M+", "20"])
    assert found == {"installs:": [1000, 5000000, 20]}
    assert "2 of 3 values of installs are bounds, such as '1,000+', and read so." in notices
    found, notices = read("players", ["2-4", "3"])
    assert found == {"players:": [None, 3]}
    assert notices == ["1 of 2 values of players is a range, not one number, such as '2-4'; it is unknown."]


def test_stored_numbers_keep_their_type() -> None:
    assert read("x", [1, 2**60, None]) == ({"x:": [1, 2**60, None]}, [])
    assert read("x", [1.0, None, -0.0]) == ({"x:": [1, None, 0]}, [])
    assert read("x", [1.5, float("inf")]) == (
        {"x:": [1.5, None]},
        ["1 of 2 values of x is not finite, such as 'inf'; it is unknown."],
    )
    assert read("x", [1e308]) == ({"x:": [1e308]}, [])


def test_sizes_of_data_are_one_field_in_megabytes() -> None:
    found, notices = read("size", ["322M", "1.5 GB", "512KB", "2 MiB", "14m"])
    assert found == {"size:mb": [322, 1500, 0.512, 2.097152, 14]}
    assert notices == ["gb and kb and mib of size are converted into mb."]
    assert read("download", ["90M", "120k"])[0] == {"download:mb": [90, 0.12]}
    assert read("fans", ["90M", "120k"])[0] == {"fans:": [90e6, 120e3]}


def test_years_before_our_era_are_below_zero() -> None:
    assert read("made", ["500 BC", "20 BCE", "476 AD"])[0] == {"made:": [-500, -20, 476]}


def test_numbers_too_large_for_a_double_are_rounded() -> None:
    column = pa.chunked_array([pa.array([2**64 - 1, 5], pa.uint64())])
    assert read_numbers("n", column)[0][0].values.to_pylist() == [2.0**64, 5.0]
