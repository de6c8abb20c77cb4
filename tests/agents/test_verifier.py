"""The verifier checks rows in plain Python; it must agree with the SQL that found them."""

from itertools import product
from typing import Any

import pytest

from agents.verifier import broken, satisfies
from errors import FilterError
from retrieval.bundle import Bundle
from retrieval.items import Field, Filter, Item, Role

FIELDS = {
    "title": Field(name="title", role=Role.TITLE, label="title"),
    "genres": Field(name="genres", role=Role.FACET, many=True, label="genres"),
    "brand": Field(name="brand", role=Role.FACET, label="brand"),
    "year": Field(name="year", role=Role.NUMBER, label="year", unit="year"),
    "released": Field(name="released", role=Role.DATE, label="release date"),
}
ITEM = Item(
    row=0,
    item_id="a",
    title="Amélie",
    values={"title": "Amélie", "genres": ["Comedy", "Sci-Fi"], "year": 2001, "released": "2001-04-25"},
)


@pytest.mark.parametrize(
    ("field", "op", "value", "expected"),
    [
        ("genres", "contains", "comedy", True),
        ("genres", "contains", "sci fi", True),
        ("genres", "not_contains", "Comedy", False),
        ("genres", "in", ["Drama", "COMEDY"], True),
        ("genres", "not_in", ["Drama"], True),
        ("year", "between", [2000, 2001], True),
        ("year", "gte", 2002, False),
        ("year", "ne", 2001, False),
        ("released", "lte", 2001, True),
        ("released", "gte", "2001-05-01", False),
        ("released", "eq", 2001, True),
        ("title", "contains", "amelie", True),
        ("brand", "eq", "x", False),
        ("brand", "ne", "x", False),
        ("brand", "unknown", None, True),
        ("year", "known", None, True),
    ],
)
def test_every_operator_on_a_row(field: str, op: str, value: object, *, expected: bool) -> None:
    assert satisfies(ITEM, Filter(field=field, op=op, value=value), FIELDS[field]) is expected  # type: ignore[arg-type]


def test_broken_limits_come_in_their_order_and_unknown_fields_count_as_broken() -> None:
    limits = [
        Filter(field="year", op="gte", value=2010),
        Filter(field="genres", op="contains", value="Comedy"),
        Filter(field="x", op="known"),
    ]
    assert [f.field for f in broken(ITEM, limits, FIELDS)] == ["year", "x"]


def probes(values: list[Any]) -> list[Any]:
    """Values to ask about: one of the field's own, one of another case, one that nobody has."""
    flat = [x for v in values if v is not None for x in (v if isinstance(v, list) else [v])]
    own = flat[len(flat) // 2]
    return [own, own.upper() if isinstance(own, str) else own + 1, "zzz" if isinstance(own, str) else -5]


@pytest.mark.parametrize("name", ["films", "games"])
def test_rows_and_sql_agree_on_every_field_and_operator(name: str, request: pytest.FixtureRequest) -> None:
    bundle: Bundle = request.getfixturevalue(name)
    catalog = bundle.catalog
    items = catalog.items(list(range(catalog.n_items)))
    n_compared = 0
    for field, op in product(
        catalog.fields.values(),
        ["eq", "ne", "in", "not_in", "contains", "not_contains", "gte", "lte", "between", "known", "unknown"],
    ):
        if field.role == Role.TEXT:
            continue
        for value in probes(catalog.column(field.name)):
            wanted = [value, value] if op in ("in", "not_in", "between") else value
            given = Filter(field=field.name, op=op, value=wanted)  # type: ignore[arg-type]
            try:
                by_sql = set(catalog.select([given]).rows.tolist())
            except FilterError:
                continue
            assert by_sql == {item.row for item in items if satisfies(item, given, field)}, given
            n_compared += 1
    assert n_compared > 100
