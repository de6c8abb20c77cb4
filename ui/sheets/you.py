"""What is known of whoever asks: a profile of those who are known, the taste of this conversation of guests."""

import asyncio
import json
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from agents.people import export_user, forget_user
from agents.profile.correcting import Correction, Kept
from agents.profile.memory import Memory
from agents.profile.state import Kind, Profile, Statement
from errors import InputError, NotFound
from ui.guide import Guides
from ui.sheets.page import SheetRoute, sheet
from ui.visitor import Visitor, visitor_of

_GROUPS: dict[Kind, str] = {
    "limit": "What you always keep to", "like": "What you like", "dislike": "What you do not like",
    "context": "What you said of yourself", "seen": "What you know already",
}  # fmt: skip
_TASTES: tuple[Kind, ...] = ("like", "dislike")
_Text = Annotated[str, Form(max_length=1000)]


def you_router(guides: Guides) -> APIRouter:
    """Return the routes; they read and change the data of whoever asks alone."""
    router = APIRouter(include_in_schema=False, route_class=SheetRoute)

    @router.get("/look/you")
    async def you(
        request: Request,
        catalog: Annotated[str | None, Query(max_length=200)] = None,
        thread: Annotated[str, Query(max_length=200)] = "",
        done: Annotated[str, Query(max_length=200)] = "",
    ) -> HTMLResponse:
        visitor = visitor_of(request)
        chips = []
        if thread:
            async with guides.lend((await guides.thread(visitor.user_id, thread)).catalog or catalog) as guide:
                chips = (await guide.ledger(visitor.user_id, thread)).chips
        profile = await asyncio.to_thread(_profile, visitor, guides)
        return sheet(
            request, "you.html", "Your taste", known=visitor.known, groups=_groups(profile), profile=profile,
            chips=chips, done=done,
        )  # fmt: skip

    @router.post("/look/you")
    async def change(
        request: Request, do: _Text, key: _Text = "", kind: _Text = "", text: _Text = "", sure: _Text = ""
    ) -> Response:
        visitor = visitor_of(request)
        if do == "delete":
            if not sure:
                raise InputError("Nothing was deleted: tick the box first to say that you are sure.")
            gone = await forget_user(visitor.user_id, guides.people)
            return _back(f"Deleted: {gone.in_words()}.")
        memory = _memory(visitor, guides)
        if do in ("on", "off"):
            await asyncio.to_thread(memory.switch, visitor.user_id, on=do == "on")
            return _back(f"The memory is {do}.")
        async with guides.lend() as guide:
            kept = _kept(memory.whole(visitor.user_id), do, Kept(key=key, kind=_kind(kind), text=text or None))
            await asyncio.to_thread(memory.correct, visitor.user_id, Correction(statements=kept), guide.sum_up)
        return _back("Forgotten." if do == "forget" else "Changed.")

    @router.get("/look/you/export")
    async def export(request: Request) -> Response:
        told = await export_user(visitor_of(request).user_id, guides.people)
        body = json.dumps(told, ensure_ascii=False, indent=2)
        headers = {"Content-Disposition": 'attachment; filename="cicerone-export.json"', "Cache-Control": "no-store"}
        return Response(body, media_type="application/json", headers=headers)

    return router


def _profile(visitor: Visitor, guides: Guides) -> Profile:
    memory = guides.people.memory
    return memory.whole(visitor.user_id) if visitor.known and memory else Profile()


def _memory(visitor: Visitor, guides: Guides) -> Memory:
    memory = guides.people.memory
    if not visitor.known or memory is None:
        raise NotFound("Guests are not remembered beyond a conversation, so there is nothing to change.")
    return memory


def _kind(kind: str) -> Kind | None:
    return next((known for known in _GROUPS if known == kind), None)


def _kept(profile: Profile, do: str, changed: Kept) -> list[Kept]:
    """Return what stays: all others as they are, and the one meant as changed, or not at all."""
    others = [Kept(key=statement.key) for statement in profile.statements if statement.key != changed.key]
    return others if do == "forget" else [*others, changed]


def _groups(profile: Profile) -> list[dict[str, Any]]:
    today = date.today()
    told = {kind: [_told(s, today) for s in profile.statements if s.kind == kind] for kind in _GROUPS}
    return [
        {"title": _GROUPS[kind], "statements": sorted(told[kind], key=lambda one: -one["share"])}
        for kind in _GROUPS
        if told[kind]
    ]


def _told(statement: Statement, today: date) -> dict[str, Any]:
    source = statement.sources[-1] if statement.sources else None
    about = f"{statement.field.replace('_', ' ')}: {statement.value}" if statement.field else statement.value
    other = [kind for kind in _TASTES if kind != statement.kind] if statement.kind in _TASTES else []
    return {
        "key": statement.key,
        "about": statement.text or about,
        "text": statement.text,
        "share": round(100 * statement.strength_at(today)),
        "words": source.words if source else "",
        "day": source.day if source else statement.confirmed,
        "turn": other[0] if other and not statement.text else "",
    }


def _back(done: str) -> RedirectResponse:
    return RedirectResponse("/look/you?" + urlencode({"done": done}), 303)
