"""Scores 0–4 by rules alone; null where code cannot see, never 0 for that."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.dialogues import Dialogue, exchanges
from eval.judging.grounded import Ground, Grounded
from eval.judging.seen import Seen, look

Score = float | None
TOP = 4.0
UNSEEN = ("relevance", "personalisation", "proactivity")
"""Dimensions of the rubric on which code says nothing."""


def judge(dialogue: Dialogue, ground: Ground | None = None) -> dict[str, Any]:
    """Return the dialogue's line of `eval judge`: scores by dimension and what was seen in every exchange."""
    seen = look(exchanges(dialogue))
    items = ground.look(dialogue) if ground else None
    scores: dict[str, Score] = {
        "understanding": _understanding(seen),
        "efficiency": _efficiency(seen),
        "diversity": _diversity(seen),
        "fluency": _share([not (one.empty or one.gap or one.repeated or one.stutter) for one in seen]),
        "faithfulness": _faithfulness(items),
        "constraints": _constraints(items),
    }
    known = [score for score in scores.values() if score is not None]
    scores |= {"overall": round(sum(known) / len(known), 3) if known else None, **dict.fromkeys(UNSEEN)}
    turns = [_turn(i, one, items[i] if items else None) for i, one in enumerate(seen)]
    return {"dialogue_id": dialogue.dialogue_id, "scores": scores, "turns": turns, "model_calls": 0}


def _share(held: Sequence[bool]) -> Score:
    return round(TOP * sum(held) / len(held), 3) if held else None


def _understanding(seen: Sequence[Seen]) -> Score:
    """Of what was asked for: how much was given, and not complained about or asked again."""
    asking = [one for one in seen if one.asked in ("items", "about")]
    return _share([one.answered and one.taken != "complaint" and not one.asked_again for one in asking])


def _efficiency(seen: Sequence[Seen]) -> Score:
    """Full where the first request for items is met at once, falling with every exchange until it is."""
    asked = next((i for i, one in enumerate(seen) if one.asked == "items"), None)
    if asked is None:
        return None
    met = next((i for i, one in enumerate(seen) if i >= asked and one.named), None)
    return 0.0 if met is None else round(TOP / (1 + met - asked), 3)


def _diversity(seen: Sequence[Seen]) -> Score:
    """Of the items named: how many had not been named before."""
    n = sum(len(one.named) for one in seen)
    return round(TOP * sum(one.fresh for one in seen) / n, 3) if n > 1 else None


def _faithfulness(items: Sequence[Grounded] | None) -> Score:
    """Of the items named: how many exist."""
    n = sum(one.n_items for one in items or ())
    return round(TOP * sum(len(one.item_ids) for one in items or ()) / n, 3) if n else None


def _constraints(items: Sequence[Grounded] | None) -> Score:
    """Of the items given where a limit was just stated: how many keep it."""
    limited = [one for one in items or () if one.limits and one.item_ids]
    n = sum(len(one.item_ids) for one in limited)
    return round(TOP * (1 - sum(len(one.breaks) for one in limited) / n), 3) if n else None


def _turn(number: int, seen: Seen, items: Grounded | None) -> Mapping[str, Any]:
    flags = [name for name in ("empty", "gap", "repeated", "idle", "stutter") if getattr(seen, name)]
    told: dict[str, Any] = {
        "exchange": number,
        "asked": seen.asked,
        "named": list(seen.named),
        "answered": seen.answered if seen.asked in ("items", "about") else None,
        "faults": flags,
        "taken": seen.taken,
    }
    if items is not None:
        told |= {"items": list(items.item_ids), "unknown": list(items.unknown), "breaks": list(items.breaks)}
    return told
