"""POST /v1/recommend and GET /v1/items/{id}: the catalogue for programs, without a conversation kept."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from agents.stateless import Message, Past
from errors import InputError, NotFound
from retrieval.items import Filter
from ui.chat_api import check_catalog
from ui.guide import Guide


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
    catalog: str | None = None


def items_router(agent: Guide) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.post("/v1/recommend", summary="Recommend from a history, a query, limits or a conversation")
    async def recommend(body: RecommendIn) -> JSONResponse:
        check_catalog(agent, body.catalog)
        line = body.model_dump(exclude={"catalog"}, exclude_none=True)
        out: dict[str, Any] = await agent.recommend(line, k=body.k, full=True)
        if "error" in out:
            raise InputError(str(out["error"]))
        return JSONResponse(out)

    @router.get("/v1/items/{item_id:path}", summary="The known facts of one item")
    async def item(item_id: str) -> JSONResponse:
        found = agent.item(item_id)
        if found is None:
            raise NotFound(f"There is no item {item_id[:80]!r} in {agent.catalog_name!r}.")
        return JSONResponse(found)

    return router
