"""Every operator on every role, odd names and values, unknowns: checked against the rows themselves."""

import math
from pathlib import Path
from typing import Any

import pytest
from shelf import FIELDS, ROWS, shelf_catalog

from errors import FilterError
from retrieval.catalog import Catalog
from retrieval.filters import MAX_FILTERS, MAX_VALUE_CHARS, MAX_VALUES, comparable, compile_filters
from retrieval.items import Filter, Role

ALL = "abcdefgh"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return shelf_catalog(tmp_path_factory.mktemp("filters"))


def found(catalog: Catalog, *limits: tuple[str, str, Any]) -> tuple[str, int]:
    """Return the ids that satisfy the limits, and how many items were left out as unknown."""
    filters = [Filter(field=field, op=op, value=value) for field, op, value in limits]  # type: ignore[arg-type]
    selection = catalog.select(filters)
    return "".join(catalog.ids[row] for row in selection.rows), selection.n_unknown


@pytest.mark.parametrize(
    ("field", "op", "value", "ids", "n_unknown"),
    [
        ("sku", "eq", "c", "c", 0),
        ("sku", "ne", "c", "abdefgh", 0),
        ("sku", "in", ["c", "a", "zzz"], "ac", 0),
        ("sku", "not_in", ["c", "a"], "bdefgh", 0),
        ("name", "eq", "green TEAPOT!", "a", 0),
        ("name", "ne", "Green Teapot", "bcdefgh", 0),
        ("name", "in", ["It", "whisk"], "gh", 0),
        ("name", "not_in", ["It", "whisk"], "abcdef", 0),
        ("name", "contains", "teapot", "ab", 0),
        ("name", "not_contains", "tea", "defgh", 0),
        ("about", "contains", "TEA", "abh", 1),
        ("about", "contains", "Cafe quality", "e", 1),
        ("about", "contains", "CAFÉ", "e", 1),
        ("about", "not_contains", "tea", "cdef", 1),
        ("about", "eq", "holds coffee.", "f", 1),
        ("about", "ne", "Holds coffee.", "abcdeh", 1),
        ("kinds", "eq", "cup", "cf", 1),
        ("kinds", "contains", "CERAMIC", "abc", 1),
        ("kinds", "in", ["steel", "bamboo"], "dh", 1),
        ("kinds", "ne", "ceramic", "defh", 1),
        ("kinds", "not_contains", "ceramic", "defh", 1),
        ("kinds", "not_in", ["ceramic", "cup"], "deh", 1),
        ("band", "eq", "$", "acf", 2),
        ("band", "contains", "$$", "bdh", 2),
        ("band", "ne", "$", "bdh", 2),
        ("band", "in", ["$", "$$"], "abcdfh", 2),
        ("band", "not_in", ["$", "€"], "bdh", 2),
        ("makers", "contains", "ana perez", "abh", 2),
        ("makers", "eq", "CY ONEIL", "d", 2),
        ("makers", "not_contains", "Bo Li", "adh", 2),
        ("makers", "in", ["Bo Li", "Cy O'Neil"], "bcdf", 2),
        ("makers", "not_in", ["Bo Li", "Cy O'Neil"], "ah", 2),
        ("grams", "eq", 120, "c", 2),
        ("grams", "eq", "120", "c", 2),
        ("grams", "ne", 120, "abdfh", 2),
        ("grams", "in", [120, 300.0], "cf", 2),
        ("grams", "not_in", [120, 300], "abdh", 2),
        ("grams", "gte", 700, "abd", 2),
        ("grams", "lte", 700, "acfh", 2),
        ("grams", "between", [120, 700], "acf", 2),
        ("grams", "between", [700, 120], "", 2),
        ("grams", "gte", 10**30, "", 2),
        ("row", "gte", 6, "fh", 1),
        ("made", "eq", 2001, "bc", 2),
        ("made", "eq", "2001-12-31", "c", 2),
        ("made", "ne", "2001", "aefh", 2),
        ("made", "in", [1999, "2020-02-29"], "ah", 2),
        ("made", "not_in", [2001, 2015], "aeh", 2),
        ("made", "gte", 2010, "efh", 2),
        ("made", "lte", 2001, "abc", 2),
        ("made", "between", [2001, 2010], "bce", 2),
        ("made", "between", ["2001-01-02", 2010.0], "ce", 2),
        ("shop", "eq", "https://x.org/a?B=1", "a", 7),
        ("shop", "contains", "X.ORG", "a", 7),
    ],
)
def test_operator_on_role(catalog: Catalog, field: str, op: str, value: Any, ids: str, n_unknown: int) -> None:
    assert found(catalog, (field, op, value)) == (ids, n_unknown)


@pytest.mark.parametrize("position", range(len(FIELDS)))
def test_known_and_unknown_split_every_field(catalog: Catalog, position: int) -> None:
    name = FIELDS[position].name
    known = "".join(str(row[0]) for row in ROWS if row[position] is not None)
    assert found(catalog, (name, "known", None)) == (known, 0)
    assert found(catalog, (name, "unknown", None)) == ("".join(i for i in ALL if i not in known), 0)


def test_a_list_is_an_and_and_none_is_everything(catalog: Catalog) -> None:
    assert found(catalog) == (ALL, 0)
    assert found(catalog, ("kinds", "contains", "ceramic"), ("grams", "lte", 700)) == ("ac", 1)


def test_unknown_counts_only_what_fails_for_no_other_reason(catalog: Catalog) -> None:
    # e: a kettle of unknown weight; g: nothing known at all
    assert found(catalog, ("kinds", "contains", "kettle"), ("grams", "gte", 1)) == ("d", 2)
    assert found(catalog, ("kinds", "contains", "cup"), ("grams", "gte", 1)) == ("cf", 1)
    assert found(catalog, ("kinds", "known", None), ("grams", "gte", 1000)) == ("d", 1)


@pytest.mark.parametrize("sign", ["ne", "not_in", "not_contains"])
def test_an_unknown_value_never_satisfies_a_negation(catalog: Catalog, sign: str) -> None:
    assert "g" not in found(catalog, ("kinds", sign, "nothing"))[0]


INJECTIONS = [
    "x' OR '1'='1",
    "'; DROP TABLE items; --",
    '" OR ""="',
    "%",
    "_",
    "\\",
    "); SELECT 1; --",
    "?",
    "$1",
    "\x00",
    "😀",
    "ي",
]


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize("field", [f.name for f in FIELDS if f.role not in (Role.NUMBER, Role.DATE)])
@pytest.mark.parametrize("op", ["eq", "contains", "in"])
def test_sql_in_a_value_is_only_text(catalog: Catalog, field: str, op: str, value: str) -> None:
    ids, _ = found(catalog, (field, op, value))
    assert ids in ("", "a") if (field, value) == ("shop", "?") else ids == ""
    assert catalog.n_items == len(found(catalog)[0])


@pytest.mark.parametrize(
    "value", [*INJECTIONS, "1 OR 1=1", "", None, True, [1], {}, math.nan, math.inf, "nan", 10**400]
)
@pytest.mark.parametrize(("field", "op"), [("grams", "eq"), ("grams", "lte"), ("made", "gte"), ("made", "eq")])
def test_what_is_no_number_or_date_is_refused(catalog: Catalog, field: str, op: str, value: Any) -> None:
    with pytest.raises(FilterError, match=f"'{field}' takes a"):
        found(catalog, (field, op, value))


@pytest.mark.parametrize("value", ["2001-13-01", "20011", "0000", -1, "yesterday", 1e300])
def test_impossible_dates_are_refused(catalog: Catalog, value: Any) -> None:
    with pytest.raises(FilterError, match="a year or a date like"):
        found(catalog, ("made", "eq", value))


@pytest.mark.parametrize("value", [None, "", "  ", [], {}, ["a"], "x" * (MAX_VALUE_CHARS + 1)])
@pytest.mark.parametrize("field", ["name", "about", "kinds", "makers", "sku", "shop"])
def test_what_is_no_short_text_is_refused(catalog: Catalog, field: str, value: Any) -> None:
    with pytest.raises(FilterError, match="takes a short text"):
        found(catalog, (field, "contains", value))


@pytest.mark.parametrize("op", ["in", "not_in"])
@pytest.mark.parametrize("field", ["kinds", "grams", "made", "sku"])
def test_lists_have_a_size(catalog: Catalog, field: str, op: str) -> None:
    for values in ([], list(range(1000, 1001 + MAX_VALUES))):
        with pytest.raises(FilterError, match=f"1 to {MAX_VALUES} values, not {len(values)}"):
            found(catalog, (field, op, values))
    assert found(catalog, (field, op, list(range(1000, 1000 + MAX_VALUES)))) is not None


@pytest.mark.parametrize("value", [5, [1], [1, 2, 3], None, "1-2"])
def test_between_takes_two(catalog: Catalog, value: Any) -> None:
    with pytest.raises(FilterError, match=r"takes \[low, high\]"):
        found(catalog, ("grams", "between", value))


def test_too_many_filters(catalog: Catalog) -> None:
    found(catalog, *[("grams", "gte", n) for n in range(MAX_FILTERS)])
    with pytest.raises(FilterError, match=f"at most {MAX_FILTERS}"):
        found(catalog, *[("grams", "gte", n) for n in range(MAX_FILTERS + 1)])


@pytest.mark.parametrize(
    ("field", "op"), [("grams", "contains"), ("made", "not_contains"), ("kinds", "gte"), ("name", "between")]
)
def test_an_operator_that_does_not_fit_names_those_that_do(catalog: Catalog, field: str, op: str) -> None:
    with pytest.raises(FilterError, match=f"'{op}' does not fit '{field}'.*use one of .*eq"):
        found(catalog, (field, op, 1))


@pytest.mark.parametrize("name", ["gramms", "~kinds", "~row", "items", 'kinds"', "1=1; --", "KINDS"])
def test_only_the_catalogues_own_fields_can_be_named(catalog: Catalog, name: str) -> None:
    with pytest.raises(FilterError, match="There is no field"):
        found(catalog, (name, "known", None))


def test_a_misspelt_field_is_suggested(catalog: Catalog) -> None:
    with pytest.raises(FilterError, match="did you mean 'makers'"):
        found(catalog, ("maker", "contains", "Bo Li"))


def test_values_never_enter_the_sql(catalog: Catalog) -> None:
    where, params, unknown = compile_filters([Filter(field="kinds", op="in", value=["Cup'", "Tool"])], catalog.fields)
    assert "cup" not in where.lower()
    assert params == ["cup", "tool"]
    assert unknown == '"~kinds" IS NULL'


def test_few_values_and_many_are_found_alike(catalog: Catalog) -> None:
    kinds = [kind for kind, _ in catalog.counts("kinds")]
    for op in ("in", "not_in"):
        for wanted in (kinds[:2], kinds[-2:]):
            padded = [*wanted, *(f"nothing {i}" for i in range(9))]
            assert found(catalog, ("kinds", op, wanted)) == found(catalog, ("kinds", op, padded))


def test_comparable_keeps_what_folding_would_lose() -> None:
    assert comparable(" $$ ") == "$$" != comparable("$")
    assert comparable("Amélie (2001)") == "amelie 2001"


def test_quotes_in_a_field_name(tmp_path: Path) -> None:
    import numpy as np
    import pyarrow as pa

    from retrieval.catalog_file import write_catalog
    from retrieval.items import Field

    odd = 'size"; DROP TABLE items; --'
    fields = [Field(name=n, role=r, label=n) for n, r in (("i", Role.ID), ("t", Role.TITLE), (odd, Role.NUMBER))]
    table = pa.table({"i": ["a", "b"], "t": ["A", "B"], odd: [1.0, 2.0]})
    write_catalog(tmp_path / "c.duckdb", table, fields, np.ones(2, np.float32))
    assert found(Catalog(tmp_path / "c.duckdb", "odd"), (odd, "gte", 2)) == ("b", 0)
