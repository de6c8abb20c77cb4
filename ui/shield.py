"""What every request and response passes: who asks and from where, a limit on bodies, security headers."""

import json
from collections.abc import Mapping

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import guests, openai_errors
from ui.access import Access
from ui.identity import NOBODY, Who
from ui.problems import MEDIA_TYPE, document

MAX_BODY_BYTES = 1_000_000

CONTENT_POLICY = "; ".join(
    [
        "default-src 'self'",
        # Gradio starts from inline scripts and builds its HTML parts with Function().
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-src 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_TOO_LONG = f"The body is longer than {MAX_BODY_BYTES:,} bytes. Send less."
_CLOSED = ("/gradio_api/upload", "/gradio_api/file", "/gradio_api/proxy", "/gradio_api/stream")
"""Gradio's own doors that this page never uses: uploads, files and proxies."""
_OPEN = ("/healthz", "/readyz", "/docs", "/openapi.json")
"""What everybody may ask for: it tells nothing of anybody."""
_OPENAI = ("/v1/chat/completions", "/v1/models")
"""Whose clients read errors of another shape."""


def content_policy(image_hosts: frozenset[str]) -> str:
    """Return the content policy of pages that may also show pictures of these hosts."""
    plain = [host for host in sorted(image_hosts) if host.replace(".", "").replace("-", "").isalnum()]
    hosts = " ".join(f"https://{host}" for host in plain)
    return CONTENT_POLICY.replace("img-src 'self' data:", f"img-src 'self' data: {hosts}".rstrip())


class Shield:
    """ASGI middleware around the whole app: finds out who asks, and lets in who may. Streams stay streams."""

    def __init__(self, app: ASGIApp, access: Access, image_hosts: frozenset[str] = frozenset()) -> None:
        """Wrap `app`; pages may load pictures from `image_hosts`, by https alone."""
        self.app = app
        self._access = access
        self._headers = {**HEADERS, "Content-Security-Policy": content_policy(image_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        added = {**self._headers, **self._access.origins.answer(scope["method"], headers)}
        try:
            self._check(scope, headers)
            if _is_preflight(scope, headers):
                return await _answer(_adding_headers(send, added, None), 204, b"")
            asking = await self._identified(scope, headers)
        except HTTPException as refused:
            return await _refuse(_adding_headers(send, added, None), scope["path"], refused)
        scope.setdefault("state", {}).update(who=asking, access=self._access)
        await self.app(scope, _counting(receive), _adding_headers(send, added, _new_cookie(scope, headers, asking)))

    def _check(self, scope: Scope, headers: Headers) -> None:
        if refusal := self._access.origins.refusal(scope["method"], headers):
            raise HTTPException(*refusal)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > MAX_BODY_BYTES:
            raise HTTPException(413, _TOO_LONG)
        if scope["path"].startswith(_CLOSED):
            raise HTTPException(404, "There is nothing here.")

    async def _identified(self, scope: Scope, headers: Headers) -> Who:
        if scope["path"] in _OPEN:
            return NOBODY
        return await self._access.doorkeeper.identify(scope, with_cookie=not self._access.origins.is_foreign(headers))


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "OPTIONS" and "access-control-request-method" in headers


def _new_cookie(scope: Scope, headers: Headers, asking: Who) -> str | None:
    """A cookie for who opens the page without one; programs that call the API get none."""
    if scope["path"] != "/" or not asking.new_guest:
        return None
    secure = scope.get("scheme") == "https" or headers.get("x-forwarded-proto") == "https"
    return guests.set_cookie(asking.new_guest, secure=secure)


def _adding_headers(send: Send, added: Mapping[str, str], cookie: str | None) -> Send:
    async def outward(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in added.items():
                headers[name] = value
            if cookie:
                headers.append("Set-Cookie", cookie)
        await send(message)

    return outward


def _counting(receive: Receive) -> Receive:
    """Bodies sent in chunks declare no length, so count them."""
    n_bytes = 0

    async def counted() -> Message:
        nonlocal n_bytes
        message = await receive()
        n_bytes += len(message.get("body", b""))
        if n_bytes > MAX_BODY_BYTES:
            raise HTTPException(413, _TOO_LONG)
        return message

    return counted


async def _refuse(send: Send, path: str, refused: HTTPException) -> None:
    status, detail = refused.status_code, str(refused.detail)
    theirs = path.startswith(_OPENAI)
    body = openai_errors.document(status, detail) if theirs else document(status, detail)
    kind = "application/json" if theirs else MEDIA_TYPE
    headers = {"Content-Type": kind, "Connection": "close", **(refused.headers or {})}
    await _answer(send, status, json.dumps(body).encode(), headers)


async def _answer(send: Send, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
    told = MutableHeaders({"Content-Length": str(len(body)), **(headers or {})})
    await send({"type": "http.response.start", "status": status, "headers": told.raw})
    await send({"type": "http.response.body", "body": body})
