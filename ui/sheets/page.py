"""One sheet as a page."""

from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from errors import CiceroneError
from ui.cards import render
from ui.problems import status_of

_HERE = Path(__file__).parent.parent
STYLES = (_HERE / "colours.css", _HERE / "sheets.css")
SHADES = ("light", "dark")


def sheet(request: Request, template: str, title: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page; values are escaped. It is light or dark as the visitor chose in the chat, else as their system."""
    shade = request.cookies.get("cicerone_shade", "")
    page = render(template, title=title, style=_style(), shade=shade if shade in SHADES else "", **values)
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})


@cache
def _style() -> str:
    return "\n".join(path.read_text("utf-8") for path in STYLES)


class SheetRoute(APIRoute):
    """Tells what went wrong as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, with our errors as pages for people."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except CiceroneError as error:
                return sheet(request, "said.html", "Not to be shown", status_of(error), detail=str(error))
            except RequestValidationError:
                detail = "Something is missing from this address. Open it from the chat."
                return sheet(request, "said.html", "Not to be shown", 422, detail=detail)

        return handled
