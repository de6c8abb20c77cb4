"""What a model makes of a history or of a message: statements, each checked against what it was given.

A value must be one of those offered, a remark must quote the user; what does not check is dropped and counted. Both
cost a call of the model, so neither happens unless it is asked for.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from agents.model.chat import ChatModel, Message
from agents.model.text import json_values
from agents.profile.private import is_private, storable
from agents.profile.rated import Rated
from agents.profile.state import Source, Statement
from agents.profile.traits import Trait, Traits
from agents.profile.words import points, sentences, speaks_of_oneself
from retrieval.catalog import Catalog
from retrieval.items import Role
from retrieval.text import fold

_SHOWN = 20
_OFFERED = 24
_LIKES, _AVOIDS = 8, 4
_STRENGTH, _REMARKED = 0.6, 0.5
_MAX_TOKENS = 260
_SYSTEM = (
    "You read what one user rated and say what they like and dislike. Choose only from the numbered traits. "
    'Answer with JSON: {"likes": [numbers, the clearest first], "dislikes": [numbers]}.'
)
_QUOTING = (
    "You note what a user says about themselves that will still hold next month: what they like, dislike, or their "
    "circumstances. Not what they want now. Quote their exact words. "
    'Answer with JSON: {"notes": [{"kind": "like"|"dislike"|"context", "quote": "…"}]}, an empty list for nothing.'
)
_RATED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "likes": {"type": "array", "items": {"type": "integer"}, "maxItems": _LIKES},
        "dislikes": {"type": "array", "items": {"type": "integer"}, "maxItems": _AVOIDS},
    },
    "required": ["likes", "dislikes"],
}
_NOTES_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "notes": {
            "type": "array",
            "maxItems": 5,
            "items": {
                "type": "object",
                "properties": {"kind": {"enum": ["like", "dislike", "context"]}, "quote": {"type": "string"}},
                "required": ["kind", "quote"],
            },
        }
    },
    "required": ["notes"],
}


class ByModel(NamedTuple):
    """What a model stated, what it cost, and how much of it was dropped."""

    statements: list[Statement]
    tokens: int
    n_dropped: int


async def values_by_model(
    model: ChatModel, rated: Sequence[Rated], catalog: Catalog, traits: Traits, today: date, timeout_s: float
) -> ByModel:
    """Let a model say which traits of the rated items the user likes or avoids, the latest ratings shown.

    Raises ModelError.
    """
    known = [one for one in sorted(rated, key=lambda one: one.day) if catalog.row_of(one.item_id) is not None]
    latest = known[-_SHOWN:]
    offered = _offered(latest, catalog, traits)
    messages = _asking(latest, offered, catalog, traits)
    reply = await model.complete(messages, schema=_RATED_SCHEMA, max_tokens=_MAX_TOKENS, timeout_s=timeout_s)
    answer = next((value for value in json_values(reply.text) if isinstance(value, dict)), {})
    statements: dict[str, Statement] = {}
    n_dropped = 0
    kinds: tuple[tuple[Literal["like", "dislike"], str, int], ...] = (
        ("like", "likes", _LIKES), ("dislike", "dislikes", _AVOIDS),
    )  # fmt: skip
    for kind, name, most in kinds:
        given = answer.get(name)
        for number in given if isinstance(given, list) else ():
            place = number - 1 if isinstance(number, int) and not isinstance(number, bool) else -1
            told = sum(s.kind == kind for s in statements.values())
            if not 0 <= place < len(offered) or told >= most:
                n_dropped += 1
                continue
            one = _stated(kind, offered[place], catalog.name, len(latest), today)
            n_dropped += one.matter in statements
            statements.setdefault(one.matter, one)
    return ByModel(list(statements.values()), reply.tokens, n_dropped)


def _offered(latest: Sequence[Rated], catalog: Catalog, traits: Traits) -> list[Trait]:
    """Return the commonest traits of the items shown; no more than a third of them people, who are many."""
    counted = Counter(
        place for row in catalog.rows_of(one.item_id for one in latest) for place in traits.matrix[row].indices.tolist()
    )
    common = [traits.traits[place] for place, n in counted.most_common() if n >= 2]
    people = [trait for trait in common if trait.role is Role.PERSON][: _OFFERED // 3]
    return [*[trait for trait in common if trait.role is not Role.PERSON][: _OFFERED - len(people)], *people]


def _asking(latest: Sequence[Rated], offered: Sequence[Trait], catalog: Catalog, traits: Traits) -> list[Message]:
    number = {(trait.field, trait.value): i + 1 for i, trait in enumerate(offered)}
    lines = [f"{i + 1}. {trait.field}: {trait.value}" for i, trait in enumerate(offered)]
    rows = []
    for one in latest:
        has = [traits.traits[place] for place in traits.matrix[catalog.rows_of([one.item_id])[0]].indices.tolist()]
        numbers = sorted(number[(trait.field, trait.value)] for trait in has if (trait.field, trait.value) in number)
        rating = "taken" if one.rating is None else f"rated {one.rating:g}"
        rows.append(f"{rating}: traits {', '.join(map(str, numbers))}")
    text = "Traits:\n" + "\n".join(lines) + "\n\nRatings (of 5), the latest last:\n" + "\n".join(rows)
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": text}]


def _stated(kind: Literal["like", "dislike"], trait: Trait, catalog: str, n_shown: int, today: date) -> Statement:
    source = Source(by="model", words=f"from {n_shown} ratings", day=today)
    return Statement(
        kind=kind, strength=_STRENGTH if kind == "like" else _STRENGTH / 2, confirmed=today, catalog=catalog,
        field=trait.field, value=trait.value, filter=trait.filter, sources=[source],
    )  # fmt: skip


async def remarks_by_model(model: ChatModel, text: str, source: Source, timeout_s: float) -> ByModel:
    """Let a model note what a message says of its author; every note quotes a sentence of theirs, else it is dropped.

    A message that does not speak of its author costs no call. Raises ModelError.
    """
    said = " ".join(part for part in sentences(storable(text, len(text))) if speaks_of_oneself(part))
    if not said:
        return ByModel([], 0, 0)
    messages = [
        {"role": "system", "content": _QUOTING},
        {"role": "user", "content": json.dumps(said, ensure_ascii=False)},
    ]
    reply = await model.complete(messages, schema=_NOTES_SCHEMA, max_tokens=_MAX_TOKENS, timeout_s=timeout_s)
    answer = next((value for value in json_values(reply.text) if isinstance(value, dict)), {})
    notes = answer.get("notes")
    checked = [_quoted(note, said, source) for note in (notes if isinstance(notes, list) else [])]
    statements = {one.matter: one for one in checked if one is not None}
    return ByModel(list(statements.values()), reply.tokens, sum(one is None for one in checked))


def _quoted(note: Any, said: str, source: Source) -> Statement | None:
    if not isinstance(note, dict) or note.get("kind") not in ("like", "dislike", "context"):
        return None
    quote = str(note.get("quote", "")).strip(" “”\"'.")
    if (
        len(quote.split()) < 2
        or points(quote)
        or fold(quote) not in fold(said)
        or is_private(quote)
        or len(sentences(quote)) > 1
    ):
        return None
    return Statement(
        kind=note["kind"], strength=_REMARKED, confirmed=source.day, text=storable(quote),
        sources=[source.model_copy(update={"by": "model", "words": storable(quote)})],
    )  # fmt: skip
