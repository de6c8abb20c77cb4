"""Who is asking: guests are kept apart by an unguessable cookie, or by their unguessable thread."""

import hashlib
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Any

COOKIE = "cicerone_guest"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_A_YEAR_S = 365 * 24 * 3600


def new_token() -> str:
    """Return a fresh guest token of 256 random bits."""
    return secrets.token_urlsafe(32)


def is_token(text: str | None) -> bool:
    """Return whether this has the form of a token we gave out; anything else is not taken for a guest."""
    return bool(text and _TOKEN.fullmatch(text))


def user_id(token: str) -> str:
    """Return the user id behind a token; ids are stored and shown in logs, so they must not work as tokens."""
    return "guest-" + hashlib.sha256(token.encode()).hexdigest()[:32]


def user_of(request: Any) -> str:
    """Return the user id of a request of the page; without our cookie every browser tab is a guest of its own."""
    cookies = dict(getattr(request, "cookies", None) or {})
    token = str(cookies.get(COOKIE, ""))
    return user_id(token if is_token(token) else f"tab:{getattr(request, 'session_hash', '')}")


def token_in(header: str) -> str | None:
    """Return the guest token in a Cookie header, or None."""
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and is_token(morsel.value) else None


def set_cookie(token: str, *, secure: bool) -> str:
    """Return a Set-Cookie header that scripts cannot read and other sites cannot send along."""
    return f"{COOKIE}={token}; Path=/; Max-Age={_A_YEAR_S}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
