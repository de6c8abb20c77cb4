"""POST /v1/recommend and GET /v1/items/{id}: the catalogue for programs, without a conversation kept."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from agents.search import Found
from agents.stateless import Message, Past
from errors import InputError, NotFound
from retrieval.items import Filter
from ui.chat_api import TurnOut
from ui.guide import Guides
from ui.idempotency import Once, answered_once, asked, takes_key
from ui.identity import needs, who
from ui.rates import turns

_OF_A_CATALOG = "Name of a catalogue; see /v1/catalogs."


class RecommendIn(BaseModel):
    """One line of `batch`, with a query and how many."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    id: str | int | None = None
    context: list[Message] = Field(default=[], max_length=1000)
    history: list[Past] = Field(default=[], max_length=10_000)
    filters: list[Filter] = []
    exclude: list[str] = Field(default=[], max_length=10_000)
    query: str = Field(default="", max_length=100_000)
    k: int = Field(default=10, ge=1, le=500)
    catalog: str | None = Field(default=None, max_length=200, description=_OF_A_CATALOG)


class RecommendOut(TurnOut):
    """One output line of `batch`, in full."""

    id: str | int | None


def items_router(guides: Guides) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.post(
        "/v1/recommend",
        response_model=RecommendOut,
        response_model_exclude_none=True,
        summary="Recommend from a history, a query, limits or a conversation",
        dependencies=[Depends(turns(guides)), Depends(takes_key)],
    )
    async def recommend(body: RecommendIn, request: Request) -> Response:
        line, asking = body.model_dump(exclude={"catalog"}, exclude_none=True), who(request)

        async def answer(_: Once) -> Response:
            async with guides.lend(body.catalog) as guide:
                out: dict[str, Any] = await guide.recommend(line, k=body.k, user_id=asking.account)
            if "error" in out:
                raise InputError(str(out["error"]))
            return JSONResponse(out)

        sent = await asked(request, asking.user_id, new_guest=bool(asking.new_guest))
        return await answered_once(sent, guides.people, answer)

    @router.get(
        "/v1/items/{item_id:path}",
        response_model=Found,
        summary="The known facts of one item",
        dependencies=[Depends(needs("read"))],
    )
    async def item(
        item_id: str, catalog: Annotated[str | None, Query(max_length=200, description=_OF_A_CATALOG)] = None
    ) -> JSONResponse:
        async with guides.lend(catalog) as guide:
            found = guide.item(item_id)
            if found is None:
                raise NotFound(f"There is no item {item_id[:80]!r} in {guide.about.name!r}.")
        return JSONResponse(found)

    return router
