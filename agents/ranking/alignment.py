"""A model as ranker, after ARAG: in one call it says which of the best of a pool suit the wish, and they change places.

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
from agents.wording import describe_fact, describe_filter, is_flag
from errors import ModelError
from retrieval.items import Item, Role

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn

TOP = 20
"""So many of the best change places; the rest stay behind them."""
WEIGHT = 0.35
"""A standard deviation of the grades is worth so many of the scores. On 671 turns of ReDial, grades drawn by lot
then cost 3 % of NDCG@10, and a judge that puts what people took half a standard deviation ahead wins 6 %."""
_BEST = 8
"""So many are named as the best, at most."""
_COUNTED = 3
"""Of more than so many, the order of the list is no judgement: it was drawn by lot."""
_SPOKEN_TO = frozenset({"recommend", "similar", "more", "feedback"})
_MAX_TOKENS = 120
_PAST, _SAID_CHARS, _TITLES = 4, 300, 8
_TITLE_CHARS, _LINE_CHARS, _TEXT_CHARS = 80, 200, 80
_MOST_FIELDS, _MOST_REASONS = 3, 2
_FAME = "filter_items"
"""Source of reasons that say only how well known an item is."""
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
    """Return the JSON schema of an answer on n items."""
    number = {"type": "integer", "minimum": 1, "maximum": n}
    named = {name: {"type": "array", "items": number, "maxItems": _BEST} for name in ("best", "against")}
    return {"type": "object", "properties": named, "required": list(named), "additionalProperties": False}


def grades_in(text: str, n: int) -> np.ndarray | None:
    """Return (n,) grades by number: 2 falling to 1 for the best as named, 0 for the others, −1 for those against.

    None where no item is named, or the best are those that stand first on the list, one by one: who answers so has
    counted, not judged. Half an answer has to do: it is shorter, and so sooner there, than a grade an item, of
    which small models copy one for all.
    """
    for value in json_values(text):
        if not isinstance(value, dict):
            continue
        best = _numbers(value.get("best"), n)[:_BEST]
        against = [i for i in _numbers(value.get("against"), n) if i not in best]
        if best[_COUNTED:] and best == list(range(len(best))):
            return None
        if best or against:
            grades = np.zeros(n)
            grades[best] = np.linspace(2, 1, len(best))
            grades[against] = -1
            return grades
    return None


def _numbers(value: Any, n: int) -> list[int]:
    """Return the places, from 0, of the numbers 1…n in a list, each once; also of "3" and 3.0."""
    texts = [str(part).removesuffix(".0") for part in value] if isinstance(value, list) else []
    numbers = (int(text) for text in texts if text.isdecimal() and len(text) < 4)
    return list(dict.fromkeys(number - 1 for number in numbers if 1 <= number <= n))


def messages_for(entries: Sequence[Ranked], turn: "Turn", kit: "Kit") -> list[Message]:
    """Return what the model is asked: the wish in the user's words, and a line an item, as data in a fence."""
    items = kit.bundle.catalog.items([entry.row for entry in entries])
    lines = [f"{i}. {_line(e, item, turn, kit)}" for i, (e, item) in enumerate(zip(entries, items, strict=True), 1)]
    told = load_prompt("align").substitute(nouns=kit.nouns[1], n=min(_BEST, len(lines))).strip()
    asked = "\n".join([*_wish(turn, kit), "<list>", *lines, "</list>"])
    return [{"role": "system", "content": told}, {"role": "user", "content": asked}]


def _wish(turn: "Turn", kit: "Kit") -> list[str]:
    catalog, ledger = kit.bundle.catalog, turn.read.ledger
    lines = [f"Said before: {_plain(past.user, _SAID_CHARS)}" for past in turn.thread.past[-_PAST:] if past.user]
    lines.append(f"Wanted now: {_plain(turn.text, _SAID_CHARS) or 'more for this taste'}")
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
    kinds = [f for f in kinds if not is_flag(f, item.values[f.name])]
    kinds = sorted(kinds, key=lambda f: (f.name not in named, f.unit != "year"))[:_MOST_FIELDS]
    parts = [item.title[:_TITLE_CHARS], *(describe_fact(f, item.values[f.name]) for f in kinds)]
    if understood.query and (text := next((f for f in fields if f.role is Role.TEXT), None)):
        parts.append(str(item.values[text.name])[:_TEXT_CHARS])
    reasons = [r.text for r in reasons_for(entry, item, [], None, catalog) if r.source != _FAME]
    return _plain(" | ".join([*parts, *reasons[:_MOST_REASONS]]), _LINE_CHARS)


def _plain(text: str, most: int) -> str:
    """One line that cannot end the fence."""
    return " ".join(text.replace("<", "(").replace(">", ")").split())[:most]
