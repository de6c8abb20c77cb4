"""Which names of this server and which pages' requests are taken: no page may reach it by a name it made up."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers

from settings import Settings
from ui.identity import LOOPBACK

_READING = ("GET", "HEAD", "OPTIONS")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}


@dataclass(frozen=True)
class Origins:
    """The names and origins that are taken."""

    hosts: frozenset[str] = LOOPBACK
    """Names that requests may call this server by; empty: any."""
    pages: frozenset[str] = frozenset()
    """Origins whose pages may call the API, without cookies."""

    @classmethod
    def of(cls, settings: Settings) -> "Origins":
        """On loopback only its own names are taken, and those of the settings; elsewhere any where none are set."""
        named = frozenset(_listed(settings.allowed_hosts))
        local = settings.host in LOOPBACK
        return cls(LOOPBACK | named if local else named, frozenset(_listed(settings.cors_origins)))

    def refusal(self, method: str, headers: Headers) -> tuple[int, str] | None:
        """Return the status and the sentence that a request is refused with, None for one that is taken."""
        called = _split(f"//{headers.get('host', '')}")
        if self.hosts and _name_of(called) not in self.hosts:
            return 421, "This server does not go by that name. Put it into CICERONE_ALLOWED_HOSTS if it should."
        origin = headers.get("origin")
        if origin is None or origin.lower() in self.pages or method in _READING:
            return None
        return None if self._is_ours(_split(origin), called) else (403, "Pages of other sites may not send this.")

    def _is_ours(self, page: SplitResult, called: SplitResult) -> bool:
        """Behind a proxy the names of the settings count; else the page comes from where it sends to, port and all."""
        name = _name_of(page)
        if name in self.hosts - LOOPBACK:
            return True
        alike = name == _name_of(called) or {name, _name_of(called)} <= LOOPBACK
        return alike and bool(name) and page.port == called.port

    def is_foreign(self, headers: Headers) -> bool:
        """Return whether a page of another origin asks: then no cookie counts."""
        return headers.get("origin", "").lower() in self.pages

    def answer(self, method: str, headers: Headers) -> dict[str, str]:
        """Return the headers that let a listed page read the answer, never with credentials."""
        if not self.pages:
            return {}
        if not self.is_foreign(headers):
            return {"Vary": "Origin"}
        allowed = {"Access-Control-Allow-Origin": headers["origin"], "Vary": "Origin"}
        exposed = {"Access-Control-Expose-Headers": "Retry-After"}
        return allowed | (_PREFLIGHT if method == "OPTIONS" else exposed)


def _listed(text: str) -> list[str]:
    return [part.strip().rstrip("/").lower() for part in text.split(",") if part.strip()]


def _split(address: str) -> SplitResult:
    """Read an address; one that cannot be read has no name."""
    try:
        found = urlsplit(address)
        _ = found.port  # read late, and with a mistake of its own
    except ValueError:
        return urlsplit("")
    return found


def _name_of(address: SplitResult) -> str:
    return (address.hostname or "").lower()
