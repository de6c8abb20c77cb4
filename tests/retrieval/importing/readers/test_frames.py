"""Frames in memory become plain Arrow columns, whatever library made them."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from errors import CatalogError
from retrieval.importing.readers.frames import as_raw, is_frame, plain


def values(frame: Any) -> dict[str, list[Any]]:
    return dict(as_raw(frame).table.to_pydict())


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([1, "a", None], ["1", "a", None]),
        ([None, float("nan"), "x"], [None, None, "x"]),
        ([1.5, float("nan"), 2.0], [1.5, None, 2.0]),
        (pd.array([1, None, 3], dtype="Int64"), [1, None, 3]),
        (pd.Categorical(["b", None, "a"]), ["b", None, "a"]),
        (pd.array(["NULL", pd.NA, "nan"], dtype="string"), ["NULL", None, "nan"]),
        ([["a"], None, ["b", "c"]], [["a"], None, ["b", "c"]]),
        ([["a"], "x", [1]], [["a"], ["x"], ["1"]]),
        ([np.array([1, 2]), None, np.array([3])], [[1, 2], None, [3]]),
        ([("a", "b"), None, ("c",)], [["a", "b"], None, ["c"]]),
        ([dt.date(2020, 1, 1), None, pd.NaT], [dt.date(2020, 1, 1), None, None]),
        (pd.period_range("2020-01", periods=3, freq="M"), ["2020-01", "2020-02", "2020-03"]),
        ([True, None, False], [True, None, False]),
    ],
)
def test_columns_of_pandas(column: Any, expected: list[Any]) -> None:
    assert values(pd.DataFrame({"c": column})) == {"c": expected}


def test_a_time_with_a_zone_keeps_what_the_clock_says() -> None:
    times = pd.to_datetime(["2020-01-01 00:30", "2021-06-01 00:30"]).tz_localize("Europe/Berlin")
    assert values(pd.DataFrame({"t": times}))["t"] == [dt.datetime(2020, 1, 1, 0, 30), dt.datetime(2021, 6, 1, 0, 30)]


def test_columns_of_mixed_types_and_a_named_index_are_told() -> None:
    frame = pd.DataFrame({"odd": [1, "a"], 7: [1, 2]}, index=pd.Index(["x", "y"], name="sku"))
    raw = as_raw(frame)
    assert raw.table.column_names == ["odd", "7"]
    assert raw.lines.tolist() == [1, 2]
    assert "index sku" in raw.notices[0] and "reset_index" in raw.notices[0]
    assert "'odd'" in raw.notices[1]
    assert as_raw(pd.DataFrame({"a": [1]}, index=[9])).notices == []


def test_columns_of_polars() -> None:
    frame = pl.DataFrame(
        {
            "text": ["x", None],
            "category": pl.Series(["u", "v"], dtype=pl.Categorical),
            "tags": pl.Series([["a", "b"], None], dtype=pl.List(pl.Categorical)),
            "pair": pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Int64, 2)),
            "price": pl.Series(["1.50", "2.25"]).cast(pl.Decimal(10, 2)),
            "when": [dt.datetime(2020, 1, 1, tzinfo=dt.UTC)] * 2,
            "lasts": [dt.timedelta(minutes=1), None],
        }
    )
    assert values(frame) == {
        "text": ["x", None], "category": ["u", "v"], "tags": [["a", "b"], None], "pair": [[1, 2], [3, 4]],
        "price": [1.5, 2.25], "when": [dt.datetime(2020, 1, 1)] * 2, "lasts": [60.0, None],
    }  # fmt: skip
    kinds = as_raw(frame).table.schema
    assert kinds.field("text").type == pa.string() and kinds.field("tags").type == pa.list_(pa.string())


def test_a_slice_of_lists_keeps_its_own_values() -> None:
    lists = pa.array([["a"], None, ["b", "c"]], pa.large_list(pa.large_string()))
    assert plain(pa.chunked_array([lists[1:], lists[:1]])).to_pylist() == [None, ["b", "c"], ["a"]]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pl.LazyFrame({"a": [1]}), r"collect\(\)"),
        ([{"a": 1}], "a list is no table"),
        (pd.Series([1]), "DataFrame"),
        (pl.DataFrame({"a": []}), "no rows"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "more than one column 'a'"),
    ],
)
def test_what_is_no_table_is_refused(frame: Any, message: str) -> None:
    with pytest.raises(CatalogError, match=f"(?i){message}"):
        as_raw(frame)


def test_a_frame_is_told_from_a_path() -> None:
    assert is_frame(pd.DataFrame({"a": [1]})) and is_frame(pl.DataFrame({"a": [1]})) and is_frame(pl.LazyFrame({}))
    assert not is_frame("items.csv")
