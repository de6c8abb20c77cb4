"""What a message is for, and which items it points at: those of the last slate, or those just talked about."""

from dataclasses import dataclass

from agents.nouns import Nouns
from agents.state import Intent, Thread
from agents.understanding import intents
from agents.understanding.amend import SURE
from retrieval.bundle import Bundle
from retrieval.items import Role
from retrieval.linking import Mention

_BOUNDS = ("value", "range", "relative", "order")


@dataclass(frozen=True)
class Aim:
    """The intent of a message with the items it points at."""

    intent: Intent
    pointed: list[str]
    n_gone: int = 0
    """Items pointed at that are no longer in the catalogue."""
    values_of: str = ""
    """The field whose values are asked for."""


def aim_of(text: str, mentions: list[Mention], thread: Thread, bundle: Bundle, nouns: Nouns) -> Aim:
    """Find what the message points at, then what it wants done with it."""
    slate = thread.last_slate
    focus = thread.past[-1].focus if thread.past else []
    shown = slate or focus
    placed = [shown[i] for i in intents.positions(_without(text, mentions), len(shown), nouns[2])]
    pointed = focus if focus and intents.is_pronoun(text) else placed
    here = [item_id for item_id in pointed if bundle.catalog.row_of(item_id) is not None]
    titles = [m for m in mentions if m.kind == "title" and m.item_ids]
    values_of = "" if here else _asked_values(text, bundle)
    intent = intents.intent_of(
        text,
        points_at_items=bool(here or titles),
        has_limits=any((m.kind in _BOUNDS and m.score >= SURE) or m.cue == "lift" for m in mentions),
        similar_cue=any(m.cue == "similar" for m in titles),
        asks_values=bool(values_of),
    )
    if intent == "recommend":
        intent, here = _question(text, titles, here, focus, slate)
    return Aim(intent, here, len(pointed) - len(here) if pointed is placed else 0, values_of)


def _question(
    text: str, titles: list[Mention], pointed: list[str], focus: list[str], slate: list[str]
) -> tuple[Intent, list[str]]:
    """Take for a question what its words alone do not show: it goes on with one, or opens with the name of an item."""
    compares = intents.is_comparison(text, of_these=len(focus) > 1)
    if compares and slate and not pointed:
        return "compare", focus if len(focus) > 1 else slate
    if compares and len(focus) > 1 and not titles:
        return "compare", focus
    if any(m.cue == "" and intents.asks_of(text[: m.start]) for m in titles):
        return "details", pointed
    if focus and (pointed or titles) and intents.follows_up(text) and not intents.feedback_kind(text):
        return "details", pointed
    return "recommend", pointed


def _asked_values(text: str, bundle: Bundle) -> str:
    """Return the field whose values a message asks for ("which countries are there?"), "" for none."""
    listed = {field.name for field in bundle.catalog.with_role(Role.FACET, Role.PERSON)}
    named = [entry for entry in bundle.linker.fields_named(text) if entry[0] in listed]
    return next((name for name, start, end in named if intents.asks_for_values(text, start, end)), "")


def _without(text: str, mentions: list[Mention]) -> str:
    """Blank out what is linked to titles and ranges, so that digits inside them are no ordinals."""
    for mention in mentions:
        if mention.kind in ("title", "range"):
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text
