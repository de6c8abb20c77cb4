"""What every column is for, guessed from names and values; anybody may overrule the guess."""

import difflib
from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

from errors import CatalogError
from retrieval.importing.guess import Guess
from retrieval.importing.keys import find_id, find_title
from retrieval.importing.looks import Column
from retrieval.importing.names import words_of
from retrieval.importing.rules import guess_column
from retrieval.items import Role

__all__ = ["Guess", "guess_roles", "words_of"]

Find = Callable[[Sequence[Column]], tuple[str, Guess]]
_FINDERS: tuple[tuple[Role, Find], ...] = ((Role.TITLE, find_title), (Role.ID, find_id))


def guess_roles(table: pa.Table, given: Mapping[str, str]) -> dict[str, Guess]:
    """Return a guess for every column; `given` (column → role, or "ignore") overrules.

    A file without a column for id or title gets one more guess, of a column to be made (`Guess.made_from`).
    Raises CatalogError where `given` names no column or no role, or two columns for what only one can be.
    """
    guesses = {name: _given(name, role, table.column_names) for name, role in given.items()}
    for role in (Role.ID, Role.TITLE):
        told = [name for name, guess in guesses.items() if guess.role is role]
        if len(told) > 1:
            raise CatalogError(
                f"{len(told)} columns have the role {role} ({', '.join(told)}); a catalogue has exactly one. "
                f"Give it to one of them: --role COLUMN={role}"
            )
    columns = [Column(name, table.column(name)) for name in table.column_names]
    for role, find in _FINDERS:
        if not any(guess.role is role for guess in guesses.values()):
            name, guess = find([column for column in columns if column.name not in guesses])
            guesses[name] = guess
    for column in columns:
        if column.name not in guesses:
            guesses[column.name] = guess_column(column)
    made = [name for name in guesses if name not in table.column_names]
    return {name: guesses[name] for name in [*made, *table.column_names]}


def _given(name: str, role: str, columns: Sequence[str]) -> Guess:
    if name not in columns:
        near = difflib.get_close_matches(name, columns, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "The columns are " + ", ".join(columns) + "."
        raise CatalogError(f"There is no column {name!r} to give a role to. {hint}")
    if role == "ignore":
        return Guess(None, "as told")
    try:
        return Guess(Role(role))
    except ValueError:
        roles = ", ".join([*Role, "ignore"])
        raise CatalogError(f"{role!r} is no role for the column {name!r}. The roles are {roles}.") from None
