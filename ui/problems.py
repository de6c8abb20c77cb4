"""Errors over HTTP as problem documents (RFC 9457): type, title, status, detail; one clear sentence each."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from errors import (
    BundleError,
    Busy,
    CiceroneError,
    Conflict,
    InputError,
    ModelUnavailable,
    NotFound,
    StateError,
    Stopping,
)

MEDIA_TYPE = "application/problem+json"
_STATUS_OF: tuple[tuple[type[CiceroneError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (InputError, 400),
    (BundleError, 503),
    (StateError, 503),
    (ModelUnavailable, 503),
    (Stopping, 503),
    (Busy, 429),
)
OUR_FAULT = "Something went wrong on our side; the log says what. Try again."
_log = logging.getLogger("cicerone.http")


def document(status: int, detail: str) -> dict[str, Any]:
    """Return the problem document of a status; `detail` is for people and names the remedy."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a problem document as a response."""
    return JSONResponse(document(status, detail), status, headers, media_type=MEDIA_TYPE)


def add_problems(app: FastAPI) -> None:
    """Answer every error of this app with a problem document."""
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(CiceroneError, _of_ours)
    app.add_exception_handler(Exception, _of_surprise)


async def _of_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, str(error.detail), headers)


async def _of_validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(400, f'The body is no JSON ({first["ctx"]["error"]}). Send an object like {{"message": "…"}}.')
    where = ".".join(str(part) for part in first["loc"] if part != "body") or "the body"
    if where == "the body":
        return problem(422, "The body must be a JSON object, sent as Content-Type: application/json.")
    return problem(422, f"{where}: {first['msg'].lower()}. The API page at /docs shows what it takes.")


async def _of_ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CiceroneError)
    return problem(status_of(error), str(error), wait_of(error))


def wait_of(error: CiceroneError) -> dict[str, str] | None:
    """Return the header that says when to ask again, where an error knows."""
    return {"Retry-After": str(error.retry_after_s)} if isinstance(error, Busy) else None


def status_of(error: CiceroneError) -> int:
    """Return the status that an error of ours is answered with."""
    return next((code for kind, code in _STATUS_OF if isinstance(error, kind)), 500)


async def _of_surprise(request: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected error in %s", request.url.path, exc_info=error)
    return problem(500, OUR_FAULT)
