"""Cleaned columns → the Arrow types that a catalogue stores, and fields that describe them."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.values.measures import whole
from retrieval.importing.values.units import label_of, unit_of
from retrieval.items import Field, Role

_MOST_BYTES = 2**31 - 1


def describe(name: str, role: Role, values: pa.Array, unit: str = "", label: str = "") -> Field:
    """Return the field of a cleaned column, with its coverage and range; `unit` and `label` are guessed where ""."""
    many = is_many(values)
    low = high = None
    if role is Role.NUMBER:
        ends = pc.min_max(values).as_py()
        low, high = float(ends["min"]), float(ends["max"])
        unit = unit or unit_of(name, low, high)
    elif role is Role.DATE:
        ends = pc.min_max(values).as_py()
        low, high = float(ends["min"].year), float(ends["max"].year)
    n_values = 0
    if role in (Role.FACET, Role.PERSON):
        n_values = pc.count_distinct(values.flatten() if many else values).as_py()
    return Field(
        name=name, role=role, many=many, label=label or label_of(name, unit), unit=unit,
        coverage=round((len(values) - values.null_count) / max(len(values), 1), 4), n_values=n_values, low=low,
        high=high,
    )  # fmt: skip


def is_many(values: pa.Array) -> bool:
    """Tell whether rows of this column have lists of values."""
    return bool(pa.types.is_list(values.type) or pa.types.is_large_list(values.type))


def as_array(role: Role, values: Sequence[Any]) -> pa.Array:
    """Return cleaned Python values in the Arrow type that a catalogue stores."""
    if role is Role.NUMBER:
        return whole(pa.array(values, pa.float64()))
    if role is Role.DATE:
        return pa.array(values, pa.date32())
    many = any(isinstance(value, list) for value in values)
    return pa.array(values, pa.list_(pa.string()) if many else pa.string())


def stored(values: pa.Array) -> pa.Array:
    """Return texts in the narrow type where they fit it."""
    if pa.types.is_large_string(values.type) and values.nbytes < _MOST_BYTES:
        return values.cast(pa.string())
    return values
