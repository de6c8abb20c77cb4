"""What a table leaves open about its columns: asked where somebody can answer, otherwise assumed and reported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from retrieval.importing.columns import Hint
from retrieval.importing.roles import SETTINGS
from retrieval.importing.roles.guess import Guess
from retrieval.importing.roles.looks import Column
from retrieval.importing.values.dates import day_of
from retrieval.importing.values.numbers import body_of, mark_of
from retrieval.importing.values.texts import distinct, known, strings
from retrieval.items import Role


@dataclass(frozen=True)
class Question:
    """One thing that the values do not decide; the first answer is the one assumed."""

    text: str
    """Asked as it is: "Which column is the id?"."""
    answers: tuple[str, ...]
    """What may be chosen, in words."""


Ask = Callable[[Question], int | None]
"""Return the number of the chosen answer, from 0, or None where nobody can be asked."""


def nobody(question: Question) -> None:
    """Ask nobody."""


def settle_roles(guesses: Mapping[str, Guess], ask: Ask) -> tuple[dict[str, Guess], list[str]]:
    """Return the guesses with the uncertain id and title decided, and a notice for each that was only assumed."""
    settled, notices = dict(guesses), []
    for name, guess in guesses.items():
        if guess.certain or guess.role not in (Role.ID, Role.TITLE):
            continue
        if not guess.instead:
            how = f"Change it with --role COLUMN={guess.role}, or in {SETTINGS}."
            notices.append(f"Assumed: the {guess.role} is {_told(name, guess)} ({guess.why}). {how}")
            continue
        columns = [name, *guess.instead]
        chosen = ask(Question(f"Which column is the {guess.role}?", tuple(_answer(c, guesses[c]) for c in columns)))
        if chosen is None:
            others = " or ".join(f"--role {_quoted(other)}={guess.role}" for other in guess.instead)
            notices.append(
                f"Assumed: the {guess.role} is {_told(name, guess)}. Change it with {others}, or in {SETTINGS}."
            )
        elif chosen == 0:
            settled[name] = replace(guess, certain=True)
        else:
            _swap(settled, name, columns[chosen], guess.role)
    return settled, notices


def settle_formats(
    table: pa.Table, guesses: Mapping[str, Guess], hints: Mapping[str, Hint], ask: Ask
) -> dict[str, Hint]:
    """Return the hints with what somebody answered about dates like 03/04/2020 and numbers like 1.299."""
    settled = dict(hints)
    if ask is nobody:
        return settled
    for name, guess in guesses.items():
        hint = settled.get(name, Hint())
        if guess.role is Role.DATE and not hint.format:
            settled[name] = _ask_for_day(name, table.column(name), hint, ask)
        elif guess.role is Role.NUMBER and not hint.decimal:
            settled[name] = _ask_for_mark(name, table.column(name), hint, ask)
    return settled


def _ask_for_day(name: str, column: pa.ChunkedArray, hint: Hint, ask: Ask) -> Hint:
    found = [(text, one) for text in _texts(column) if (one := day_of(text)) and (one.day or one.other)]
    if any(one.day is None or one.other is None for _, one in found):
        return hint
    text, one = next(((text, one) for text, one in found if one.day != one.other), ("", None))
    if one is None or one.day is None or one.other is None:
        return hint
    by, year = next(c for c in text if not c.isdigit()), "%y" if one.short else "%Y"
    days = (f"{one.day:%-d %B %Y}: the day comes first", f"{one.other:%-d %B %Y}: the month comes first")
    chosen = ask(Question(f"Which day is {text!r} in the column {name}?", days))
    formats = (f"%d{by}%m{by}{year}", f"%m{by}%d{by}{year}")
    return hint if chosen is None else replace(hint, format=formats[chosen])


def _ask_for_mark(name: str, column: pa.ChunkedArray, hint: Hint, ask: Ask) -> Hint:
    bodies = [body for text in _texts(column) if {".", ","} & set(body := body_of(text))]
    if not bodies or any(map(mark_of, bodies)):
        return hint
    marks = (".", ",")
    answers = tuple(
        f"{bodies[0].replace(',', '.')}: the mark is a decimal mark"
        if mark in bodies[0]
        else f"{int(bodies[0].replace('.', '').replace(',', '')):,}: the mark separates thousands"
        for mark in marks
    )
    chosen = ask(Question(f"Which number is {bodies[0]!r} in the column {name}?", answers))
    return hint if chosen is None else replace(hint, decimal=marks[chosen])


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Return the different texts of a column that is text, else nothing: only texts leave something open."""
    return distinct(known(strings(column))).texts if Column("", column).is_text else []


def _swap(settled: dict[str, Guess], old: str, new: str, role: Role) -> None:
    """Give the role of one column to another; the first one is left out, or not made at all."""
    if settled[old].made_from is None:
        settled[old] = Guess(None, "another id") if role is Role.ID else Guess(Role.TEXT, "another title")
    else:
        del settled[old]
    settled[new] = Guess(role, "as chosen")


def _answer(name: str, guess: Guess) -> str:
    return f"{name} ({guess.why})"


def _told(name: str, guess: Guess) -> str:
    return guess.why if guess.made_from is not None else repr(name)


def _quoted(name: str) -> str:
    return name if name.replace("_", "").isalnum() else f"'{name}'"
