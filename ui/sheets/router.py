"""The addresses of all sheets; here are those that show items and answers."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from agents.looks import Looks
from agents.search import Found
from agents.traces import Trace
from errors import InputError, NotFound
from ui.guide import Guides
from ui.identity import who
from ui.sheets.chats import chats_router
from ui.sheets.how import how_address, how_values, why_of
from ui.sheets.items import compared_values, item_values
from ui.sheets.maps import maps_router
from ui.sheets.page import SheetRoute, sheet
from ui.sheets.you import you_router

_N_NEAR = 6
_MOST_COMPARED = 3
_Name = Annotated[str | None, Query(max_length=200)]
_Id = Annotated[str, Query(max_length=500)]


def looks_router(guides: Guides) -> APIRouter:
    """Return the routes of all sheets; they are pages for people, so the API page does not list them."""
    router = APIRouter(include_in_schema=False, route_class=SheetRoute)

    @router.get("/look/item")
    async def item(request: Request, id: _Id, catalog: _Name = None, thread: _Name = None) -> HTMLResponse:
        async with guides.lend(catalog) as guide:
            found, near = await asyncio.to_thread(_item_and_near, guide.looks, id)
            values = item_values(found, guide.about, near, guides.image_hosts)
        why = why_of(id, await _traces(guides, request, thread)) if thread else {}
        return sheet(request, "item.html", found.title, why=why, **values)

    @router.get("/look/compare")
    async def compare(
        request: Request, id: Annotated[list[str], Query(max_length=500)], catalog: _Name = None
    ) -> HTMLResponse:
        async with guides.lend(catalog) as guide:
            found = await asyncio.to_thread(guide.looks.items, list(dict.fromkeys(id))[:_MOST_COMPARED])
            if len(found) < 2:
                raise InputError("A comparison takes two or three items of one catalogue. Tick them on their cards.")
            values = compared_values(found, guide.about, guides.image_hosts)
        return sheet(request, "compare.html", "Side by side", **values)

    @router.get("/look/how")
    async def how(request: Request, thread: Annotated[str, Query(max_length=200)], turn: _Name = None) -> HTMLResponse:
        traces = await _traces(guides, request, thread)
        chosen = next((one for one in reversed(traces) if turn in (None, one.turn_id)), None)
        if chosen is None:
            raise NotFound(
                "How this came about is not kept: it is too long ago, traces are off, or the conversation is not yours."
            )
        async with guides.lend(chosen.catalog) as guide:
            values = how_values(chosen, guide.about)
        said = {past.turn_id: past.user for past in (await guides.thread(who(request).user_id, thread)).past}
        values["said"] = said.get(chosen.turn_id) or values["said"]
        others = [
            {"look": how_address(thread, one.turn_id), "said": said[one.turn_id], "here": one is chosen}
            for one in traces
            if one.turn_id in said  # what was taken back is not listed
        ]
        return sheet(request, "how.html", "How this answer came about", others=others, **values)

    for more in (chats_router, maps_router, you_router):
        router.include_router(more(guides))
    return router


async def _traces(guides: Guides, request: Request, thread_id: str) -> list[Trace]:
    """Return the traces of a thread of whoever asks, oldest first; nobody has another's."""
    traces = guides.people.traces
    return await asyncio.to_thread(traces.of, who(request).user_id, thread_id) if traces else []


def _item_and_near(looks: Looks, item_id: str) -> tuple[Found, list[Found]]:
    found = looks.items([item_id])
    if not found:
        raise NotFound(f"There is no item {item_id[:80]!r} in this catalogue.")
    return found[0], looks.similar(item_id, _N_NEAR)
