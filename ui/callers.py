"""Which conversation a program means, and whether it is theirs to go on with."""

from dataclasses import replace

from fastapi import Request

from errors import InputError, NotFound
from ui.access import Access
from ui.guide import Guides
from ui.identity import Who, who


class Caller:
    """Who calls, and which thread about which catalogue is meant.

    A program that comes as a new guest gets its guest token with the thread id, "THREAD.TOKEN", so that it can go on
    without keeping cookies and nobody else can.
    """

    def __init__(self, asking: Who, thread: str | None, token: str = "") -> None:
        self.user = asking.user_id
        self.remembers = asking.known
        self.is_new = bool(asking.new_guest) and not thread
        """Whether nothing but this request tells who it is."""
        self.thread = thread
        self.catalog: str | None = None
        self._suffix = f".{token}" if token else ""

    @classmethod
    async def of(cls, guides: Guides, request: Request, thread_id: str | None, catalog: str | None) -> "Caller":
        """Raises NotFound for a thread this caller does not have, InputError where it is about another catalogue."""
        caller = cls.named(request, thread_id, catalog)
        await caller.go_on(guides)
        return caller

    @classmethod
    def named(cls, request: Request, thread_id: str | None, catalog: str | None) -> "Caller":
        """Return who a request says is calling; `go_on` finds out about the thread."""
        asking = who(request)
        thread, _, token = (thread_id or "").rpartition(".")
        access: Access = request.state.access
        guest = access.doorkeeper.guests.user_id(token) if thread and not asking.known else None
        if guest:
            caller = cls(replace(asking, user_id=guest), thread, token)
        else:
            caller = cls(asking, thread_id or None, asking.new_guest)
        caller.catalog = catalog
        return caller

    async def go_on(self, guides: Guides) -> None:
        """A conversation stays with the catalogue it began with. Raises what `of` raises."""
        if self.thread is None:
            return
        thread = await guides.thread(self.user, self.thread)
        if not thread.past:
            raise NotFound("There is no such conversation. Leave thread_id out to open one.")
        about = thread.catalog or self.catalog
        if self.catalog not in (None, about):
            raise InputError(
                f"That conversation is about the catalogue {about!r}. Leave catalog out to go on with it, or thread_id "
                f"out to open one about {self.catalog[:80]!r}."
            )
        self.catalog = about

    def shown(self, thread_id: str) -> str:
        """Return the thread id as this caller sees it."""
        return thread_id + self._suffix
