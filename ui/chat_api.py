"""POST /v1/chat: one turn of a thread, as JSON or as a stream of the typed events."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, ConfigDict, Field

from agents.events import Event, Failed, SlateItem, TurnFinished, TurnStarted
from errors import CiceroneError, InputError, NotFound
from ui.guide import Guides
from ui.identity import Doorkeeper, Who, who


class ChatIn(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field(max_length=100_000, description="What the user says.")
    thread_id: str | None = Field(
        default=None,
        max_length=200,
        description="The conversation, about the catalogue it began with; leave out to open one.",
    )
    catalog: str | None = Field(default=None, max_length=200, description="Name of a catalogue; see /v1/catalogs.")
    k: int | None = Field(default=None, ge=1, le=50, description="How many items to show.")
    adventure: float | None = Field(
        default=None,
        ge=-1,
        le=1,
        description="Lean to what many know (-1) or few (1); leave out to keep what was asked for.",
    )


class ItemOut(BaseModel):
    """One recommended item."""

    item_id: str
    title: str
    score: float = Field(description="What the list is ranked by; only its order means something.")
    strength: float | None = Field(
        default=None, description="Calibrated chance that people took this item next; absent where it is not known."
    )
    fields: dict[str, Any]
    reasons: list[dict[str, str]]
    breaks: list[dict[str, Any]] | None = Field(default=None, description="Limits it does not meet, if any.")


class ChatOut(BaseModel):
    """One finished turn."""

    thread_id: str = Field(description="Keep it secret: whoever has it can go on with the conversation.")
    reply: str
    items: list[ItemOut]
    filters: list[dict[str, Any]]
    question: dict[str, Any] | None = Field(default=None, description="A question with its choices, if one was asked.")
    notices: list[str]
    tools: list[dict[str, Any]]
    adventure: float = Field(description="What the list leans to: what many know (-1) or few (1).")
    planner: str
    model_calls: int
    tokens: int
    ms: float


def chat_router(guides: Guides) -> APIRouter:
    """Return the route."""
    router = APIRouter()

    @router.post(
        "/v1/chat",
        response_model=ChatOut,
        response_model_exclude_none=True,
        summary="Take one turn; with Accept: text/event-stream, a stream of its events",
    )
    async def chat(body: ChatIn, request: Request) -> Response:
        if not body.message.strip():
            raise InputError("The message is empty. Say what you are looking for.")
        caller = await _Caller.of(guides, request, body)
        async with guides.lend(caller.catalog):
            pass  # what cannot be opened is refused before anything is streamed
        events = _turn(guides, caller, body)
        if "text/event-stream" in request.headers.get("accept", ""):
            return EventSourceResponse(
                _frames(events, caller), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
            )
        finished = [event async for event in events if isinstance(event, TurnFinished | Failed)][-1]
        if isinstance(finished, Failed):
            raise CiceroneError(finished.text)
        return JSONResponse(_out(finished, caller))

    return router


async def _turn(guides: Guides, caller: "_Caller", body: ChatIn) -> AsyncGenerator[Event, None]:
    async with guides.lend(caller.catalog) as guide:
        taken = guide.turn(
            caller.user, caller.thread, body.message, k=body.k, adventure=body.adventure, remembers=caller.remembers
        )
        async with aclosing(taken) as events:  # a turn must be over before its catalogue is given back
            async for event in events:
                yield event


class _Caller:
    """Who calls, and which thread about which catalogue is meant.

    A program that comes as a new guest gets its guest token with the thread id, "THREAD.TOKEN", so that it can go on
    without keeping cookies and nobody else can.
    """

    def __init__(self, asking: Who, thread: str | None, token: str = "") -> None:
        self.user = asking.user_id
        self.remembers = asking.known
        self.thread = thread
        self.catalog: str | None = None
        self._suffix = f".{token}" if token else ""

    @classmethod
    async def of(cls, guides: Guides, request: Request, body: ChatIn) -> "_Caller":
        """Raises NotFound for a thread this caller does not have, InputError where it is about another catalogue."""
        asking = who(request)
        thread, _, token = (body.thread_id or "").rpartition(".")
        doorkeeper: Doorkeeper = request.state.doorkeeper
        guest = doorkeeper.guests.user_id(token) if thread and not asking.known else None
        if guest:
            caller = cls(replace(asking, user_id=guest), thread, token)
        else:
            caller = cls(asking, body.thread_id or None, asking.new_guest)
        caller.catalog = body.catalog
        if caller.thread is not None:
            await caller._go_on(guides, caller.thread)
        return caller

    async def _go_on(self, guides: Guides, thread_id: str) -> None:
        """A conversation stays with the catalogue it began with."""
        thread = await guides.thread(self.user, thread_id)
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


async def _frames(events: AsyncGenerator[Event, None], caller: _Caller) -> AsyncIterator[bytes]:
    """Yield the events as they are sent; when the client leaves, the turn ends with them."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, TurnStarted | TurnFinished):
                event = event.model_copy(update={"thread_id": caller.shown(event.thread_id)})
            yield format_sse_event(event=event.type, data_str=event.model_dump_json())


def _out(finished: TurnFinished, caller: _Caller) -> dict[str, Any]:
    out: dict[str, Any] = {
        "thread_id": caller.shown(finished.thread_id),
        "reply": finished.reply,
        "items": [item_out(item) for item in finished.items],
        "filters": [f.model_dump() for f in finished.filters],
        "notices": finished.notices,
        "tools": [{"name": t.name, "ms": t.ms, "n_hits": t.n_hits} for t in finished.tools],
    }
    if finished.question:
        out["question"] = finished.question.model_dump()
    return out | finished.model_dump(include={"adventure", "planner", "model_calls", "tokens", "ms"})


def item_out(item: SlateItem) -> dict[str, Any]:
    """Return an item as /v1 shows it; `breaks` only where it breaks something."""
    out = item.model_dump(include={"item_id", "title", "score", "fields", "reasons"})
    if item.strength is not None:
        out["strength"] = item.strength
    return out | ({"breaks": [f.model_dump() for f in item.breaks]} if item.breaks else {})
