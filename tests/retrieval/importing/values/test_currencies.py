"""Prices whose currency stands in a column beside them."""

import pyarrow as pa

from retrieval.importing import import_table

IDS, NAMES = [str(n) for n in range(6)], [f"Thing {n}" for n in range(6)]


def loaded(prices: list[object], currency: list[str | None]) -> tuple[dict[str, tuple[str, list[float]]], list[str]]:
    table = pa.table({"id": IDS, "title": NAMES, "price": prices, "currency": currency})
    done = import_table(table)
    found = {f.name: (f.unit, done.table.column(f.name).to_pylist()) for f in done.fields if f.role == "number"}
    return found, done.report.notices


def test_one_currency_for_all_is_the_unit() -> None:
    assert loaded([1, 2, 3, 4, 5, 6], ["EUR"] * 6) == ({"price": ("eur", [1, 2, 3, 4, 5, 6])}, [])


def test_several_currencies_never_share_a_field() -> None:
    found, notices = loaded([1.5, 2, 3, 4, 5, 6], ["EUR", "USD", "eur", "USD", "EUR", None])
    assert found == {
        "price_eur": ("eur", [1.5, None, 3, None, 5, None]),
        "price_usd": ("usd", [None, 2, None, 4, None, None]),
    }
    assert any("1 of 6 values of price is without a unit" in notice for notice in notices)


def test_a_price_with_its_own_sign_keeps_it() -> None:
    found, _ = loaded(["£9", "2", "3", "4", "5", "6"], ["EUR", "USD", "EUR", "USD", "EUR", "USD"])
    assert found["price_gbp"][1][0] == 9


def test_words_that_are_no_currencies_say_nothing() -> None:
    assert loaded([1, 2, 3, 4, 5, 6], ["old", "new"] * 3)[0] == {"price": ("usd", [1, 2, 3, 4, 5, 6])}
