"""What a message is for, and which items it points at: those of the last slate, or those just talked about."""

import re
from dataclasses import dataclass

from agents.nouns import Nouns
from agents.state import Intent, Thread
from agents.understanding import intents
from agents.understanding.amend import SURE
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Role
from retrieval.linking import Mention
from retrieval.linking.message import words_of
from retrieval.linking.title_forms import bare_title

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
    chosen = compared_one(text, mentions, focus or slate, bundle.catalog)
    step = intents.step_from_last(text) if len(focus) == 1 and focus[0] in slate else 0
    if step and 0 <= (at := slate.index(focus[0]) + step) < len(slate):
        chosen = [slate[at]]
    placed = chosen or [shown[i] for i in intents.positions(_without(text, mentions), len(shown), nouns[2])]
    if not placed:
        known = dict.fromkeys([*shown, *(t.item_id for t in thread.ledger.tastes if t.item_id), *focus])
        placed = named_again(text, mentions, list(known), bundle.catalog)
    pointed = focus if focus and not chosen and intents.is_pronoun(text) else placed
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
    n_gone = len(pointed) - len(here) if pointed is placed else 0
    if intent == "recommend":
        intent, here = _question(text, mentions, here, focus, slate)
    return Aim(intent, here, n_gone, values_of)


def _question(
    text: str, mentions: list[Mention], pointed: list[str], focus: list[str], slate: list[str]
) -> tuple[Intent, list[str]]:
    """Take for a question what its words alone do not show: it goes on with one, or opens with the name of an item."""
    titles = [m for m in mentions if m.kind == "title" and m.item_ids]
    asked = any(m.cue == "" and intents.asks_of(text[: m.start]) for m in titles)
    compares = intents.is_comparison(text, of_these=len(focus) > 1)
    if len(titles) > 1 and asked and any(m.kind == "relative" for m in mentions):
        return "compare", pointed
    if compares and slate and not pointed:
        return "compare", focus if len(focus) > 1 else slate
    if compares and len(focus) > 1 and not titles:
        return "compare", focus
    if asked:
        return "details", pointed
    if focus and (pointed or titles) and intents.follows_up(text) and not intents.feedback_kind(text):
        return "details", pointed
    return "recommend", pointed


def compared_one(text: str, mentions: list[Mention], among: list[str], catalog: Catalog) -> list[str]:
    """Return the item that "the shorter one" stands for among those talked about, none where nothing tells."""
    for mention in mentions:
        if mention.kind not in ("relative", "order") or not _picks(text, mention):
            continue
        items = [item for item in catalog.items(catalog.rows_of(among)) if mention.field in item.values]
        if len(items) > 1 and (mention.kind == "order" or len(among) == 2):  # noqa: PLR2004  # "the longer" of two
            best = max if mention.value == "desc" else min
            return [best(items, key=lambda item: item.values[mention.field]).item_id]
    return []


def named_again(text: str, mentions: list[Mention], known: list[str], catalog: Catalog) -> list[str]:
    """Return those of the items known whose title stands in the message unlinked, as it is made of plain words."""
    words = f" {' '.join(words_of(text))} "
    linked = {item_id for m in mentions for item_id in m.item_ids}
    found = []
    for item_id in known:
        row = catalog.row_of(item_id)
        title = [] if row is None else words_of(bare_title(catalog.titles[row]))
        if item_id not in linked and len(title) > 1 and f" {' '.join(title)} " in words:
            found.append(item_id)
    return found


def _picks(text: str, mention: Mention) -> bool:
    after = (
        r" (?:one\b|of (?:the|these|those) (?:two|both)\b)"
        if mention.kind == "relative"
        else r" of (?:these|those|them)\b"
    )
    return text[: mention.start].lower().endswith("the ") and bool(re.match(after, text[mention.end :], re.I))


def _asked_values(text: str, bundle: Bundle) -> str:
    """Return the field whose values a message asks for ("which countries are there?"), "" for none."""
    listed = {field.name for field in bundle.catalog.with_role(Role.FACET, Role.PERSON)}
    named = [entry for entry in bundle.linker.fields_named(text) if entry[0] in listed]
    return next((name for name, start, end in named if intents.asks_for_values(text, start, end)), "")


def _without(text: str, mentions: list[Mention]) -> str:
    """Blank out what is linked to titles and ranges, so that digits inside them are no ordinals."""
    for mention in mentions:
        if mention.kind == "title" or mention.kind == "range" and mention.score >= SURE:
            text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text
