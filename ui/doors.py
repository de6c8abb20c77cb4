"""Which door a request came in by, known to all that runs because of it."""

from contextvars import ContextVar

PAGE = "page"
_DOORS = {
    "/v1/chat": "chat",
    "/v1/recommend": "recommend",
    "/v1/chat/completions": "openai",
    "/mcp": "mcp",
}

door: ContextVar[str] = ContextVar("door", default=PAGE)
"""Name of the door; what the page asks for reaches us from a queue of its own, outside of any request."""
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Names the request in logs and in the header X-Request-Id; "" for the page."""
parent: ContextVar[str] = ContextVar("parent", default="")
"""The header traceparent as the caller sent it."""


def door_of(path: str) -> str:
    """Return the name of the door at a path."""
    return _DOORS.get(path, PAGE)
