"""Units and labels: from the last word of a name, from a symbol in it, or from what its range makes likely."""

import pytest

from retrieval.importing.values.units import is_count, label_of, named_unit, unit_of, unit_word


@pytest.mark.parametrize(
    ("name", "low", "high", "unit", "label"),
    [
        ("runtime_min", 1, 200, "min", "runtime"),
        ("runtime", 1, 200, "min", "runtime"),
        ("price (EUR)", 1, 9, "eur", "price"),
        ("price €", 1, 9, "eur", "price"),
        ("PriceGBP", 1, 9, "gbp", "price"),
        ("price_gbp", 1, 9, "gbp", "price"),
        ("price", 1, 9, "usd", "price"),
        ("alcohol %", 5, 20, "%", "alcohol"),
        ("weight_kg", 1, 9, "kg", "weight"),
        ("bottle ml", 1, 9, "ml", "bottle"),
        ("num_pages", 1, 900, "pages", "pages"),
        ("release_year", 1925, 2021, "year", "release year"),
        ("release_year", 1, 9, "", "release year"),
        ("check_in", 1, 9, "", "check in"),
        ("critic_score", 0, 100, "%", "critic score"),
        ("stars", 0, 5, "", "stars"),
    ],
)
def test_names_tell_units_and_labels(name: str, low: float, high: float, unit: str, label: str) -> None:
    assert (unit_of(name, low, high), label_of(name, unit)) == (unit, label)


def test_symbols_and_words_beside_numbers_are_units() -> None:
    words = ["mins", "€", "Fr.", "sq ft", "m²", "km/h", "Seasons", "apples", "12", "x y"]
    assert [unit_word(word) for word in words] == [
        "min", "eur", "chf", "sqft", "sqm", "km/h", "seasons", "apple", "", "",
    ]  # fmt: skip
    assert named_unit("title") == ""


def test_counts_are_told_from_means() -> None:
    assert [is_count(name) for name in ("review_count", "votes", "average_votes", "page_count")] == [
        True, True, False, False,
    ]  # fmt: skip
