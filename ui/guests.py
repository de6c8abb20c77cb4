"""Guests: kept apart by a signed cookie, or by a signed token in the thread id of a program that keeps no cookies."""

import base64
import hashlib
import hmac
import re
import secrets
from http.cookies import CookieError, SimpleCookie

COOKIE = "cicerone_guest"
_FORM = re.compile(r"[A-Za-z0-9_-]{64}")
_ID_BYTES = 16
_A_YEAR_S = 365 * 24 * 3600


class Guests:
    """Makes and checks the tokens of guests: 128 random bits and their HMAC, so that nobody makes up one."""

    def __init__(self, secret: bytes) -> None:
        """Sign with `secret`; tokens of another secret are nobody's."""
        self._secret = secret

    def new_token(self) -> str:
        """Return a fresh guest token."""
        guest_id = secrets.token_bytes(_ID_BYTES)
        return base64.urlsafe_b64encode(guest_id + self._signature(guest_id)).decode()

    def user_id(self, token: str | None) -> str | None:
        """Return the user behind a token, None where we did not give it out.

        User ids are stored and shown in logs; without the secret none of them can be made a token again.
        """
        if not token or not _FORM.fullmatch(token):
            return None
        raw = base64.urlsafe_b64decode(token)
        guest_id, signature = raw[:_ID_BYTES], raw[_ID_BYTES:]
        if not hmac.compare_digest(signature, self._signature(guest_id)):
            return None
        return "guest-" + hashlib.sha256(guest_id).hexdigest()[:32]

    def _signature(self, guest_id: bytes) -> bytes:
        return hmac.digest(self._secret, b"guest:" + guest_id, "sha256")


def token_in(header: str) -> str | None:
    """Return what a Cookie header holds for a guest token, unchecked, or None."""
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None else None


def set_cookie(token: str, *, secure: bool) -> str:
    """Return a Set-Cookie header that scripts cannot read and other sites cannot send along."""
    return f"{COOKIE}={token}; Path=/; Max-Age={_A_YEAR_S}; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
