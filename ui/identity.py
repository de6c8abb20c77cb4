"""Who is asking: a guest, the holder of an API token, or somebody whom a trusted proxy has logged in."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from fastapi import HTTPException, Request
from starlette.datastructures import Headers
from starlette.types import Scope

from errors import SettingsError
from settings import Settings
from ui import guests
from ui.guests import Guests
from ui.lanes import Lanes
from ui.scopes import SCOPES, USUAL
from ui.tokens import ApiToken, Tokens, found, looks_like_ours

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PERSON = frozenset(USUAL)
_LOCAL = _PERSON | {"metrics"}
_LONGEST_NAME = 200
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="cicerone"'}


@dataclass(frozen=True)
class Who:
    """Whoever sent a request."""

    user_id: str
    known: bool
    """Whether they are the same person tomorrow: then they may be remembered. False for guests."""
    scopes: frozenset[str]
    token: ApiToken | None = None
    """The API token they came with, if any."""
    new_guest: str = field(default="", repr=False)
    """The guest token of somebody who brought nothing: whoever is to meet them again has to hand it out."""

    @property
    def account(self) -> str:
        """Whose spending a call is that belongs to no conversation: all guests share one, for they come and go."""
        return self.user_id if self.known else ""

    def may(self, scope: str) -> bool:
        """Return whether this is allowed to them."""
        return scope in self.scopes or "admin" in self.scopes


NOBODY = Who("", False, frozenset())
"""Who asks for what is open to everybody."""


def who(request: Any) -> Who:
    """Return who sent a request of Starlette or of Gradio, as the app's middleware found out.

    Without our cookie every browser tab is a guest of its own.
    """
    asking: Who = request.state.who
    tab = getattr(request, "session_hash", None)
    if asking.new_guest and tab:
        return replace(asking, user_id="guest-" + hashlib.sha256(f"tab:{tab}".encode()).hexdigest()[:32], new_guest="")
    return asking


def needs(scope: str) -> Callable[[Request], Awaitable[None]]:
    """Return a dependency of a route that refuses, with 403, who is not allowed this."""

    async def allowed(request: Request) -> None:
        require(who(request), scope)

    return allowed


def require(asking: Who, scope: str) -> None:
    """Raise HTTPException 403 where this is not allowed to them."""
    if not asking.may(scope):
        raise HTTPException(403, f"This is not for you: it takes the scope {scope!r} ({SCOPES[scope]}).")


@dataclass(frozen=True)
class Rules:
    """Who is let in, as the settings say."""

    guests: bool = True
    local: bool = True
    """Nobody but programs of this machine can reach the server."""
    proxy_header: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """From where that header is believed."""

    @classmethod
    def of(cls, settings: Settings) -> "Rules":
        """Raises SettingsError for a header of a proxy without its address, or an address that is none."""
        local = settings.host in LOOPBACK
        header = settings.proxy_header.strip()
        try:
            proxies = tuple(ip_network(part.strip()) for part in settings.proxy_addresses.split(",") if part.strip())
        except ValueError as error:
            raise SettingsError(
                f"CICERONE_PROXY_ADDRESSES is wrong: {error}. Give addresses or networks, as in 10.0.0.2,10.1.0.0/16."
            ) from error
        if bool(header) != bool(proxies):
            raise SettingsError(
                "CICERONE_PROXY_HEADER and CICERONE_PROXY_ADDRESSES go together: a header is believed from those "
                "addresses alone. Set both or neither."
            )
        by_itself = local and not header
        return cls(by_itself if settings.guests == "auto" else settings.guests == "on", local, header, proxies)


class Doorkeeper:
    """Finds out who is asking."""

    def __init__(self, rules: Rules, tokens: Tokens, secret: bytes) -> None:
        """Sign guests with `secret`, look tokens up in `tokens`."""
        self.rules = rules
        self.tokens = tokens
        self.guests = Guests(secret)
        self._lanes = Lanes()

    async def identify(self, scope: Scope, *, with_cookie: bool = True) -> Who:
        """Return who sent a request. Raises HTTPException 401 for a wrong token, or for none where one is needed."""
        headers = Headers(scope=scope)
        kind, _, sent = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and looks_like_ours(sent.strip()):
            async with self._lanes.of(sent):  # else the later of two messages may be looked up first
                token = await asyncio.to_thread(found, sent.strip(), self.tokens)
            if token is None:
                raise HTTPException(401, "This token is unknown or was revoked. Ask for a new one.", _CHALLENGE)
            return Who(token.user_id, True, token.scopes, token)
        if name := self._logged_in(scope, headers):
            return Who(f"login-{name}", True, _PERSON)
        if not self.rules.guests:
            raise HTTPException(401, "Guests are not let in. Send Authorization: Bearer with an API token.", _CHALLENGE)
        return self._guest(guests.token_in(headers.get("cookie", "")) if with_cookie else None)

    def _guest(self, cookie: str | None) -> Who:
        scopes = _LOCAL if self.rules.local else _PERSON
        if user_id := self.guests.user_id(cookie):
            return Who(user_id, False, scopes)
        token = self.guests.new_token()
        return Who(str(self.guests.user_id(token)), False, scopes, new_guest=token)

    def _logged_in(self, scope: Scope, headers: Headers) -> str:
        """Return whom a trusted proxy names; sent twice, it is not the proxy's word alone."""
        names = headers.getlist(self.rules.proxy_header) if self.rules.proxy_header else []
        if len(names) != 1 or not self._is_proxy((scope.get("client") or ("",))[0]):
            return ""
        name = names[0].strip()
        return name if name.isprintable() and len(name) <= _LONGEST_NAME else ""

    def _is_proxy(self, address: str) -> bool:
        try:
            client = ip_address(address)
        except ValueError:
            return False
        return any(client in network for network in self.rules.proxies)
