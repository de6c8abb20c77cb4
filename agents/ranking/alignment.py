"""A model as ranker, after ARAG: it grades how the best of a pool suit the wish, in one call, and they are reordered.

It reads text of the catalogue, so it has no tools, and all it can do is to order items that were there before.
"""

import random
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.answering.reasons import reasons_for
from agents.budget import MAX_CALLS
from agents.model.chat import Message
from agents.model.text import json_values
from agents.planning.prompts import load_prompt
from agents.ranking.ranker import Ranked
from agents.wording import describe_fact, describe_filter
from errors import ModelError
from retrieval.items import Item, Role

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn

TOP = 20
"""So many of the best change places; the rest stay behind them."""
WEIGHT = 0.5
"""A standard deviation of the grades is worth so many of the scores: grades drawn by lot must cost little."""
_GRADES = (0, 1, 2, 3)
_SPOKEN_TO = frozenset({"recommend", "similar", "more", "feedback"})
_MAX_TOKENS = 260
_PAST, _SAID_CHARS, _TITLES = 4, 300, 8
_TITLE_CHARS, _LINE_CHARS, _TEXT_CHARS = 80, 260, 120
_MOST_FIELDS, _MOST_REASONS = 4, 2
_SHARE_OF_TIME = 0.5
"""Part of the time left that grading may take; the answer needs the rest."""


def aligns(turn: "Turn", kit: "Kit") -> bool:
    """Whether a turn is to be graded: switched on, no order asked for by name, a call left for the answer."""
    understood = turn.read.understanding
    wanted = understood.intent in _SPOKEN_TO and not understood.order and len(turn.ranked) > 1
    spare = turn.budget.open and turn.budget.n_calls <= MAX_CALLS - 2
    return kit.settings.llm_ranker == "on" and wanted and spare


async def align(turn: "Turn", kit: "Kit") -> list[Ranked]:
    """Return the pool with its best reordered; as it was, with a note, where the model gives no grades."""
    best = turn.ranked[:TOP]
    order = shuffled([kit.bundle.catalog.ids[entry.row] for entry in best], turn.text)
    try:
        reply = await turn.budget.complete(
            messages_for([best[i] for i in order], turn, kit),
            schema=schema_of(len(best)),
            max_tokens=_MAX_TOKENS,
            timeout_s=min(kit.settings.llm_timeout_s, turn.left_s * _SHARE_OF_TIME),
        )
    except ModelError as error:
        turn.model_notes.append(f"ranker: {error}")
        return turn.ranked
    told = grades_in(reply.text, len(best))
    if told is None:
        turn.model_notes.append("ranker: no grades could be read; the order is the fitted one")
        return turn.ranked
    grades = np.empty(len(best))
    grades[order] = told
    return [*blended(best, grades), *turn.ranked[TOP:]]


def shuffled(item_ids: Sequence[str], text: str) -> list[int]:
    """Return places in the order in which the model sees them: by lot, the same lot for the same turn.

    Small models favour what stands first, which would only repeat the order they are given.
    """
    seed = blake2b("\n".join([text, *sorted(item_ids)]).encode(), digest_size=8).digest()
    places = sorted(range(len(item_ids)), key=lambda place: item_ids[place])
    random.Random(seed).shuffle(places)
    return places


def blended(best: Sequence[Ranked], grades: np.ndarray, weight: float = WEIGHT) -> list[Ranked]:
    """Reorder by scores and grades (n,), each in standard deviations; equal grades change nothing."""
    worth = _standard(np.array([entry.score for entry in best])) + weight * _standard(grades)
    return [best[i] for i in np.argsort(-worth, kind="stable").tolist()]


def _standard(values: np.ndarray) -> np.ndarray:
    spread = values.std()
    scaled: np.ndarray = (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))
    return scaled


def schema_of(n: int) -> dict[str, Any]:
    """Return the JSON schema of n grades, by number."""
    numbers = [str(i) for i in range(1, n + 1)]
    grade = {"type": "integer", "enum": list(_GRADES)}
    return {
        "type": "object",
        "properties": dict.fromkeys(numbers, grade),
        "required": numbers,
        "additionalProperties": False,
    }


def grades_in(text: str, n: int) -> np.ndarray | None:
    """Return (n,) grades by number, the mean where one is missing; None where half and more of them are."""
    for value in json_values(text):
        found = _by_number(value)
        grades = [_grade(found.get(i)) for i in range(1, n + 1)]
        known = [grade for grade in grades if grade is not None]
        if len(known) > n / 2:
            mean = sum(known) / len(known)
            return np.array([mean if grade is None else grade for grade in grades])
    return None


def _by_number(value: Any) -> dict[int, Any]:
    if isinstance(value, dict) and isinstance(inner := value.get("grades"), dict | list):
        value = inner
    if isinstance(value, list):
        value = {str(i): grade for i, grade in enumerate(value, start=1)}
    return {int(key): grade for key, grade in value.items() if str(key).isdecimal()} if isinstance(value, dict) else {}


def _grade(value: Any) -> float | None:
    """Read 2, 2.0, "2"; a grade outside 0–3 is none."""
    try:
        grade = float(value)
    except (TypeError, ValueError):
        return None
    return grade if _GRADES[0] <= grade <= _GRADES[-1] else None


def messages_for(entries: Sequence[Ranked], turn: "Turn", kit: "Kit") -> list[Message]:
    """Return what the model is asked: the wish in the user's words, and a line an item, as data in a fence."""
    items = kit.bundle.catalog.items([entry.row for entry in entries])
    lines = [f"{i}. {_line(e, item, turn, kit)}" for i, (e, item) in enumerate(zip(entries, items, strict=True), 1)]
    told = load_prompt("align").substitute(nouns=kit.nouns[1]).strip()
    asked = "\n".join([*_wish(turn, kit), "<list>", *lines, "</list>"])
    return [{"role": "system", "content": told}, {"role": "user", "content": asked}]


def _wish(turn: "Turn", kit: "Kit") -> list[str]:
    catalog, ledger = kit.bundle.catalog, turn.read.ledger
    lines = [f"Said before: {past.user[:_SAID_CHARS]}" for past in turn.thread.past[-_PAST:] if past.user]
    lines.append(f"Wanted now: {turn.text[:_SAID_CHARS] or 'more for this taste'}")
    for kind, ids in (("Liked", [*turn.thread.named, *ledger.items("like")]), ("Disliked", ledger.items("dislike"))):
        rows = catalog.rows_of(list(dict.fromkeys(ids))[-_TITLES:])
        titles = [_plain(catalog.titles[row], _TITLE_CHARS) for row in rows]
        lines += [f"{kind}: {'; '.join(titles)}"] if titles else []
    limits = [describe_filter(f, catalog.fields[f.field]) for f in ledger.filters if f.field in catalog.fields]
    return [*lines, *([f"Limits, met by all: {'; '.join(limits)}"] if limits else [])]


def _line(entry: Ranked, item: Item, turn: "Turn", kit: "Kit") -> str:
    """Tell of an item what a judge needs: title, the fields people speak of, the evidence for it."""
    catalog, understood = kit.bundle.catalog, turn.read.understanding
    named = {f.field for f in turn.read.ledger.filters}
    fields = [f for f in catalog.fields.values() if f.name in item.values]
    kinds = [f for f in fields if f.role is Role.FACET or f.unit == "year" or f.name in named]
    kinds = sorted(kinds, key=lambda f: (f.name not in named, f.unit != "year", f.n_values))[:_MOST_FIELDS]
    parts = [item.title[:_TITLE_CHARS], *(describe_fact(f, item.values[f.name]) for f in kinds)]
    if understood.query and (text := next((f for f in fields if f.role is Role.TEXT), None)):
        parts.append(str(item.values[text.name])[:_TEXT_CHARS])
    reasons = reasons_for(entry, item, [], None, catalog)[:_MOST_REASONS]
    return _plain(" | ".join([*parts, *(reason.text for reason in reasons)]), _LINE_CHARS)


def _plain(text: str, most: int) -> str:
    """One line that cannot end the fence."""
    return " ".join(text.replace("<", "(").replace(">", ")").split())[:most]
