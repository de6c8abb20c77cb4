"""One process, one port: the API for programs and the chat page for people."""

import os
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from errors import NotFound
from ui.access import Access, local_access
from ui.api_document import describe
from ui.catalogs_api import catalogs_router
from ui.chat_api import chat_router
from ui.feedback_api import feedback_router
from ui.gatehouse import Gatehouse
from ui.guide import Guides
from ui.health import add_health
from ui.identity import needs
from ui.items_api import items_router
from ui.mcp import McpDoor
from ui.openai_api import openai_router
from ui.problems import add_problems, problem
from ui.sheets.router import looks_router
from ui.shield import Shield
from ui.users_api import users_router
from ui.watch import Watch

_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_ROUTERS = (chat_router, items_router, catalogs_router, openai_router, feedback_router, users_router)


async def create_app(guides: Guides, access: Access | None = None, house: Gatehouse | None = None) -> FastAPI:
    """Return the app around opened catalogues, with the chat page at /; importing Gradio makes this take seconds."""
    app = create_api(guides, access, house)
    await _mount_page(app, guides)
    return app


def create_api(guides: Guides, access: Access | None = None, house: Gatehouse | None = None) -> FastAPI:
    """Return the app without the chat page; without an `access`, guests of this machine are let in.

    `house` is the gate that the turns of `guides` pass.
    """
    house = house or Gatehouse()
    mcp = McpDoor(guides)
    app = FastAPI(
        title="Cicerone",
        summary="A guide to a catalogue of anything",
        docs_url=None,
        redoc_url=None,
        lifespan=mcp.lifespan,
    )
    add_problems(app)
    for router in _ROUTERS:
        app.include_router(router(guides))
    app.include_router(looks_router(guides), dependencies=[Depends(needs("read"))])
    app.router.routes.append(Route("/mcp", mcp, include_in_schema=False))
    add_health(app, guides, house)
    describe(app)
    _add_docs(app)
    _add_nothing_here(app)
    app.add_middleware(Shield, access=access or local_access(), image_hosts=guides.image_hosts)
    app.add_middleware(Watch, metrics=house.metrics)
    return app


def _add_docs(app: FastAPI) -> None:
    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        from ui.api_page import api_page

        return HTMLResponse(api_page(app.openapi()))


def _add_nothing_here(app: FastAPI) -> None:
    """Without this, what is not found under /v1 would be answered by the chat page's own app."""

    @app.api_route("/v1/{rest:path}", methods=list(_METHODS), include_in_schema=False)
    async def nothing_here(rest: str, request: Request) -> Any:
        scope = request.scope
        routes = [route for route in app.router.routes if getattr(route, "endpoint", None) is not nothing_here]
        fits = [method for method in _METHODS if _is_taken(routes, {**scope, "method": method})]
        if fits:
            methods = ", ".join(fits)
            told = f"{scope['method']} does not fit this address; it takes {methods}."
            return problem(405, told, {"Allow": methods})
        raise NotFound(f"There is nothing at /v1/{rest[:80]}. The API page is at /docs.")


def _is_taken(routes: list[BaseRoute], scope: Scope) -> bool:
    return any(route.matches(scope)[0] is Match.FULL for route in routes)


async def _mount_page(app: FastAPI, guides: Guides) -> None:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    from ui.theme import HEAD, SCRIPT, STYLES, theme
    from ui.web import build_page

    gr.mount_gradio_app(
        app,
        await build_page(guides),
        path="/",
        theme=theme(),
        css_paths=STYLES,
        head=HEAD,
        js=SCRIPT,
        footer_links=[],
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size="1kb",
    )
