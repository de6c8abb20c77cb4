"""Errors of the OpenAI-compatible routes, in the shape its clients read: {"error": {message, type, param, code}}."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from errors import CiceroneError
from ui.openai_request import Refused
from ui.problems import OUR_FAULT, status_of, wait_of

_log = logging.getLogger("cicerone.http")


def document(status: int, message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """Return an error as its clients read it."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


class OpenAIRoute(APIRoute):
    """A route whose every error has that shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the errors caught."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:  # the answer to a defect of ours has that shape too; it is logged in full
                return _answer(error, request)

        return handled


def _answer(error: Exception, request: Request) -> Response:
    headers: dict[str, str] | None = None
    match error:
        case RequestValidationError():
            status, body = 400, _of_validation(error)
        case Refused():
            status, body = 400, document(400, str(error), error.param, error.code)
        case CiceroneError():
            status, headers = status_of(error), wait_of(error)
            body = document(status, str(error), *(("model", "model_not_found") if status == 404 else ()))
        case HTTPException():
            status, headers = error.status_code, dict(error.headers or {})
            body = document(status, str(error.detail))
        case _:
            _log.error("unexpected error in %s", request.url.path, exc_info=error)
            status, body = 500, document(500, OUR_FAULT)
    return JSONResponse(body, status, headers)


def _of_validation(error: RequestValidationError) -> dict[str, Any]:
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return document(400, f"The body is no JSON ({first['ctx']['error']}).")
    where = [part for part in first["loc"] if part != "body"]
    if not where:
        return document(400, "The body must be a JSON object, sent as Content-Type: application/json.")
    # A union of text and parts names its branches in the place; clients know neither.
    named = [part for part in where if part != "constrained-str" and not str(part).startswith("list[")]
    param = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in named).lstrip(".")
    return document(400, f"{param}: {first['msg'].lower()}.", param)
