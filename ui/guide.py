"""What every door needs of the agent; `agents.session.Cicerone` has this shape."""

from collections.abc import AsyncIterator
from typing import Any, Protocol

from agents.events import Action, Event, LedgerChanged
from retrieval.items import Field


class Guide(Protocol):
    """One open catalogue and the agent that knows it; shared by every visitor."""

    catalog_name: str
    noun: tuple[str, str]
    """What one item and several are called: ("book", "books")."""
    fields: dict[str, Field]

    def planner_name(self) -> str:
        """Return who plans, ready to show: "basic planner" or "MODEL at HOST"."""
        ...

    def starters(self) -> list[str]:
        """Return example requests this catalogue can answer."""
        ...

    def turn(
        self, user_id: str, thread_id: str | None, text: str = "", *, action: Action | None = None, k: int | None = None
    ) -> AsyncIterator[Event]:
        """Run one turn; without a thread a new one is opened. Raises NotFound for a thread this user does not have."""
        ...

    async def ledger(self, user_id: str, thread_id: str) -> LedgerChanged:
        """Return the limits and tastes of a thread. Raises NotFound."""
        ...

    async def recommend(self, line: dict[str, Any]) -> dict[str, Any]:
        """Answer one line of `batch`, remembering nothing."""
        ...

    def item(self, item_id: str) -> dict[str, Any] | None:
        """Return {"item_id", "title", "fields"}, or None where there is no such item."""
        ...

    def ready(self) -> bool:
        """Return whether a turn would be answered now."""
        ...
