"""What every turn passes: it may be refused a place on its way in, and is looked at on its way out."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn


class Gate(Protocol):
    """One for all catalogues and doors of a process."""

    def place(self, thread: str) -> AbstractAsyncContextManager[None]:
        """Hold a place for the length of a turn, waiting for one; two turns of a `thread` never hold one at once.

        "" stands for no thread. Raises Busy, at once, where too many wait.
        """
        ...

    def over(self, turn: "Turn", kit: "Kit", user_id: str) -> None:
        """Look at a turn that has ended, however it ended; quick, and never raises."""
        ...


class OpenGate:
    """Lets everybody in and looks at nobody."""

    @asynccontextmanager
    async def place(self, thread: str) -> AsyncIterator[None]:
        """Hold a place; there are enough."""
        yield

    def over(self, turn: "Turn", kit: "Kit", user_id: str) -> None:
        """Look at nothing."""
