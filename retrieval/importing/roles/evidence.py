"""What is shown of every column before anybody trusts it: its role, why, how often it is known, and examples."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from retrieval.importing.roles.guess import Guess
from retrieval.importing.roles.looks import Column
from retrieval.items import Field

N_EXAMPLES = 3


@dataclass(frozen=True)
class Evidence:
    """One column as it was read."""

    column: str
    role: str
    """A role, or "ignore"."""
    why: str
    coverage: float
    """Share of the rows with a value, 0–1."""
    examples: tuple[str, ...]
    """Up to three different values, as in the file."""
    unit: str = ""
    many: bool = False
    """Whether an item may have several values."""
    certain: bool = True


def evidence_of(table: pa.Table, guesses: Mapping[str, Guess], fields: Iterable[Field]) -> list[Evidence]:
    """Return one entry a column, in the order of the file."""
    known = {f.name: f for f in fields}
    found = []
    for name, guess in guesses.items():
        column, field = Column(name, table.column(name)), known.get(name)
        found.append(
            Evidence(
                name, str(guess.role or "ignore"), guess.why, column.coverage, _examples(column),
                field.unit if field else "", bool(field and field.many), guess.certain,
            )
        )  # fmt: skip
    return found


def _examples(column: Column) -> tuple[str, ...]:
    shown = dict.fromkeys(_text(value) for value in column.sample[:200])
    return tuple(shown)[:N_EXAMPLES]


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
