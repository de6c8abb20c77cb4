"""What every column is for, guessed from names and values; anybody may overrule the guess."""

import difflib
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from errors import CatalogError
from retrieval.importing.names import words_of
from retrieval.importing.roles.guess import Guess
from retrieval.importing.roles.keys import find_id, find_title
from retrieval.importing.roles.looks import Column
from retrieval.importing.roles.rules import guess_column
from retrieval.items import Role

__all__ = ["Guess", "guess_roles", "words_of"]

ROLES = (*Role, "ignore")
SETTINGS = "catalog.toml"

_TELLING = (Role.TEXT, Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)


def guess_roles(table: pa.Table, given: Mapping[str, str], before: Mapping[str, str] | None = None) -> dict[str, Guess]:
    """Return a guess for every column; `given` (column → role, or "ignore") overrules, else what was said `before`.

    A file without a column for id or title gets one more guess, of a column to be made (`Guess.made_from`).
    Raises CatalogError where `given` names no column or no role, or two columns for what only one can be.
    """
    columns = {name: Column(name, table.column(name)) for name in table.column_names}
    guesses = {name: _told(name, role, columns, "as told") for name, role in given.items()}
    for name, role in (before or {}).items():
        taken = role in (Role.ID, Role.TITLE) and any(guess.role == role for guess in guesses.values())
        if name in columns and name not in guesses and not taken:
            guesses[name] = _told(name, role, columns, f"as {SETTINGS} says")
    for role in (Role.ID, Role.TITLE):
        same = [name for name, guess in guesses.items() if guess.role is role]
        if len(same) > 1:
            raise CatalogError(
                f"{len(same)} columns have the role {role} ({', '.join(same)}); a catalogue has exactly one. "
                f"Give it to one of them: --role COLUMN={role}"
            )
    for role in (Role.TITLE, Role.ID):
        if not any(guess.role is role for guess in guesses.values()):
            free = [column for column in columns.values() if column.name not in guesses]
            told = [columns[name] for name, guess in guesses.items() if guess.role in _TELLING]
            name, guess = find_title(free, told) if role is Role.TITLE else find_id(free)
            guesses[name] = guess
    for name, column in columns.items():
        if name not in guesses:
            guesses[name] = guess_column(column)
    made = [name for name in guesses if name not in table.column_names]
    return {name: guesses[name] for name in [*made, *table.column_names]}


def _told(name: str, role: str, columns: Mapping[str, Column], why: str) -> Guess:
    """Return the role that somebody gave; where the values say the same, with what they say."""
    if name not in columns:
        near = difflib.get_close_matches(name, columns, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "The columns are " + ", ".join(columns) + "."
        raise CatalogError(f"There is no column {name!r} to give a role to. {hint}")
    if role not in ROLES:
        raise CatalogError(f"{role!r} is no role for the column {name!r}. The roles are {', '.join(ROLES)}.")
    guess = guess_column(columns[name])
    same = (guess.role or "ignore") == role
    return replace(guess, certain=True) if same else Guess(None if role == "ignore" else Role(role), why)
