"""What talks with a simulated user: any system that takes a message and shows items."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from retrieval.items import Filter


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system said and showed at once."""

    text: str
    items: tuple[str, ...] = ()
    """Ids, best first."""
    breaks: dict[str, list[Filter]] = field(default_factory=dict)
    """By item, the limits that the system says it does not meet."""
    question: str = ""
    choices: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    turn: dict[str, Any] = field(default_factory=dict)
    """The turn as a line of dialogues holds it, with whatever else is told of it."""


class System(Protocol):
    """A recommender; it holds one conversation after the other."""

    name: str

    async def begin(self, dialogue_id: str, history: Sequence[str]) -> None:
        """Start a conversation with a user who knows the items of a history already."""
        ...

    async def say(self, text: str) -> Reply:
        """Answer the next message of the conversation."""
        ...
