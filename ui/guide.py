"""What every door needs of the agent: doors to one catalogue take a Guide, doors to all of them Guides.

`agents.session.Cicerone` has the shape of the one, `agents.library.Library` of the other.
"""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any, Protocol

from agents.about import About
from agents.events import Action, Event, LedgerChanged
from agents.looks import Looks
from agents.people import People
from agents.profile.state import Kind, Profile, Statement
from agents.search import Search, SearchResult
from agents.state import Thread


class Guide(Protocol):
    """One catalogue and the agent that knows it; shared by every visitor, opened with `async with`."""

    @property
    def about(self) -> About:
        """Its name, what its items are called, and its fields."""
        ...

    @property
    def starters(self) -> list[str]:
        """Example requests this catalogue can answer."""
        ...

    @property
    def looks(self) -> Looks:
        """What is shown of items beside the talk."""
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

    def turn(
        self,
        user_id: str,
        thread_id: str | None,
        text: str = "",
        *,
        action: Action | None = None,
        k: int | None = None,
        adventure: float | None = None,
        remembers: bool = False,
        by_model: bool = True,
        turn_id: str | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Run one turn, in a new thread where `thread_id` is None; the last event is turn_finished."""
        ...

    def sum_up(self, profile: Profile) -> str:
        """Return a profile in two sentences, as far as it is about this catalogue; may take a second."""
        ...

    def opinion(self, kind: Kind, item_id: str, today: date) -> Statement | None:
        """Return what somebody thinks of an item as a statement of their profile; None where there is no such item."""
        ...

    async def ledger(self, user_id: str, thread_id: str) -> LedgerChanged:
        """Return the limits and tastes of a thread; an unknown thread has none."""
        ...

    async def recommend(self, raw: Any, *, k: int = 10, full: bool = True, user_id: str = "") -> dict[str, Any]:
        """Answer one line of `batch`, remembering nothing but what it cost the user.

        Raises InputError for a line that cannot be used.
        """
        ...

    def answer(self, raw: Any, *, k: int | None = None, user_id: str = "") -> AsyncGenerator[Event, None]:
        """Take one turn of a conversation that comes with the call, a line of `batch`, remembering nothing.

        The last event is turn_finished; raises InputError before the first one for a line that cannot be used.
        """
        ...

    async def search(self, asked: Search) -> SearchResult:
        """Search without a conversation. Raises FilterError or ToolError for what cannot be searched for."""
        ...

    def item(self, item_id: str) -> dict[str, Any] | None:
        """Return {"item_id", "title", "fields"}, or None where there is no such item."""
        ...


class Guides(Protocol):
    """Every catalogue of this server; opened with `async with`."""

    @property
    def default(self) -> str:
        """Name of the catalogue meant where none is named."""
        ...

    @property
    def image_hosts(self) -> frozenset[str]:
        """Hosts whose pictures cards may show."""
        ...

    @property
    def notices(self) -> list[str]:
        """What the operator should know, one sentence each."""
        ...

    @property
    def people(self) -> People:
        """Everything kept of people."""
        ...

    async def __aenter__(self) -> Any:
        """Open the default catalogue."""
        ...

    async def __aexit__(self, *_: object) -> None:
        """Close everything."""
        ...

    def ready(self) -> bool:
        """Return whether a turn about the default catalogue would be answered now."""
        ...

    def planner_name(self) -> str:
        """Return who plans, ready to show."""
        ...

    def catalogs(self) -> list[About]:
        """Describe every catalogue, in alphabetical order; may read files, so not in the event loop."""
        ...

    def lend(self, name: str | None = None) -> AbstractAsyncContextManager[Guide]:
        """Lend the guide to a catalogue for the length of a turn; it stays the same even if a new build comes.

        Raises NotFound where there is no such catalogue, BundleError where it cannot be opened.
        """
        ...

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers, whatever catalogue it is about; an unknown thread is empty."""
        ...
