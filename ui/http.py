"""One process, one port: the API for programs and the chat page for people."""

import os
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.routing import Match

from errors import NotFound
from settings import Settings
from ui.chat_api import chat_router
from ui.guide import Guide
from ui.items_api import items_router
from ui.problems import add_problems, problem
from ui.shield import Shield


def create_app(agent: Guide, settings: Settings) -> FastAPI:
    """Return the app around an opened agent, with the chat page at /; importing Gradio makes this take seconds."""
    app = create_api(agent)
    _mount_page(app, agent, settings)
    return app


def create_api(agent: Guide) -> FastAPI:
    """Return the app without the chat page."""
    app = FastAPI(title="Cicerone", summary=f"A guide to {agent.noun[1]}", docs_url=None, redoc_url=None)
    add_problems(app)
    app.include_router(chat_router(agent))
    app.include_router(items_router(agent))
    _add_health(app, agent)
    _add_docs(app)
    _add_nothing_here(app)
    app.add_middleware(Shield)
    return app


def _add_health(app: FastAPI, agent: Guide) -> None:
    @app.get("/healthz", summary="Whether the process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", summary="Whether a turn would be answered now")
    async def readyz() -> JSONResponse:
        if not agent.ready():
            return problem(503, "The catalogue is still being opened. Ask again in a moment.", {"Retry-After": "1"})
        return JSONResponse({"status": "ready", "catalog": agent.catalog_name, "planner": agent.planner_name()})


def _add_docs(app: FastAPI) -> None:
    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        from ui.api_page import api_page

        return HTMLResponse(api_page(app.openapi()))


def _add_nothing_here(app: FastAPI) -> None:
    """Without this, what is not found under /v1 would be answered by the chat page's own app."""

    @app.api_route("/v1/{rest:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH"], include_in_schema=False)
    async def nothing_here(rest: str, request: Request) -> Any:
        scope = request.scope
        for route in app.router.routes:
            if getattr(route, "endpoint", None) is not nothing_here and route.matches(scope)[0] is Match.PARTIAL:
                methods = ", ".join(sorted(getattr(route, "methods", None) or ()))
                return problem(
                    405, f"{scope['method']} does not fit this address; it takes {methods}.", {"Allow": methods}
                )
        raise NotFound(f"There is nothing at /v1/{rest[:80]}. The API page is at /docs.")


def _mount_page(app: FastAPI, agent: Guide, settings: Settings) -> None:
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

    from ui.theme import HEAD, SHADE, STYLES, theme
    from ui.web import build_page

    gr.mount_gradio_app(
        app,
        build_page(agent, settings),
        path="/",
        theme=theme(),
        css_paths=STYLES,
        head=HEAD,
        js=SHADE,
        footer_links=[],
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size="1kb",
    )
