"""What the catalogue says of items asked about: the fact asked for, or a few of each; two items side by side."""

import re
from collections.abc import Sequence

from agents.answering.brief import ExplainBrief
from agents.answering.compared import compared, measure_of
from agents.events import SlateItem
from agents.wording import dates_the_item, describe_fact, join
from retrieval.items import Field, Role
from retrieval.linking.dimensions import asked_about
from retrieval.text import tokens

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
_STEMS = {
    "direct": "director",
    "wrote": "writer",
    "writ": "writer",
    "star": "actor",
    "play": "actor",
    "act": "actor",
    "actor": "cast",
}


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
    words = tokens(brief.message)
    stems = {noun for word in words for stem, noun in _STEMS.items() if word.startswith(stem)}
    fields = [f for f in brief.fields.values() if f.role in _TOLD]
    by_dimension = {field.name for field in asked_about(words, fields)}
    if "when" in words:
        by_dimension |= {f.name for f in fields if f.unit == "year" or f.role is Role.DATE}
    if _WHERE.search(brief.message):
        by_dimension |= {f.name for f in fields if f.role is Role.FACET and _PLACES.search(f.label.lower())}
    said = {form for word in (*words, *stems) for form in (word, word.removesuffix("s"))}
    named = [field for field in fields if _is_named(field, said)]
    return named or [field for field in fields if field.name in by_dimension]


def _is_named(field: Field, said: set[str]) -> bool:
    """Whether a question names a field; one of yes and no by all its words: "free" is not "step free"."""
    words = _label_words(field)
    is_flag = field.role is Role.FACET and not field.many and field.n_values <= 2
    return words <= said if is_flag else bool(words & said)


def _label_words(field: Field) -> set[str]:
    words = {word.removesuffix("s") for word in tokens(field.label)}
    return words - _SAID_OF_ANY if len(words) > 1 else words


def _described(item: SlateItem, asked: Sequence[Field], brief: ExplainBrief) -> str:
    known = {field.name: value for field, value in brief.facts(item)}
    wanted = [field for field in asked if field.name in known]
    if asked and not wanted:
        return f"The catalogue does not say the {join([f.label for f in asked[:2]], 'or')} of {brief.name(item)}."
    if not asked and (untold := _untold(item, brief)):
        return untold
    told = wanted or [field for field, _ in brief.facts(item) if not dates_the_item(field)][:_MOST_FACTS]
    facts = "; ".join(describe_fact(field, known[field.name]) for field in told)
    if any(dates_the_item(field) for field in told):
        return f"**{item.title}**: {facts}."
    return f"{brief.name(item)}: {facts}." if facts else f"The catalogue says no more about {brief.name(item)}."


def _untold(item: SlateItem, brief: ExplainBrief) -> str:
    """Say that the catalogue has no such fact, where a question asks for one by its measure: "how much is it"."""
    asked = _HOW.search(brief.message)
    if not asked:
        return ""
    what = _ASKED_FOR.get((asked[1] or "free").lower(), "")
    return f"The catalogue does not say the {what} of {brief.name(item)}." if what else ""
