"""Columns with roles → typed columns, fields that describe them, and the rows worth keeping."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.imported import Progress, no_progress
from retrieval.importing.raw import RawTable, Rejected
from retrieval.importing.roles.guess import Guess
from retrieval.importing.values.currencies import currencies_of, with_currency
from retrieval.importing.values.dates import read_dates
from retrieval.importing.values.fields import describe, stored
from retrieval.importing.values.ids import Account, account, as_ids
from retrieval.importing.values.lists import read_lists
from retrieval.importing.values.literals import joined
from retrieval.importing.values.measures import Measured, read_numbers
from retrieval.importing.values.texts import TEXT_CHARS, TITLE_CHARS, cleaned, links
from retrieval.importing.values.units import CURRENCIES, label_of, named_unit
from retrieval.items import Field, Role


@dataclass(frozen=True)
class Hint:
    """What a person says about a column; "" leaves it to the values."""

    label: str = ""
    unit: str = ""
    separator: str = ""
    """Between the values of a column with several."""
    format: str = ""
    """Of dates, as in strptime: "%d/%m/%Y", or "%s" for seconds since 1970; of times like 1:45 "%H:%M" or "%M:%S"."""
    decimal: str = ""
    """The decimal mark of numbers: "," or "."."""


@dataclass(frozen=True)
class Typed:
    """What is left of a table: every row of it is kept, merged with an identical one, or rejected."""

    table: pa.Table
    fields: list[Field]
    kept: np.ndarray
    """(n_items,) int64 positions of the rows of `table` in the raw one, ascending."""
    n_merged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """What was converted, cut, assumed or left unknown, one sentence each."""
    ignored: dict[str, str] = field(default_factory=dict)
    """Columns left out, with the cause."""


def type_columns(
    raw: RawTable, guesses: Mapping[str, Guess], hints: Mapping[str, Hint], report: Progress = no_progress
) -> Typed:
    """Clean every column with a role, one after the other; account for every row.

    A row without an id or a title is rejected; one that repeats an id is merged where every value is the same, and
    rejected where not. Raises CatalogError where no row is left or a hint cannot be used.
    """
    roles = {name: guess.role for name, guess in guesses.items() if guess.role}
    ignored = {name: guess.why for name, guess in guesses.items() if not guess.role}
    by_role = {role: name for name, role in roles.items()}
    id_name, title_name = by_role[Role.ID], by_role[Role.TITLE]
    ready, rows, notices = _rows(raw, id_name, title_name)
    notices += _made(guesses)
    written = {name.lower() for name in roles}
    fields: dict[str, Field] = {}
    columns: dict[str, pa.Array] = {}
    currencies = {name: codes.take(pa.array(rows.kept)) for name, codes in currencies_of(raw.table).items()}
    for done, (name, role) in enumerate(roles.items()):
        report("columns", done, len(roles))
        column = ready.pop(name) if name in ready else raw.table.column(name)
        column = column if len(rows.kept) == len(column) else column.take(pa.array(rows.kept))
        hint = hints.get(name, Hint())
        if role is Role.NUMBER:
            column, currency = with_currency(name, column, currencies)
            hint = replace(hint, unit=hint.unit or currency)
        for made, told in _clean(name, role, column, hint):
            notices += told
            if made.name != name and made.name.lower() in written:  # a column of the file keeps its name
                made = made._replace(name=f"{name}_in_{made.unit}")
            if made.name.lower() in {taken.lower() for taken in fields}:
                ignored[made.name] = "the name is taken"
            elif made.values.null_count == len(made.values):
                ignored[made.name] = "no usable value"
            else:
                label = hint.label or (label_of(name, made.unit) if made.name != name else "")
                fields[made.name] = describe(made.name, role, made.values, made.unit, label)
                columns[made.name] = stored(made.values)
                notices += _money(fields[made.name], made, name)
    report("columns", len(roles), len(roles))
    table = pa.table(columns)
    return Typed(table, [*fields.values()], rows.kept, rows.n_merged, rows.rejected, notices, ignored)


def _rows(raw: RawTable, id_name: str, title_name: str) -> tuple[dict[str, pa.Array], Account, list[str]]:
    """Return the ids and titles by name, what becomes of every row, and notices."""
    ids, notices = as_ids(id_name, raw.table.column(id_name))
    titles = cleaned(title_name, raw.table.column(title_name), TITLE_CHARS)
    rows = account(raw, ids, titles.values, id_name, title_name)
    if not len(rows.kept):
        raise CatalogError(
            f"No row has an id in {id_name!r} and a title in {title_name!r}. Give others: --role COLUMN=id"
        )
    return {id_name: ids, title_name: titles.values}, rows, notices + titles.notices


def _clean(name: str, role: Role, column: pa.ChunkedArray, hint: Hint) -> Iterator[tuple[Measured, list[str]]]:
    """Yield the fields made of a column, with notices; numbers of several units become several."""
    if role is Role.NUMBER:
        made, notices = read_numbers(name, column, decimal=hint.decimal, unit=hint.unit, form=hint.format)
        yield made[0], notices
        yield from ((more, []) for more in made[1:])
    elif role in (Role.ID, Role.TITLE):
        yield Measured(name, column), []
    else:
        values, notices = _values(name, role, column, hint)
        yield Measured(name, values, hint.unit), notices


def _values(name: str, role: Role, column: pa.ChunkedArray, hint: Hint) -> tuple[pa.Array, list[str]]:
    if role in (Role.FACET, Role.PERSON):
        return read_lists(name, column, people=role is Role.PERSON, mark=hint.separator)
    if role is Role.DATE:
        return read_dates(name, column, hint.format)
    if role in (Role.IMAGE, Role.LINK):
        return links(name, column)
    return cleaned(name, joined(column), TEXT_CHARS, unknown=True)


def _made(guesses: Mapping[str, Guess]) -> list[str]:
    """Say what ids and titles are where the file has none."""
    notices = []
    for name, guess in guesses.items():
        if guess.made_from is not None and guess.role is Role.ID:
            notices.append(f"No column is an id, so {name} is made from the whole row: an edited row is a new item.")
        elif guess.made_from is not None:
            notices.append(f"No column is a title, so {name} is made from {', '.join(guess.made_from)}.")
    return notices


def _money(found: Field, made: Measured, source: str) -> list[str]:
    """Tell of a currency that nothing names, and of prices below zero."""
    if found.role is not Role.NUMBER or found.unit not in CURRENCIES:
        return []
    notices = []
    if not made.unit and not named_unit(source):
        notices.append(
            f'{source} names no currency and is taken for {found.unit}; unit = "eur" in catalog.toml changes it.'
        )
    if found.low is not None and found.low < 0:
        n = pc.sum(pc.less(made.values, 0)).as_py()
        notices.append(f"{n:,} values of {found.name} are below zero, such as {found.low:,g}; they are kept.")
    return notices
