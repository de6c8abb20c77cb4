"""Claims about values and limits: each form can be met and missed."""

from typing import Any

import pytest

from errors import InputError
from eval.conversations.claims import parse_claim
from retrieval.items import Filter


def limit(op: str, value: Any, field: str = "year") -> Filter:
    return Filter.model_validate({"field": field, "op": op, "value": value})


@pytest.mark.parametrize(
    ("text", "met", "missed"),
    [
        ("year 1990..1999", 1995, 2000),
        ("year 2000..", 2000, 1999),
        ("year < 1990", 1989, 1990),
        ("mpg > 30", 31, 30),
        ("gears = 8", 8, 7),
        ("on sale 2021..", "2021-03-01", "2020-12-31"),
        ("genres has Sci-Fi", ["sci-fi", "Drama"], ["Drama"]),
        ("cast has A|B", ["A", "B", "C"], ["A"]),
        ("make any Toyota|Honda", "Honda", "Ford"),
        ("make lacks Toyota|Honda", "Ford", "Honda"),
    ],
)
def test_a_claim_is_met_or_missed_by_a_value(text: str, met: object, missed: object) -> None:
    assert parse_claim(text).meets(met)
    assert not parse_claim(text).meets(missed)
    assert not parse_claim(text).meets(None) or "lacks" in text


@pytest.mark.parametrize(
    ("text", "stated", "other"),
    [
        ("year 1990..1999", [limit("gte", 1990), limit("lte", 1999)], [limit("gte", 1990)]),
        ("year 1990..1999", [limit("between", [1990, 1999])], [limit("between", [1980, 1999])]),
        ("year < 1990", [limit("lte", 1989)], [limit("lte", 1991)]),
        ("year = 2010", [limit("eq", 2010)], []),
        ("genres has Drama", [limit("contains", "Drama", "genres")], [limit("not_contains", "Drama", "genres")]),
        ("genres any Drama|War", [limit("in", ["War", "Drama"], "genres")], [limit("contains", "War", "genres")]),
        ("genres lacks War", [limit("not_contains", "War", "genres")], [limit("contains", "War", "genres")]),
    ],
)
def test_limits_come_to_a_claim_or_not(text: str, stated: list[Filter], other: list[Filter]) -> None:
    assert parse_claim(text).stated_by(stated)
    assert not parse_claim(text).stated_by(other)


def test_what_is_no_claim_is_refused() -> None:
    with pytest.raises(InputError, match="no claim"):
        parse_claim("something nice")
