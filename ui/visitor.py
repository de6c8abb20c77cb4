"""Who uses the page, and how they like it: settings of a browser, kept in its cookies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.identity import who

MOST_ITEMS = 20
LEANINGS = {"": "As the talk goes", "-1": "Familiar", "0": "Mixed", "1": "Adventurous"}
PLANNERS = {"": "A language model where there is one", "basic": "Always the basic planner"}


@dataclass(frozen=True)
class Prefs:
    """How somebody likes the page; what they left alone is as the server has it."""

    k: int | None = None
    """How many items a list shows."""
    lean: float | None = None
    """Familiar (−1) to adventurous (1): what new chats begin with."""
    by_model: bool = True
    catalog: str = ""
    """The catalogue that new chats are about, "" for the server's own choice."""

    @classmethod
    def of(cls, cookies: Mapping[str, str]) -> "Prefs":
        """Read them from cookies, which may hold anything."""
        k, lean = cookies.get("cicerone_k", ""), cookies.get("cicerone_lean", "")
        return cls(
            int(k) if k.isascii() and k.isdigit() and 1 <= int(k[:4]) <= MOST_ITEMS else None,
            float(lean) if lean in LEANINGS and lean else None,
            cookies.get("cicerone_planner") != "basic",
            cookies.get("cicerone_catalog", "")[:200],
        )


@dataclass(frozen=True)
class Visitor:
    """Whoever uses the page."""

    user_id: str
    known: bool = False
    """Whether they may be remembered beyond a conversation."""
    prefs: Prefs = field(default_factory=Prefs)


def visitor_of(request: Any) -> Visitor:
    """Return who sent a request of Starlette or of Gradio."""
    asking = who(request)
    return Visitor(asking.user_id, asking.known, Prefs.of(dict(getattr(request, "cookies", None) or {})))
