"""The map of a catalogue with the list of a conversation and what its user likes, as a picture and in words."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from agents.state import Thread
from agents.taste_map import Spot, TasteMap
from ui.cards import item_address
from ui.guide import Guides
from ui.sheets.page import SheetRoute, sheet
from ui.visitor import Visitor, visitor_of

SIZE = 800
"""Width and height of the picture's own units."""
_EDGE = 40
_MOST_LIKES = 60
_LABEL_CHARS = 26


def maps_router(guides: Guides) -> APIRouter:
    """Return the route."""
    router = APIRouter(include_in_schema=False, route_class=SheetRoute)

    @router.get("/look/map")
    async def map_of(
        request: Request,
        catalog: Annotated[str | None, Query(max_length=200)] = None,
        thread: Annotated[str, Query(max_length=200)] = "",
    ) -> HTMLResponse:
        visitor = visitor_of(request)
        async with guides.lend(catalog) as guide:
            talk = await guides.thread(visitor.user_id, thread) if thread else Thread()
            shown = talk.last_slate if talk.catalog == guide.about.name else []
            likes = await asyncio.to_thread(_likes, visitor, talk, guide.about.name, guides)
            found = await asyncio.to_thread(guide.looks.map, [*shown, *likes])
            values = map_values(found, shown, guide.about.name, thread)
            return sheet(
                request, "map.html", f"Map of the {guide.about.noun[1]}", many=guide.about.noun[1],
                n=guide.about.n_items, **values,
            )  # fmt: skip

    return router


def _likes(visitor: Visitor, talk: Thread, catalog: str, guides: Guides) -> list[str]:
    """Items liked in this conversation and, of known users, in others."""
    liked = talk.ledger.items("like") if talk.catalog == catalog else []
    memory = guides.people.memory
    if visitor.known and memory:
        liked += [s.item_id for s in memory.read(visitor.user_id).of(catalog, "like") if s.item_id]
    return list(dict.fromkeys(liked))[-_MOST_LIKES:]


def map_values(found: TasteMap, shown: Sequence[str], catalog: str, thread: str) -> dict[str, Any]:
    """Return the picture as numbers: a path of dots for each kind, and marks that can be reached."""
    paths = [
        "".join(f"M{_at(x)} {_at(y)}h0" for x, y, kind in found.dots if kind == i) for i in range(-1, len(found.kinds))
    ]
    marks = [_mark(spot, catalog, thread) for spot in found.spots]
    return {
        "size": SIZE,
        "other": paths[0],
        "kinds": list(zip(found.kinds, paths[1:], strict=True)),
        "landmarks": [_mark(spot, catalog, "") for spot in found.landmarks],
        "list": [mark | {"place": shown.index(mark["item_id"]) + 1} for mark in marks if mark["item_id"] in shown],
        "likes": [mark for mark in marks if mark["item_id"] not in shown],
    }


def _at(part: float) -> int:
    return round(_EDGE + part * (SIZE - 2 * _EDGE))


def _mark(spot: Spot, catalog: str, thread: str) -> dict[str, Any]:
    short = spot.title if len(spot.title) <= _LABEL_CHARS else spot.title[: _LABEL_CHARS - 1] + "…"
    return {
        "item_id": spot.item_id,
        "title": spot.title,
        "short": short,
        "x": _at(spot.x),
        "y": _at(spot.y),
        "near": spot.near,
        "look": item_address(catalog, spot.item_id, thread),
    }
