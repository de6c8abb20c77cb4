"""Columns with roles → typed columns, fields that describe them, and the rows worth keeping."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from errors import CatalogError
from retrieval.importing import cleaning
from retrieval.importing.imported import Progress, no_progress
from retrieval.importing.raw import RAW_CHARS, RawTable, Rejected
from retrieval.importing.roles import Guess
from retrieval.importing.units import label_of, unit_of
from retrieval.items import Field, Role

_MANY = {Role.FACET, Role.PERSON}
_RESERVED = {"row"}


@dataclass(frozen=True)
class Hint:
    """What a person says about a column; "" leaves it to the values."""

    label: str = ""
    unit: str = ""
    separator: str = ""
    """Between the values of a column with several."""
    format: str = ""
    """Of dates, as in strptime: "%d/%m/%Y"."""
    decimal: str = ""
    """The decimal mark of numbers: "," or "."."""


@dataclass(frozen=True)
class Typed:
    """What is left of a table: every row of it is kept, merged with an identical one, or rejected."""

    table: pa.Table
    fields: list[Field]
    kept: list[int]
    """Positions of the rows of `table` in the raw one, ascending."""
    n_merged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """What was converted, cut or left unknown, one sentence each."""
    ignored: dict[str, str] = field(default_factory=dict)
    """Columns left out, with the cause."""


def type_columns(
    raw: RawTable, guesses: Mapping[str, Guess], hints: Mapping[str, Hint], report: Progress = no_progress
) -> Typed:
    """Clean every column with a role; reject rows without id or title and those that repeat an id."""
    table = raw.table
    roles = {name: guess.role for name, guess in guesses.items() if guess.role}
    ignored = {name: guess.why for name, guess in guesses.items() if not guess.role}
    by_role = {role: name for name, role in roles.items()}
    ids, titles = by_role[Role.ID], by_role[Role.TITLE]
    kept, causes = _kept(_ids(table.column(ids)), [cleaning.text(v) for v in table.column(titles).to_pylist()])
    if not kept:
        raise CatalogError(f"No row has an id in {ids!r} and a title in {titles!r}. Give others: --role COLUMN=id")
    table = table.take(kept)
    typed: dict[str, tuple[Role, str, list[Any]]] = {}
    for done, (name, role) in enumerate(roles.items()):
        report("columns", done, len(roles))
        for new_name, values, unit in _clean(name, role, table.column(name)):
            if new_name in typed or new_name.lower() in {n.lower() for n in typed} or new_name in _RESERVED:
                ignored[new_name] = "the name is taken"
            elif not any(v is not None for v in values):
                ignored[new_name] = "no usable value"
            else:
                typed[new_name] = role, unit, values
    report("columns", len(roles), len(roles))
    fields = [describe(n, role, v, unit, hints.get(n, Hint()).label) for n, (role, unit, v) in typed.items()]
    columns = {f.name: as_array(f, typed[f.name][2]) for f in fields}
    rejected = [
        Rejected(int(raw.lines[at]), cause, str(raw.table.slice(at, 1).to_pylist())[:RAW_CHARS])
        for at, cause in causes.items()
    ]
    return Typed(pa.table(columns), fields, kept, 0, rejected, [], ignored)


def _ids(column: pa.ChunkedArray) -> list[str | None]:
    """Return ids as text; whole floats (9780002005883.0) lose their ".0"."""
    return [
        str(int(v)) if isinstance(v, float) and v == v and v.is_integer() else cleaning.text(v)
        for v in column.to_pylist()
    ]


def _kept(ids: Sequence[str | None], titles: Sequence[str | None]) -> tuple[list[int], dict[int, str]]:
    seen: set[str] = set()
    kept, causes = [], {}
    for position, (item_id, title) in enumerate(zip(ids, titles, strict=True)):
        if item_id is None or title is None:
            causes[position] = "no id" if item_id is None else "no title"
        elif item_id in seen:
            causes[position] = "id seen before"
        else:
            seen.add(item_id)
            kept.append(position)
    return kept, causes


def _clean(name: str, role: Role, column: pa.ChunkedArray) -> list[tuple[str, list[Any], str]]:
    """Return the cleaned columns made of one: (name, values, unit); measures of several units become several."""
    if role is Role.ID:
        return [(name, _ids(column), "")]
    values = column.to_pylist()
    if role in _MANY:
        lists = cleaning.lists(values, people=role is Role.PERSON)
        single = all(v is None or len(v) == 1 for v in lists)
        return [(name, [v[0] if v else None for v in lists] if single else lists, "")]
    if role is Role.NUMBER:
        return _numbers(name, values)
    if role is Role.DATE:
        return [(name, [cleaning.day(v) for v in values], "")]
    if role is Role.TEXT:
        values = [". ".join(map(str, v)) if isinstance(v, list) else v for v in values]
    return [(name, [cleaning.text(v) for v in values], "")]


def _numbers(name: str, values: Sequence[Any]) -> list[tuple[str, list[Any], str]]:
    plain = [cleaning.number(v) for v in values]
    measured = [None if p is not None else cleaning.measure(v) for p, v in zip(plain, values, strict=True)]
    units = Counter(m[1] for m in measured if m)
    if not units:
        return [(name, plain, "")]
    common = [unit for unit, n in units.most_common(4) if n >= 0.01 * len(values)]
    many = len(common) > 1
    return [
        (f"{name}_{unit}" if many else name, [m[0] if m and m[1] == unit else None if many else p
         for p, m in zip(plain, measured, strict=True)], unit)
        for unit in common
    ]  # fmt: skip


def describe(name: str, role: Role, values: Sequence[Any], unit: str = "", label: str = "") -> Field:
    """Return the field of a cleaned column, with its coverage and range."""
    known = [v for v in values if v is not None]
    many = any(isinstance(v, list) for v in known)
    n_values = len({x for v in known for x in (v if many else [v])}) if role in _MANY else 0
    low = high = None
    if role is Role.NUMBER:
        low, high = float(min(known)), float(max(known))
        unit = unit or unit_of(name, low, high)
    elif role is Role.DATE:
        low, high = float(min(known).year), float(max(known).year)
    coverage = round(len(known) / max(len(values), 1), 4)
    return Field(
        name=name, role=role, many=many, label=label or label_of(name, unit), unit=unit, coverage=coverage,
        n_values=n_values, low=low, high=high,
    )  # fmt: skip


def as_array(field: Field, values: Sequence[Any]) -> pa.Array:
    """Return the column in the Arrow type that the catalogue stores."""
    if field.role is Role.NUMBER:
        whole = all(v is None or float(v).is_integer() for v in values)
        return (
            pa.array([None if v is None else int(v) for v in values], pa.int64())
            if whole
            else pa.array(values, pa.float64())
        )
    if field.role is Role.DATE:
        return pa.array(values, pa.date32())
    return pa.array(values, pa.list_(pa.string()) if field.many else pa.string())
