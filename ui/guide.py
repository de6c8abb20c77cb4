"""What every door needs of the agent; `agents.session.Cicerone` has this shape."""

from collections.abc import AsyncIterator
from typing import Any, Protocol

from agents.events import Action, Event, LedgerChanged
from agents.state import Thread
from retrieval.items import Field


class Guide(Protocol):
    """One catalogue and the agent that knows it; shared by every visitor, opened with `async with`."""

    @property
    def catalog_name(self) -> str:
        """Name of the catalogue."""
        ...

    @property
    def noun(self) -> tuple[str, str]:
        """What one item and several are called: ("book", "books")."""
        ...

    @property
    def fields(self) -> dict[str, Field]:
        """The catalogue's fields by name."""
        ...

    async def __aenter__(self) -> Any:
        """Open what turns need."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        ...

    def planner_name(self) -> str:
        """Return who plans, ready to show: "basic planner" or "MODEL at HOST"."""
        ...

    def starters(self) -> list[str]:
        """Return example requests this catalogue can answer."""
        ...

    def turn(
        self, user_id: str, thread_id: str | None, text: str = "", *, action: Action | None = None, k: int | None = None
    ) -> AsyncIterator[Event]:
        """Run one turn, in a new thread where `thread_id` is None; the last event is turn_finished."""
        ...

    async def ledger(self, user_id: str, thread_id: str) -> LedgerChanged:
        """Return the limits and tastes of a thread; an unknown thread has none."""
        ...

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers; an unknown thread is empty."""
        ...

    async def recommend(self, raw: Any, *, k: int = 10, full: bool = True) -> dict[str, Any]:
        """Answer one line of `batch`, remembering nothing. Raises InputError for a line that cannot be used."""
        ...

    def item(self, item_id: str) -> dict[str, Any] | None:
        """Return {"item_id", "title", "fields"}, or None where there is no such item."""
        ...

    def ready(self) -> bool:
        """Return whether a turn would be answered now."""
        ...
