"""What a profile brings to a turn: lasting limits to a new thread, and items to resemble where the request has none."""

from typing import TYPE_CHECKING

from agents.profile.state import Profile
from agents.state import Ledger, Limit, Thread, ToolCall
from retrieval.catalog import Catalog

if TYPE_CHECKING:
    from agents.turn import Turn

TASTE = "taste"
"""Name of the list of what resembles the items liked in other conversations."""
_SEEDS = 20
_NEAR = 250
_ROOM = ("recommend", "more", "smalltalk")


def opened(profile: Profile, catalog: str) -> Thread:
    """Return a new thread with the limits its user always has; each is a chip that can be removed."""
    limits = [
        Limit(filter=s.filter, words=s.sources[-1].words if s.sources else s.value, turn=-1, source="profile")
        for s in profile.of(catalog, "limit")
        if s.filter is not None
    ]
    return Thread(ledger=Ledger(limits=limits))


def taste_calls(turn: "Turn", catalog: Catalog) -> list[ToolCall]:
    """Look for what resembles the items liked most, where the request leaves that room: it names and describes none."""
    understood = turn.read.understanding
    if understood.intent not in _ROOM or understood.query or understood.anchors or understood.order:
        return []
    liked = [s for s in turn.profile.of(catalog.name, "like") if catalog.row_of(s.item_id) is not None]
    seeds = [s.item_id for s in sorted(liked, key=lambda s: -s.strength_at(turn.today))][:_SEEDS]
    filters = [given.model_dump() for given in turn.read.ledger.filters]
    args = {"item_ids": seeds, "filters": filters, "k": _NEAR}
    return [ToolCall(tool="similar_items", args=args, label=TASTE)] if seeds else []
