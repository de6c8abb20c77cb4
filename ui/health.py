"""What machines ask of the server itself: is it alive, would it answer, and how is it doing."""

import asyncio
import logging
from typing import Literal

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel

from errors import CiceroneError
from ui.gatehouse import Gatehouse
from ui.guide import Guides
from ui.identity import needs
from ui.metrics import CONTENT_TYPE
from ui.problems import problem

_PATIENCE_S = 2.0
"""Longest that the store of conversations may take to answer, in seconds."""
_log = logging.getLogger("cicerone.health")


class Ready(BaseModel):
    """A turn would be answered now."""

    status: Literal["ready"]
    catalog: str
    planner: str
    notices: list[str]


def add_health(app: FastAPI, guides: Guides, house: Gatehouse) -> None:
    """Add /healthz, /readyz and /metrics."""

    @app.get("/healthz", summary="Whether the process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", response_model=Ready, summary="Whether a turn would be answered now")
    async def readyz() -> JSONResponse:
        if refusal := await _refusal(guides, house):
            return problem(503, refusal, {"Retry-After": "1"})
        about = {"catalog": guides.default, "planner": guides.planner_name(), "notices": guides.notices}
        return JSONResponse({"status": "ready", **about})

    @app.get(
        "/metrics",
        summary="Counts and times, as Prometheus reads them",
        response_class=PlainTextResponse,
        dependencies=[Depends(needs("metrics"))],
    )
    async def metrics(request: Request) -> Response:
        builds = [(about.name, about.build_id) for about in await asyncio.to_thread(guides.catalogs)]
        return Response(await asyncio.to_thread(house.metrics.text, builds), media_type=CONTENT_TYPE)


async def _refusal(guides: Guides, house: Gatehouse) -> str:
    """Return why a turn would not be answered now, "" where it would."""
    if house.admission.closed:
        return "This server is about to stop."
    if not guides.ready():
        return f"The catalogue {guides.default!r} is still being opened, or gone. Ask again in a moment."
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await guides.thread("", "is anybody there")
    except TimeoutError:
        return "The store of conversations does not answer."
    except CiceroneError as error:
        return str(error)
    except Exception:  # whatever a store raises, it cannot be read; the log has it in full
        _log.exception("the store of conversations cannot be read")
        return "The store of conversations cannot be read; the log says more."
    return ""
