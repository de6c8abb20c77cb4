"""What somebody has here: their conversations, links to them, and how they like the page."""

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup, escape

from agents.shares import Share, Shares
from errors import NotFound
from ui.cards import item_address
from ui.guide import Guides
from ui.sheets.page import SheetRoute, sheet
from ui.visitor import LEANINGS, MOST_ITEMS, PLANNERS, visitor_of

_A_YEAR_S = 365 * 24 * 3600
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_Thread = Annotated[str, Query(max_length=200)]
_Chosen = Annotated[str, Form(max_length=200)]


def chats_router(guides: Guides) -> APIRouter:
    """Return the routes; every one of them is about whoever asks alone."""
    router = APIRouter(include_in_schema=False, route_class=SheetRoute)
    _add_chats(router, guides)
    _add_settings(router, guides)
    _add_share(router, guides)
    _add_shared(router, guides)
    return router


def _add_chats(router: APIRouter, guides: Guides) -> None:
    @router.get("/look/chats")
    async def chats(request: Request, thread: _Thread = "") -> HTMLResponse:
        lines = await guides.people.threads.listing(visitor_of(request).user_id)
        return sheet(request, "chats.html", "Your chats", lines=lines, here=thread)

    @router.post("/look/chats")
    async def delete(request: Request, gone: _Chosen, thread: _Chosen = "") -> Response:
        user_id, people = visitor_of(request).user_id, guides.people
        await people.threads.rewind(user_id, gone, 0)
        if people.traces:
            await asyncio.to_thread(people.traces.forget, user_id, gone)
        await asyncio.to_thread(Shares(people.db).revoke, user_id, gone)
        return RedirectResponse("/look/chats" + (f"?thread={thread}" if thread not in ("", gone) else ""), 303)


def _add_settings(router: APIRouter, guides: Guides) -> None:
    @router.get("/look/settings")
    async def settings(request: Request, saved: bool = False) -> HTMLResponse:
        prefs = visitor_of(request).prefs
        catalogs = [(about.name, about.name) for about in await asyncio.to_thread(guides.catalogs)]
        choices = {
            "catalog": ("Catalogue of new chats", [("", "The first one here"), *catalogs], prefs.catalog),
            "planner": ("Who plans the search", list(PLANNERS.items()), "" if prefs.by_model else "basic"),
            "lean": ("New chats lean to", list(LEANINGS.items()), "" if prefs.lean is None else f"{prefs.lean:.0f}"),
            "k": ("How many at once", [("", "As many as usual"), *((str(n), str(n)) for n in _COUNTS)],
                  str(prefs.k or "")),
        }  # fmt: skip
        return sheet(
            request, "settings.html", "Settings", choices=choices, saved=saved, planner=guides.planner_name()
        )  # fmt: skip

    @router.post("/look/settings")
    async def keep(
        request: Request, catalog: _Chosen = "", planner: _Chosen = "", lean: _Chosen = "", k: _Chosen = ""
    ) -> Response:
        kept = RedirectResponse("/look/settings?saved=1", 303)
        known = {about.name for about in await asyncio.to_thread(guides.catalogs)}
        chosen = {
            "catalog": catalog if catalog in known else "", "planner": planner if planner in PLANNERS else "",
            "lean": lean if lean in LEANINGS else "", "k": k if k in map(str, _COUNTS) else "",
        }  # fmt: skip
        for name, value in chosen.items():
            kept.set_cookie(f"cicerone_{name}", value, max_age=_A_YEAR_S if value else 0, samesite="lax")
        return kept


_COUNTS = (3, 6, 9, 12, MOST_ITEMS)


def _add_share(router: APIRouter, guides: Guides) -> None:
    @router.get("/look/share")
    async def share(request: Request, thread: _Thread) -> HTMLResponse:
        user_id = visitor_of(request).user_id
        if not (await guides.thread(user_id, thread)).past:
            raise NotFound("There is nothing to share yet. Say something first.")
        links = await asyncio.to_thread(Shares(guides.people.db).of, user_id, thread)
        here = str(request.base_url).rstrip("/")
        return sheet(request, "share.html", "Share this chat", thread=thread, links=links, here=here)

    @router.post("/look/share")
    async def change(request: Request, thread: _Chosen, do: _Chosen) -> Response:
        user_id, shares = visitor_of(request).user_id, Shares(guides.people.db)
        past = (await guides.thread(user_id, thread)).past
        if do == "revoke":
            await asyncio.to_thread(shares.revoke, user_id, thread)
        elif past:
            await asyncio.to_thread(shares.open, user_id, thread, past[-1].turn_id)
        return RedirectResponse(f"/look/share?thread={thread}", 303)


def _add_shared(router: APIRouter, guides: Guides) -> None:
    @router.get("/shared/{share_id}")
    async def shared(request: Request, share_id: str) -> HTMLResponse:
        found = await asyncio.to_thread(Shares(guides.people.db).get, share_id[:100])
        turns = await _turns(found, guides) if found else []
        if not turns:
            raise NotFound("There is nothing here: the link is wrong, or whoever shared it took it back.")
        return sheet(request, "shared.html", "A shared conversation", turns=turns)


def _bold(reply: str) -> Markup:
    """Return a reply as HTML: names stand out, all else is shown as it is."""
    return Markup(_BOLD.sub(r"<strong>\1</strong>", str(escape(reply))))  # noqa: S704 - escaped before


async def _turns(share: Share, guides: Guides) -> list[dict[str, Any]]:
    """What was said and shown until the link was made; nothing where those turns were taken back since."""
    thread = await guides.thread(share.user_id, share.thread_id)
    ids = [past.turn_id for past in thread.past]
    if share.until not in ids:
        return []
    turns: list[dict[str, Any]] = []
    async with guides.lend(thread.catalog) as guide:
        for past in thread.past[: ids.index(share.until) + 1]:
            found = await asyncio.to_thread(guide.looks.items, past.slate)
            items = [(item.title, item_address(guide.about.name, item.item_id)) for item in found]
            turns.append({"user": past.user, "reply": _bold(past.reply), "items": items})
    return turns
