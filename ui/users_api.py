"""/v1/users/{id}: what is kept of a person, for them to read, put right, take away and delete."""

import asyncio
from dataclasses import asdict
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from agents.people import export_user, forget_user
from agents.profile.correcting import Correction, Kept
from agents.profile.memory import Memory
from agents.profile.state import Kind, Profile, Source, Statement
from errors import StateError
from retrieval.items import Filter
from ui.guide import Guides
from ui.identity import needs, who

ME = "me"
_NOBODY = "There is no such user here."
_PRIVATE = {"Cache-Control": "no-store"}


class StatementOut(BaseModel):
    """One thing remembered of a user: about an item, about values of a field, or in their words."""

    key: str = Field(description="Names it within the profile.")
    says: str = Field(description="The whole statement in a few words, to show it.")
    kind: Kind
    strength: float = Field(description="0 to 1, on the day it was last confirmed; it fades from then on.")
    confirmed: date
    catalog: str = Field(description="The catalogue its item or field is of; empty where it is in words.")
    item_id: str
    field: str
    value: str
    filter: Filter | None
    text: str
    sources: list[Source] = Field(description="Where it comes from, the newest last.")


class ProfileOut(BaseModel):
    """What is remembered of a user from one conversation to the next."""

    user_id: str
    on: bool = Field(description="False: nothing of it is used, and nothing is learnt.")
    version: int = Field(description="Counts the changes.")
    summary: str
    statements: list[StatementOut]


class StatementIn(Kept):
    """A statement that stays, with what is to be changed of it; other members of what was read are ignored."""

    model_config = ConfigDict(extra="ignore")

    key: str = Field(max_length=1000, description="As it was read.")
    text: str | None = Field(default=None, max_length=1000, description="Other words, for a statement in words.")


class ProfileIn(BaseModel):
    """A profile as it was read, changed; whatever is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(
        default=None, ge=0, le=2**53, description="As it was read; with it, a profile changed since is refused (409)."
    )
    on: bool | None = Field(default=None, description="Whether to remember, and to use what is remembered.")
    statements: list[StatementIn] | None = Field(
        default=None, max_length=1000, description="All that stay: those left out are forgotten."
    )
    user_id: str | None = Field(default=None, max_length=300, description="Ignored.")
    summary: str | None = Field(default=None, max_length=10_000, description="Ignored; it is made anew.")


class Forgotten(BaseModel):
    """How much was kept of a user and is gone."""

    statements: int
    conversations: int
    traces: int
    days: int = Field(description="Of sums of what the language model cost.")
    opinions: int = Field(description="Of items, as they were clicked or sent.")
    others: int = Field(description="Tokens, links, and answers kept to be given again.")


def users_router(guides: Guides) -> APIRouter:
    """Return the routes."""
    router = APIRouter(dependencies=[Depends(needs("people"))], tags=["people"])

    @router.get("/v1/users/{user_id}/profile", summary="What is remembered of a user")
    async def read(user_id: str, request: Request, response: Response) -> ProfileOut:
        meant = _meant(user_id, request)
        response.headers.update(_PRIVATE)
        return profile_out(meant, await asyncio.to_thread(_memory(guides).whole, meant))

    @router.put("/v1/users/{user_id}/profile", summary="Put the profile right, or switch the memory on or off")
    async def change(user_id: str, body: ProfileIn, request: Request, response: Response) -> ProfileOut:
        meant = _meant(user_id, request)
        _refuse_guests(request)
        response.headers.update(_PRIVATE)
        correction = Correction(version=body.version, on=body.on, statements=body.statements)
        async with guides.lend() as guide:
            changed = await asyncio.to_thread(_memory(guides).correct, meant, correction, guide.sum_up)
        return profile_out(meant, changed)

    @router.delete("/v1/users/{user_id}/profile", summary="Forget the profile, and nothing else", status_code=204)
    async def forget(user_id: str, request: Request) -> Response:
        await asyncio.to_thread(_memory(guides).delete, _meant(user_id, request))
        return Response(status_code=204, headers=_PRIVATE)

    @router.get(
        "/v1/users/{user_id}/export", response_model=dict[str, Any], summary="Everything that is kept of a user"
    )
    async def export(user_id: str, request: Request) -> JSONResponse:
        return JSONResponse(await export_user(_meant(user_id, request), guides.people), headers=_PRIVATE)

    @router.delete("/v1/users/{user_id}", summary="Leave nothing of a user: conversations, profile, tokens and all")
    async def delete(user_id: str, request: Request, response: Response) -> Forgotten:
        gone = await forget_user(_meant(user_id, request), guides.people)
        response.headers.update(_PRIVATE)
        return Forgotten(**asdict(gone))

    return router


def _meant(user_id: str, request: Request) -> str:
    """Return the user whose data this is about; another's is nobody's, but for who may name users."""
    asking = who(request)
    if user_id in (ME, asking.user_id):
        return asking.user_id
    if "admin" in asking.scopes:
        return user_id
    raise HTTPException(404, _NOBODY)


def _refuse_guests(request: Request) -> None:
    if not who(request).known:
        raise HTTPException(403, "Guests are not remembered, so there is nothing to change. Come with a token.")


def _memory(guides: Guides) -> Memory:
    memory = guides.people.memory
    if memory is None:
        raise StateError("Nobody is remembered by this server.")
    return memory


def profile_out(user_id: str, profile: Profile) -> ProfileOut:
    """Return a profile as programs see it."""
    shown: dict[str, Any] = profile.model_dump(include={"on", "version", "summary"})
    return ProfileOut(user_id=user_id, **shown, statements=list(map(_statement, profile.statements)))


def _statement(statement: Statement) -> StatementOut:
    told = statement.model_dump(include=StatementOut.model_fields.keys() - {"key", "says", "sources"})
    return StatementOut(key=statement.key, says=statement.in_words(), sources=statement.sources, **told)
