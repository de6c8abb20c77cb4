"""Columns with roles → typed columns, fields that describe them, and the rows worth keeping."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from errors import CatalogError
from retrieval.importing import cleaning
from retrieval.importing.imported import Progress
from retrieval.importing.roles import Guess
from retrieval.importing.units import label_of, unit_of
from retrieval.items import Field, Role

_MANY = {Role.FACET, Role.PERSON}
_RESERVED = {"row"}


@dataclass(frozen=True)
class Typed:
    """What is left of a table: `kept` are the positions of the loaded rows in it, ascending."""

    table: pa.Table
    fields: list[Field]
    kept: list[int]
    skipped: Counter[str]
    ignored: dict[str, str]


def type_columns(table: pa.Table, guesses: Mapping[str, Guess], report: Progress) -> Typed:
    """Clean every column with a role and drop rows without id or title and repeated ids."""
    roles = {name: guess.role for name, guess in guesses.items() if guess.role}
    ignored = {name: guess.why_not for name, guess in guesses.items() if not guess.role}
    by_role = {role: name for name, role in roles.items()}
    ids, titles = by_role[Role.ID], by_role[Role.TITLE]
    kept, skipped = _kept(_ids(table.column(ids)), [cleaning.text(v) for v in table.column(titles).to_pylist()])
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
    fields = [describe(name, role, values, unit) for name, (role, unit, values) in typed.items()]
    columns = {f.name: as_array(f, typed[f.name][2]) for f in fields}
    return Typed(pa.table(columns), fields, kept, skipped, ignored)


def _ids(column: pa.ChunkedArray) -> list[str | None]:
    """Return ids as text; whole floats (9780002005883.0) lose their ".0"."""
    return [
        str(int(v)) if isinstance(v, float) and v == v and v.is_integer() else cleaning.text(v)
        for v in column.to_pylist()
    ]


def _kept(ids: Sequence[str | None], titles: Sequence[str | None]) -> tuple[list[int], Counter[str]]:
    seen: set[str] = set()
    kept, skipped = [], Counter[str]()
    for position, (item_id, title) in enumerate(zip(ids, titles, strict=True)):
        if item_id is None or title is None:
            skipped["no id" if item_id is None else "no title"] += 1
        elif item_id in seen:
            skipped["id seen before"] += 1
        else:
            seen.add(item_id)
            kept.append(position)
    return kept, skipped


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
