"""What the catalogue says of items asked about: the fact asked for, or a few of each; two items side by side."""

import re
from collections.abc import Sequence
from typing import Any

from agents.answering.brief import ExplainBrief
from agents.answering.compared import compared, measure_of, without_titles
from agents.events import SlateItem
from agents.wording import dates_the_item, describe_fact, join
from retrieval.items import Field, Role
from retrieval.linking.dimensions import asked_about
from retrieval.linking.lexicon import described, lexicon
from retrieval.text import fold, tokens

_TOLD = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
_SAID_OF_ANY = {
    "i",
    "is",
    "ha",
    "has",
    "date",
    "at",
    "on",
    "of",
    "per",
    "in",
    "number",
    "count",
    "total",
    "type",
    "the",
}
_MOST_FACTS = 5
_HOW = re.compile(
    r"\bhow (much|long|heavy|big|large|tall|far|expensive)\b|\bis (?:it|this|that|the .{1,30}) free\b", re.I
)
_ASKED_FOR = {
    "much": "price", "expensive": "price", "free": "price", "long": "length", "heavy": "weight", "big": "size",
    "large": "size", "tall": "height", "far": "distance",
}  # fmt: skip
_WHERE = re.compile(r"\b(?:where|place|location|address)\b", re.I)
_PLACES = re.compile(
    r"\b(?:city|town|country|countries|region|location|venue|place|address|state|neighbourhood|area)\b"
)
_WHO = re.compile(r"\bwho(?:'?s|se|m)?\b|\bwhich (?:person|people)\b", re.I)
_BY = re.compile(r"\bby\b|\bfrom\b", re.I)
_MAKES = frozenset("made makes make maker produced produces created creates".split())
_ABOUT = re.compile(
    r"\bwhat(?:'?s| is| are| was)?\b.{0,60}\babout\b|\b(?:plot|synopsis|summary|description|storyline|premise)\b"
    r"|\b(?:describe|the story)\b",
    re.I,
)
_TELLS = re.compile(r"plot|descri|summar|overview|synops|about|logline|story|abstract|text", re.I)
_MOST_LETTERS = 400
_MOST_PEOPLE = 3
_FEW_NAMES = 3
_A_SENTENCE = 6
"""Words."""


def about_items(brief: ExplainBrief) -> str:
    """Return the answer to a question about items shown or named."""
    if not brief.items:
        return f"I am not sure which {brief.noun[0]} you mean. Name it, or say “the second one” of those shown."
    asked = _asked_fields(brief)
    sets_against = brief.intent == "compare" or measure_of(brief.message, list(brief.fields.values()))
    if sets_against and len(brief.items) > 1:
        return compared(brief, asked)
    return "\n\n".join(_described(item, asked, brief) for item in brief.items[:3])


def _asked_fields(brief: ExplainBrief) -> list[Field]:
    """Return the fields the question is about, by label, by dimension ("how heavy") or by verb ("directed")."""
    message = without_titles(brief)
    words = tokens(message)
    fields = [f for f in brief.fields.values() if f.role in _TOLD]
    by_dimension = {field.name for field in asked_about(words, fields)}
    if "when" in words:
        by_dimension |= {f.name for f in fields if f.unit == "year" or f.role is Role.DATE}
    if _WHERE.search(message):
        by_dimension |= {f.name for f in fields if f.role is Role.FACET and _PLACES.search(f.label.lower())}
    said = {form for word in words for form in (word, word.removesuffix("s"))}
    named = [field for field in fields if _is_named(field, said)]
    done = [field for field in _who(message, fields) if field not in named]
    return [*done, *named] or [field for field in fields if field.name in by_dimension]


def _who(message: str, fields: Sequence[Field]) -> list[Field]:
    """Return who did what a question asks: "who wrote it?", "who is the star?", "who made it?" of any catalogue."""
    said, words = f" {fold(message)} ", set(tokens(message))
    called = [c for c in lexicon()["callings"] if not c.get("kind")]
    spoken = [c for c in called if any(f" {word} " in said or f" {word}s " in said for word in _calls(c, message))]
    found = [f for f in fields if any(re.search(c["fields"], described(f), re.I) for c in spoken)]
    if found or not _WHO.search(message):
        return found
    people = [field for field in fields if field.role is Role.PERSON]
    makers = [
        f for f in people if not any(c.get("acts") and re.search(c["fields"], described(f), re.I) for c in called)
    ]
    return (makers if words & _MAKES else [] if spoken else people)[:_MOST_PEOPLE]


def _calls(calling: dict[str, Any], message: str) -> list[str]:
    verbs = calling["verbs"] if _WHO.search(message) or _BY.search(message) else []
    playing = ["playing", "starring", "acting", "in it", "in this"] if calling.get("acts") and verbs else []
    return [*calling["words"], *verbs, *playing]


def _is_named(field: Field, said: set[str]) -> bool:
    """Whether a question names a field; one of yes and no by all its words: "free" is not "step free"."""
    words = _label_words(field)
    is_flag = field.role is Role.FACET and not field.many and field.n_values <= 2
    return words <= said if is_flag else bool(words & said)


def _label_words(field: Field) -> set[str]:
    words = {word.removesuffix("s") for word in tokens(field.label)}
    return words - _SAID_OF_ANY if len(words) > 1 else words


def _described(item: SlateItem, asked: Sequence[Field], brief: ExplainBrief) -> str:
    if not asked and _ABOUT.search(brief.message):
        return _story(item, brief)
    known = {field.name: value for field, value in brief.facts(item)}
    wanted = [field for field in asked if field.name in known]
    if asked and not wanted:
        return f"The catalogue does not say the {join([f.label for f in asked[:2]], 'or')} of {brief.name(item)}."
    if not asked and _WHO.search(brief.message):
        return f"The catalogue does not say that of {brief.name(item)}."
    if not asked and (untold := _untold(item, brief)):
        return untold
    if any(dates_the_item(field) for field in wanted):
        facts = "; ".join(describe_fact(field, known[field.name]) for field in wanted)
        return f"**{item.title}**: {_ended(facts)}"
    facts = _facts(item, wanted, brief)
    return f"{brief.name(item)}: {_ended(facts)}" if facts else f"The catalogue says no more about {brief.name(item)}."


def _facts(item: SlateItem, wanted: Sequence[Field], brief: ExplainBrief) -> str:
    known = {field.name: value for field, value in brief.facts(item)}
    told = wanted or [field for field, _ in brief.facts(item) if not dates_the_item(field)][:_MOST_FACTS]
    return "; ".join(describe_fact(field, _joined(field, known[field.name])) for field in told)


def _joined(field: Field, value: Any) -> Any:
    """Return a few names as people say them: "Ann Lee and Bo Li"."""
    few = field.role is Role.PERSON and isinstance(value, list) and len(value) <= _FEW_NAMES
    return join(value) if few else value


def _ended(facts: str) -> str:
    return facts if facts.endswith("…") else f"{facts}."


def _story(item: SlateItem, brief: ExplainBrief) -> str:
    """Return what the catalogue tells of an item in sentences; where it has none, say so and tell the facts."""
    texts = [f for f in brief.fields.values() if _tells(f, item.fields.get(f.name))]
    texts.sort(key=lambda field: not _TELLS.search(described(field)))
    if texts:
        return f"{brief.name(item)}: {_opening(str(item.fields[texts[0].name]))}"
    facts = _facts(item, (), brief)
    none = f"The catalogue has no description of {brief.name(item)}"
    return f"{none}, only this: {_ended(facts)}" if facts else f"{none}."


def _tells(field: Field, value: Any) -> bool:
    """Whether a value is text; where the same few texts come again and again, the field was taken for a facet."""
    if field.role is Role.TEXT:
        return bool(str(value or "").strip())
    return field.role is Role.FACET and isinstance(value, str) and len(value.split()) >= _A_SENTENCE


def _opening(text: str) -> str:
    """Return the first sentences of a text, whole ones where they are short enough."""
    text = " ".join(text.split())
    if len(text) <= _MOST_LETTERS:
        return text
    cut = text[:_MOST_LETTERS]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? "))
    return cut[: end + 1] if end > _MOST_LETTERS // 4 else cut.rsplit(" ", 1)[0] + "…"


def _untold(item: SlateItem, brief: ExplainBrief) -> str:
    """Say that the catalogue has no such fact, where a question asks for one by its measure: "how much is it"."""
    asked = _HOW.search(brief.message)
    if not asked:
        return ""
    what = _ASKED_FOR.get((asked[1] or "free").lower(), "")
    return f"The catalogue does not say the {what} of {brief.name(item)}." if what else ""
