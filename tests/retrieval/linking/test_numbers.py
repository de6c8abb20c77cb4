"""Amounts with units and signs."""

import pytest
from linked import limits

from retrieval.linking import Linker


@pytest.mark.parametrize(
    ("text", "op", "value"),
    [
        ("a film under two hours", "lte", 119),
        ("at most 90 minutes", "lte", 90),
        ("1h30 max", "lte", 90),
        ("at least 2 and a half hours", "gte", 150),
        ("between 90 and 120 min", "between", [90, 120]),
        ("over 3 hours long", "gte", 181),
        ("around 100 min", "between", [90, 110]),
    ],
)
def test_lengths_of_time(link: Linker, text: str, op: str, value: object) -> None:
    assert limits(link, text) == [("runtime_min", op, value, False)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("runtime<90", [("lte", 89)]),
        ("runtime > 60 and < 90", [("gte", 61), ("lte", 89)]),
        ("<= 90 minutes", [("lte", 90)]),
        ("I <3 this", []),
    ],
)
def test_signs_bound_numbers(link: Linker, text: str, found: list[tuple[str, int]]) -> None:
    assert [(op, value) for _, op, value, _ in limits(link, text)] == found


def test_signs_bound_prices(game_link: Linker) -> None:
    assert limits(game_link, "price <= 20") == [("price_usd", "lte", 20, False)]
