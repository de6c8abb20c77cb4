"""The OpenAPI document: what FastAPI knows of the routes, and beside it every error, examples, events and tokens."""

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, Field, TypeAdapter

from agents.events import Event
from ui import openai_errors
from ui.api_examples import DETAILS, EVENTS, GIVEN, PARAMETERS, SENT
from ui.problems import MEDIA_TYPE, document

_REF = "#/components/schemas/{model}"
_OPEN = ("/healthz", "/readyz")
_TURNS = ("/v1/chat", "/v1/recommend", "/v1/chat/completions", "/v1/feedback")
_OPENAI = ("/v1/chat/completions", "/v1/models", "/v1/models/{model}")
_STREAMED = ("/v1/chat", "/v1/chat/completions")
_ALWAYS = (405, 421)
_EVENTS = (
    "Server-sent events. Every `data` is JSON: an Event for /v1/chat, a chunk of a completion and at last [DONE] here."
)


class Problem(BaseModel):
    """What went wrong, as RFC 9457 has it."""

    type: str
    title: str = Field(description="The status in words.")
    status: int
    detail: str = Field(description="One sentence or two for people: the cause and the remedy.")


class OpenAIProblem(BaseModel):
    """What went wrong, as clients of OpenAI read it."""

    error: dict[str, str | None] = Field(description="message, type, param and code.")


def describe(app: FastAPI) -> None:
    """Let the document of an app say everything."""
    plain: Callable[[], dict[str, Any]] = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _complete(api: dict[str, Any]) -> None:
    parts = api.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    events = TypeAdapter(Event).json_schema(ref_template=_REF)
    schemas.update(events.pop("$defs"), Event=events)
    schemas.update({kind.__name__: kind.model_json_schema(ref_template=_REF) for kind in (Problem, OpenAIProblem)})
    token = {"type": "http", "scheme": "bearer", "description": "An API token; docs/identity.md says who needs one."}
    parts["securitySchemes"] = {"token": token}
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            _complete_operation(method, path, operation)


def _complete_operation(method: str, path: str, operation: dict[str, Any]) -> None:
    if path not in _OPEN:
        operation["security"] = [{}, {"token": []}]
    for parameter in operation.get("parameters", []):
        parameter["example"] = PARAMETERS[parameter["name"].lower()]
    if (method, path) in SENT:
        operation["requestBody"]["content"]["application/json"]["example"] = SENT[method, path]
    responses = operation["responses"]
    responses.pop("422", None)
    if (method, path) in GIVEN:
        responses["200"]["content"]["application/json"]["example"] = GIVEN[method, path]
    if path in _STREAMED:
        streamed = {"schema": {"type": "string", "description": _EVENTS}, "example": EVENTS}
        responses["200"]["content"]["text/event-stream"] = streamed
    for status in sorted(set(_statuses(method, path, operation))):
        responses[str(status)] = _error(status, theirs=path in _OPENAI and status != 405)


def _statuses(method: str, path: str, operation: dict[str, Any]) -> Iterator[int]:
    """Yield the statuses a call may be refused with."""
    yield from _ALWAYS
    if path not in _OPEN:
        yield from (401, 403, 500)
    if path == "/readyz" or (path not in _OPEN and path != "/metrics"):
        yield 503
    if path in _TURNS:
        yield from (404, 409, 429)
    if "requestBody" in operation:
        yield from (400, 413)
    if "parameters" in operation or "requestBody" in operation:
        yield from () if path in _OPENAI and "requestBody" in operation else (422,)
    if "{" in path:
        yield from (400, 404)
    if method == "put":
        yield 409


def _error(status: int, *, theirs: bool) -> dict[str, Any]:
    detail = DETAILS[status]
    kind, model, example = (
        ("application/json", "OpenAIProblem", openai_errors.document(status, detail))
        if theirs
        else (MEDIA_TYPE, "Problem", document(status, detail))
    )
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {kind: {"schema": {"$ref": _REF.format(model=model)}, "example": example}},
    }
    if status == 429:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
    return told
