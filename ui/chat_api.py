"""POST /v1/chat: one turn of a thread, as JSON or as a stream of the typed events."""

import re
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel, ConfigDict, Field

from agents.events import Event, Failed, TurnFinished, TurnStarted
from agents.shown import turn_shown
from errors import CiceroneError, InputError
from ui.callers import Caller
from ui.guide import Guides
from ui.idempotency import Asked, Once, answered_once, asked, once, takes_key
from ui.lanes import Lanes
from ui.rates import turns

_STREAM = "text/event-stream"
_QUALITY = re.compile(r"\bq\s*=\s*([01](?:\.\d{0,3})?)")


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


class TurnOut(BaseModel):
    """One finished turn."""

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


class ChatOut(TurnOut):
    """One finished turn of a conversation."""

    thread_id: str = Field(description="Keep it secret: a guest's opens the conversation to whoever has it.")


@dataclass(frozen=True)
class _Call:
    """A message on its way."""

    guides: Guides
    caller: Caller
    body: ChatIn
    leave: Callable[[], None]
    """To be called once its turn stands where turns of the thread wait for each other."""


def chat_router(guides: Guides) -> APIRouter:
    """Return the route."""
    router = APIRouter(dependencies=[Depends(turns(guides)), Depends(takes_key)])
    lanes = Lanes()

    @router.post(
        "/v1/chat",
        response_model=ChatOut,
        response_model_exclude_none=True,
        summary="Take one turn; with Accept: text/event-stream, a stream of its events",
    )
    async def chat(body: ChatIn, request: Request) -> Response:
        if not body.message.strip():
            raise InputError("The message is empty. Say what you are looking for.")
        caller = Caller.named(request, body.thread_id, body.catalog)
        async with lanes.of(f"{caller.user} {caller.thread or secrets.token_hex(8)}") as leave:
            await caller.go_on(guides)
            sent = await asked(request, caller.user, caller.thread, new_guest=caller.is_new)
            call = _Call(guides, caller, body, leave)
            if wants_events(request.headers.get("accept", "")):
                frames = await _begun(_frames(call, sent))
                return EventSourceResponse(frames, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
            return await answered_once(sent, guides.people, lambda tried: _answer(call, tried))

    return router


def wants_events(accept: str) -> bool:
    """Return whether an Accept header asks for a stream: named, and liked no less than JSON by name."""
    liked: dict[str, float] = {}
    for part in accept.lower().split(","):
        kind, _, rest = part.partition(";")
        found = _QUALITY.search(rest)
        liked[kind.strip()] = float(found[1]) if found else 1.0
    return liked.get(_STREAM, 0) > 0 and liked[_STREAM] >= liked.get("application/json", 0)


async def _begun(frames: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Wait for the first one and return all: what is refused must be so before anything is streamed."""
    first = await anext(frames)

    async def all_of_them() -> AsyncGenerator[bytes, None]:
        async with aclosing(frames):
            yield first
            async for frame in frames:
                yield frame

    return all_of_them()


async def _answer(call: _Call, tried: Once) -> Response:
    async with aclosing(_turn(call, tried)) as events:
        finished = [event async for event in events if isinstance(event, TurnFinished | Failed)][-1]
    if isinstance(finished, Failed):
        raise CiceroneError(finished.text)
    return JSONResponse(turn_out(finished, call.caller))


async def _turn(call: _Call, tried: Once) -> AsyncGenerator[Event, None]:
    caller, body = call.caller, call.body
    async with call.guides.lend(caller.catalog) as guide:
        taken = guide.turn(
            caller.user, tried.thread_id, body.message, k=body.k, adventure=body.adventure,
            remembers=caller.remembers, turn_id=tried.turn_id,
        )  # fmt: skip
        call.leave()  # whoever is next comes to run after the turn has gone as far as it can
        async with aclosing(taken) as events:  # a turn must be over before its catalogue is given back
            async for event in events:
                yield event


async def _frames(call: _Call, sent: Asked) -> AsyncGenerator[bytes, None]:
    """Yield the events as they are sent; when the client leaves, the turn ends with them."""
    async with once(sent, call.guides.people) as tried:
        if tried.saved is not None:
            yield tried.saved.encode()
            return
        frames, failed = [], False
        async with aclosing(_turn(call, tried)) as events:
            async for event in events:
                failed = failed or isinstance(event, Failed)
                if isinstance(event, TurnStarted | TurnFinished):
                    event = event.model_copy(update={"thread_id": call.caller.shown(event.thread_id)})
                frames.append(format_sse_event(event=event.type, data_str=event.model_dump_json()))
                yield frames[-1]
        tried.answer = None if failed else b"".join(frames).decode()


def turn_out(finished: TurnFinished, caller: Caller) -> dict[str, Any]:
    """Return a turn of a conversation as /v1 shows it."""
    return {"thread_id": caller.shown(finished.thread_id)} | turn_shown(finished)
