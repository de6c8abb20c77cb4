"""POST /v1/feedback: what a person thinks of an item, in a conversation or outside of any."""

import asyncio
from contextlib import aclosing
from typing import Literal

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from agents.events import Action, Failed, TurnFinished
from agents.feedback import Opinion
from agents.profile.state import Lesson
from errors import CiceroneError, InputError, NotFound, StateError
from ui.callers import Caller
from ui.chat_api import ChatOut, turn_out
from ui.guide import Guides
from ui.idempotency import Once, answered_once, asked, takes_key
from ui.identity import who
from ui.rates import turns


class FeedbackIn(BaseModel):
    """A click: what the buttons of the page say of an item, or of the conversation."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["like", "dislike", "seen", "more_like", "remove_chip", "adventure"]
    item_id: str = Field(default="", max_length=500, description="The item meant; not for remove_chip and adventure.")
    key: str = Field(
        default="", max_length=1000, description="The limit to remove, or the level from -1 to 1 as a number."
    )
    thread_id: str | None = Field(
        default=None, max_length=300, description="The conversation; it answers. Without it the profile is taught."
    )
    catalog: str | None = Field(default=None, max_length=200, description="Name of a catalogue; see /v1/catalogs.")


class FeedbackOut(BaseModel):
    """Where it was noted."""

    noted: Literal["conversation", "profile"]
    turn: ChatOut | None = Field(default=None, description="What the conversation answers.")


def feedback_router(guides: Guides) -> APIRouter:
    """Return the route."""
    router = APIRouter(dependencies=[Depends(turns(guides)), Depends(takes_key)], tags=["people"])

    @router.post(
        "/v1/feedback",
        response_model=FeedbackOut,
        response_model_exclude_none=True,
        summary="Say what a person thinks of an item",
    )
    async def feedback(body: FeedbackIn, request: Request) -> Response:
        _check(body)
        if body.thread_id is None:
            sent = await asked(request, who(request).user_id, new_guest=bool(who(request).new_guest))
            return await answered_once(sent, guides.people, lambda _: _teach(guides, body, request))
        caller = await Caller.of(guides, request, body.thread_id, body.catalog)
        sent = await asked(request, caller.user, caller.thread)
        return await answered_once(sent, guides.people, lambda tried: _answer(guides, caller, body, tried))

    return router


def _check(body: FeedbackIn) -> None:
    needed = "key" if body.kind in ("remove_chip", "adventure") else "item_id"
    if not getattr(body, needed):
        raise InputError(f"Feedback of the kind {body.kind} takes {needed}.")


async def _answer(guides: Guides, caller: Caller, body: FeedbackIn, tried: Once) -> Response:
    action = Action(kind=body.kind, item_id=body.item_id, key=body.key)
    async with guides.lend(caller.catalog) as guide:
        if body.item_id and guide.item(body.item_id) is None:
            raise _no_item(body, guide.about.name)
        taken = guide.turn(caller.user, caller.thread, action=action, remembers=caller.remembers, turn_id=tried.turn_id)
        async with aclosing(taken) as events:
            last = [event async for event in events if isinstance(event, TurnFinished | Failed)][-1]
    if isinstance(last, Failed):
        raise CiceroneError(last.text)
    return JSONResponse({"noted": "conversation", "turn": turn_out(last, caller)})


async def _teach(guides: Guides, body: FeedbackIn, request: Request) -> Response:
    asking, people = who(request), guides.people
    if not asking.known:
        raise HTTPException(403, "Guests are not remembered. Name the thread_id of a conversation, or bring a token.")
    if body.kind not in ("like", "dislike", "seen"):
        raise InputError(f"Feedback of the kind {body.kind} is about a conversation. Name its thread_id.")
    memory = people.memory
    if memory is None:
        raise StateError("Nobody is remembered by this server.")
    async with guides.lend(body.catalog) as guide:
        today = memory.today()
        statement = guide.opinion(body.kind, body.item_id, today)
        if statement is None:
            raise _no_item(body, guide.about.name)
        await asyncio.to_thread(memory.learn, asking.user_id, Lesson(statements=[statement]), today, guide.sum_up)
        opinion = Opinion(kind=body.kind, item_id=body.item_id, catalog=guide.about.name)
        await asyncio.to_thread(people.feedback.add, asking.user_id, opinion)
    return JSONResponse({"noted": "profile"})


def _no_item(body: FeedbackIn, catalog: str) -> NotFound:
    return NotFound(f"There is no item {body.item_id[:80]!r} in {catalog!r}.")
