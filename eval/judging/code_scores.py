"""Scores 0–4 by rules alone, and the checks they rest on; null where code cannot see, never 0 for that."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from eval.dialogues import Dialogue, Exchange, exchanges
from eval.judging.faults import FAULTS, WITHOUT_CATALOG, of_reply
from eval.judging.grounded import Ground, Grounded, exist, kept
from eval.judging.measures import asked, of_items, spent
from eval.judging.seen import Seen, look

Score = float | None
TOP = 4.0
UNSEEN = ("relevance", "proactivity")
"""Dimensions of the rubric on which code says nothing."""
_FLAGS = ("empty", "gap", "repeated", "idle", "stutter", "echo", "cut")
_UNFLUENT = ("empty", "gap", "repeated", "stutter", "echo", "cut")


def judge(dialogue: Dialogue, ground: Ground | None = None) -> dict[str, Any]:
    """Return the dialogue's line of `eval judge`: scores by dimension, checks, and what was seen in every exchange."""
    talk = exchanges(dialogue)
    seen = look(talk)
    items = ground.look(dialogue) if ground else None
    scores: dict[str, Score] = {
        "understanding": _understanding(seen, talk),
        "efficiency": _efficiency(seen),
        "diversity": _diversity(seen) if items is None else _variety(items),
        "fluency": _share([not any(getattr(one, flag) for flag in _UNFLUENT) for one in seen]),
        "faithfulness": _faithfulness(items) if items is not None else None,
        "constraints": _scaled(kept(items)) if items is not None else None,
        "personalisation": _personalisation(items) if items is not None else None,
    }
    known = [score for score in scores.values() if score is not None]
    scores |= {"overall": round(sum(known) / len(known), 3) if known else None, **dict.fromkeys(UNSEEN)}
    checks: dict[str, Any] = {"faults": _faults(talk, items), **asked(seen, talk), **spent(talk)}
    if ground and items is not None:
        checks |= of_items(items, dialogue.task, ground.bundle)
    turns = [_turn(i, one, items[i] if items else None) for i, one in enumerate(seen)]
    whose = {"dialogue_id": dialogue.dialogue_id, "system": dialogue.system}
    return {**whose, "scores": scores, "checks": checks, "turns": turns, "model_calls": 0}


def _faults(talk: Sequence[Exchange], items: Sequence[Grounded] | None) -> dict[str, int | None]:
    """Count the faults by name; null for those that only a catalogue shows."""
    if items is not None:
        counted = Counter(name for one in items for name, _ in one.checked.faults)
        return {name: counted[name] for name in FAULTS}
    replies = [exchange.reply for exchange in talk]
    pairs = [(one, replies[:i] + replies[i + 1 :]) for i, one in enumerate(talk)]
    counted = Counter(name for one, others in pairs for name, _ in of_reply(one, others))
    return {name: counted[name] if name in WITHOUT_CATALOG else None for name in FAULTS}


def _scaled(share: float | None) -> Score:
    return None if share is None else round(TOP * max(share, 0), 3)


def _share(held: Sequence[bool]) -> Score:
    return _scaled(sum(held) / len(held)) if held else None


def _understanding(seen: Sequence[Seen], talk: Sequence[Exchange]) -> Score:
    """Of what was asked for: how much was given, and not complained about or asked again."""
    asking = [(one, exchange) for one, exchange in zip(seen, talk, strict=True) if one.asked in ("items", "about")]
    return _share(
        [_given(one, exchange) and one.taken != "complaint" and not one.asked_again for one, exchange in asking]
    )


def _given(seen: Seen, exchange: Exchange) -> bool:
    """Whether a reply gives what was asked; a few words on the very items it says it shows are an answer."""
    shows = bool(exchange.account and exchange.items and not seen.repeated)
    return seen.answered or (seen.asked == "about" and shows and not seen.empty)


def _efficiency(seen: Sequence[Seen]) -> Score:
    """Full where the first request for items is met at once, falling with every exchange until it is."""
    first = next((i for i, one in enumerate(seen) if one.asked == "items"), None)
    if first is None:
        return None
    met = next((i for i, one in enumerate(seen) if i >= first and one.named), None)
    return 0.0 if met is None else round(TOP / (1 + met - first), 3)


def _diversity(seen: Sequence[Seen]) -> Score:
    """Of the items named: how many had not been named before."""
    n = sum(len(one.named) for one in seen)
    return round(TOP * sum(one.fresh for one in seen) / n, 3) if n > 1 else None


def _variety(items: Sequence[Grounded]) -> Score:
    """Of the items recommended, existing or not: how many had not been recommended before."""
    shown = [item for one in items for item in (*one.read.recommended, *one.read.unknown, *one.checked.named("twice"))]
    return _scaled(len(set(shown)) / len(shown)) if len(shown) > 1 else None


def _faithfulness(items: Sequence[Grounded]) -> Score:
    """Of the items named, how many exist; of what is said, how much is so: the lesser of the two shares."""
    n = sum(one.checked.n_claims for one in items)
    wrong = sum(len(one.checked.named("unsupported", "inconsistent", "mistitled")) for one in items)
    shares = [share for share in (exist(items), 1 - wrong / n if n else None) if share is not None]
    return _scaled(min(shares)) if shares else None


def _personalisation(items: Sequence[Grounded]) -> Score:
    """Of the lists shown once the user had refused, liked or known something: how many hold nothing of it."""
    told = [one for one in items if one.read.recommended and one.read.is_told]
    return _share([not one.checked.named("refused_again", "known_again", "shown_again") for one in told])


def _turn(number: int, seen: Seen, items: Grounded | None) -> Mapping[str, Any]:
    told: dict[str, Any] = {
        "exchange": number,
        "asked": seen.asked,
        "named": list(seen.named),
        "answered": seen.answered if seen.asked in ("items", "about") else None,
        "faults": [name for name in _FLAGS if getattr(seen, name)],
        "taken": seen.taken,
    }
    if items is not None:
        told |= {"items": list(items.read.item_ids), "unknown": list(items.read.unknown), "breaks": items.broken}
        told["found"] = [[name, what] for name, what in items.checked.faults]
    return told
