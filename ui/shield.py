"""What every response and request passes: security headers, the guest's cookie, and a limit on bodies."""

import json
from collections.abc import Mapping

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import guests
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


def content_policy(image_hosts: frozenset[str]) -> str:
    """Return the content policy of pages that may also show pictures of these hosts."""
    plain = [host for host in sorted(image_hosts) if host.replace(".", "").replace("-", "").isalnum()]
    hosts = " ".join(f"https://{host}" for host in plain)
    return CONTENT_POLICY.replace("img-src 'self' data:", f"img-src 'self' data: {hosts}".rstrip())


class Shield:
    """ASGI middleware around the whole app; it holds no state, and streams stay streams."""

    def __init__(self, app: ASGIApp, image_hosts: frozenset[str] = frozenset()) -> None:
        """Wrap `app`; pages may load pictures from `image_hosts`, by https alone."""
        self.app = app
        self._headers = {**HEADERS, "Content-Security-Policy": content_policy(image_hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        outward = _adding_headers(send, self._headers, _new_cookie(scope, headers))
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > MAX_BODY_BYTES:
            await _refuse(outward, 413, _TOO_LONG)
        elif scope["path"].startswith(_CLOSED):
            await _refuse(outward, 404, "There is nothing here.")
        else:
            await self.app(scope, _counting(receive), outward)


def _new_cookie(scope: Scope, headers: Headers) -> str | None:
    """A cookie for who opens the page without one; programs that call the API get none."""
    if scope["path"] != "/" or guests.token_in(headers.get("cookie", "")):
        return None
    secure = scope.get("scheme") == "https" or headers.get("x-forwarded-proto") == "https"
    return guests.set_cookie(guests.new_token(), secure=secure)


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


async def _refuse(send: Send, status: int, detail: str) -> None:
    body = json.dumps(document(status, detail)).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
