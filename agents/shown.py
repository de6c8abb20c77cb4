"""A finished turn as programs read it: the same members at every door."""

from typing import Any

from agents.events import SlateItem, TurnFinished


def turn_shown(finished: TurnFinished, *, full: bool = True) -> dict[str, Any]:
    """Return a turn, JSON-plain; `question` only where one was asked. Not `full`: of items only ids and scores."""
    out: dict[str, Any] = {
        "items": [_item(item, full=full) for item in finished.items],
        "filters": [f.model_dump() for f in finished.filters],
    }
    if finished.question:
        out["question"] = finished.question.model_dump()
    out |= {
        "reply": finished.reply,
        "notices": finished.notices,
        "tools": [{"name": tool.name, "ms": tool.ms, "n_hits": tool.n_hits} for tool in finished.tools],
    }
    return out | finished.model_dump(include={"adventure", "planner", "model_calls", "tokens", "ms"})


def _item(item: SlateItem, *, full: bool) -> dict[str, Any]:
    """Return an item; `strength` only where it is known, `breaks` only where it breaks something."""
    out: dict[str, Any] = {"item_id": item.item_id, "score": item.score}
    if full:
        out |= {"title": item.title, "fields": item.fields, "reasons": [r.model_dump() for r in item.reasons]}
    if item.strength is not None:
        out["strength"] = item.strength
    return out | ({"breaks": [f.model_dump() for f in item.breaks]} if item.breaks else {})
