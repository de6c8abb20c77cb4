"""What a simulated user is: someone with a task, who opens, reacts to replies, and ends the conversation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from eval.simulation.sayable import Sayable
from eval.simulation.system import Reply
from eval.simulation.task import Task, broken
from retrieval.catalog import Catalog
from retrieval.items import Filter

Kind = Literal["open", "answer", "reject", "insist", "accept", "more", "ask", "give_up", "told_none"]
ENDS: frozenset[Kind] = frozenset({"accept", "give_up", "told_none"})
"""Moves after which the user says no more; what they say with them is not sent."""
LOOKS_AT = 5
"""So many items of a list are looked at, from its top."""


@dataclass(frozen=True, slots=True)
class Move:
    """One message of the user."""

    kind: Kind
    text: str
    takes: tuple[str, ...] = ()
    """Items taken with it."""
    about: tuple[str, str] | None = None
    """The item and the field that are asked about."""
    by: Literal["agenda", "model", "fallback"] = "agenda"


class World:
    """One catalogue as those who act in it see it."""

    def __init__(self, catalog: Catalog, nouns: tuple[str, str]) -> None:
        """`nouns` are what one item and several are called."""
        self.catalog, self.nouns = catalog, nouns
        self.fields = catalog.fields
        self.sayable = Sayable(catalog)

    def values(self, item_id: str) -> dict[str, Any]:
        """Return what is known of an item; nothing of one that does not exist."""
        row = self.catalog.row_of(item_id)
        return {} if row is None else self.catalog.items([row])[0].values

    def title(self, item_id: str) -> str:
        """Return the title of an item, "" of one that does not exist."""
        row = self.catalog.row_of(item_id)
        return "" if row is None else self.catalog.titles[row]

    def broken(self, item_id: str, limits: Sequence[Filter]) -> list[Filter]:
        """Return the limits an item does not meet; one that does not exist meets none."""
        return broken(self.values(item_id), limits, self.fields)

    def fits(self, item_id: str, task: Task) -> bool:
        """Whether an item is an answer to a task."""
        return bool(self.values(item_id)) and item_id not in task.avoid and not self.broken(item_id, task.limits)


class SimulatedUser(Protocol):
    """Someone with a task."""

    name: str

    async def open(self) -> Move:
        """Say what is looked for."""
        ...

    async def react(self, reply: Reply) -> Move:
        """Answer the latest reply."""
        ...
