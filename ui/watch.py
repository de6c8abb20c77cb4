"""What every request passes first: an id, a line in the log, a count; and a turn ends when its caller has gone."""

import asyncio
import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.doors import door, door_of, parent, request_id
from ui.logs import note
from ui.metrics import Metrics

_log = logging.getLogger("cicerone.requests")
_AN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_OFTEN = ("/healthz", "/readyz", "/metrics")
_GONE = 499
"""What the log says of a request whose caller left before it was answered, as proxies do."""


class Watch:
    """ASGI middleware around the whole app."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Count in `metrics`."""
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        call = _Call(scope, send)
        try:
            if scope["path"].startswith("/v1/") and scope["method"] == "POST":
                await _until_gone(self.app, scope, receive, call)
            else:
                await self.app(scope, receive, call.send)
        finally:
            self._tell(call)

    def _tell(self, call: "_Call") -> None:
        route = _route(call.scope)
        self._metrics.request(route, call.status)
        level = logging.DEBUG if call.scope["path"] in _OFTEN else logging.INFO
        if not _log.isEnabledFor(level):
            return
        note(
            _log,
            "request",
            request_id=call.id,
            method=call.scope["method"],
            route=route,
            status=call.status,
            ms=round((time.perf_counter() - call.started) * 1000, 1),
        )


class _Call:
    """One request and what has been sent for it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        self.scope, self._send = scope, send
        self.id = given if _AN_ID.fullmatch(given) else secrets.token_hex(8)
        self.status = _GONE
        self.answering = False
        self.started = time.perf_counter()
        door.set(door_of(scope["path"]))
        request_id.set(self.id)
        parent.set(headers.get("traceparent", "")[:100])

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.answering, self.status = True, message["status"]
            MutableHeaders(scope=message)["X-Request-Id"] = self.id
        await self._send(message)


def _route(scope: Scope) -> str:
    """Return the pattern a request fell under: one of a few, whatever paths people make up."""
    if scope["path"] == "/mcp":
        return "/mcp"
    path = getattr(scope.get("route"), "path", "")
    return path if path.startswith(("/v1/", *_OFTEN, "/docs", "/openapi.json")) else "page"


async def _until_gone(app: ASGIApp, scope: Scope, receive: Receive, call: _Call) -> None:
    """Run the app; cancel it where the caller leaves before an answer has begun. Streams look out for themselves."""
    running = asyncio.current_task()
    assert running is not None
    gone = asyncio.Event()
    watchers: list[asyncio.Task[None]] = []

    async def look_out() -> None:
        await receive()  # after the body there is nothing to come but the end
        gone.set()
        if not call.answering:
            running.cancel()

    async def received() -> Message:
        if watchers:
            await gone.wait()
            return {"type": "http.disconnect"}
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            watchers.append(asyncio.create_task(look_out()))
        return message

    try:
        await app(scope, received, call.send)
    except asyncio.CancelledError:
        if not gone.is_set() or running.uncancel():
            raise
    finally:
        for watcher in watchers:
            watcher.cancel()
