"""The guess of a role, with the evidence for it."""

from dataclasses import dataclass

from retrieval.items import Role


@dataclass(frozen=True)
class Guess:
    """What a column is for, or None where it is left out, and the evidence in plain words."""

    role: Role | None
    why: str = ""
    """One clause, of a role as well as of a column left out: "named like a title; 100 % differ"."""
    certain: bool = True
    """False where it must be asked or reported, for `instead` would do as well."""
    instead: tuple[str, ...] = ()
    """Other columns for a role that one column has (id, title), else other roles of this column; best first."""
    made_from: tuple[str, ...] | None = None
    """Of a column that the file lacks: the columns it is made from; an empty tuple is the whole row."""
