"""Replies without a model: one or two sentences from the brief alone, varied but always the same for the same turn."""

import re
import zlib
from collections.abc import Sequence

from agents.events import Reason, SlateItem
from agents.explain_brief import ExplainBrief
from agents.wording import dates_the_item, describe_fact, describe_filter, describe_value, join
from retrieval.items import Field, Role
from retrieval.linking.dimensions import asked_about
from retrieval.text import tokens

_TOLD = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
_SAID_OF_ANY = {"i", "is", "ha", "has", "date", "at", "on", "of", "per", "in", "number", "count", "total", "type", "the"}
_MOST_FACTS = 5
_MOST_VALUES = 12
_MOST_LIMITS = 5
_OPENERS = ("Here are {n} {noun}.", "I found {n} {noun} for you.", "{n} {noun} to look at.")
_FITTING = (
    "Here are {n} of the {pool} {noun} that fit: {limits}.",
    "I picked {n} of the {pool} {noun} that fit: {limits}.",
    "There are {pool} {noun} that fit ({limits}); these are my pick.",
)
_FIRST = ("I would start with {name}{why}.", "{name} comes first{why}.", "Top of the list is {name}{why}.")
_MENTIONED = re.compile(r"^(.+), as you mentioned$")
_SMALLEST_FIRST = frozenset(
    "short shorter shortest old older oldest cheap cheaper cheapest light lighter lightest small smaller smallest near"
    " nearer nearest close closer closest easy easier easiest less least lower lowest fewer fewest early earlier"
    " earliest slow slower slowest quick quicker quickest".split()
)
_WHERE = re.compile(r"\b(?:where|place|location|address)\b", re.I)
_PLACES = re.compile(
    r"\b(?:city|town|country|countries|region|location|venue|place|address|state|neighbourhood|area)\b"
)
_STEMS = {"direct": "director", "wrote": "writer", "writ": "writer", "star": "actor", "play": "actor", "act": "actor"}


def template_reply(brief: ExplainBrief) -> str:
    """Return the reply of a turn without a model; every fact in it is in the slate or in the ledger."""
    if brief.intent == "recap":
        return _recap(brief)
    if brief.intent == "help":
        return _help(brief)
    if brief.intent == "smalltalk" and not brief.items:
        return _smalltalk(brief)
    if brief.intent in ("details", "compare"):
        return _about(brief)
    if brief.intent == "values" and brief.values_of in brief.fields:
        return _values(brief)
    if brief.intent == "count":
        return _count(brief)
    greeting = "Hello! " if brief.intent == "smalltalk" else ""
    return greeting + _list(brief) if brief.items else _nothing(brief)


def relaxed_sentence(brief: ExplainBrief) -> str:
    """Return the sentence that says which limit was put aside, "" where none was."""
    if not brief.relaxed or not brief.items:
        return ""
    dropped = join([f"“{describe_filter(f, brief.fields[f.field])}”" for f in brief.relaxed if f.field in brief.fields])
    closest = "these come" if len(brief.items) > 1 else "this comes"
    return f"Nothing fits everything you asked for, so I put {dropped} aside; {closest} closest."


def item_sentence(item: SlateItem, brief: ExplainBrief) -> str:
    """Return one checked sentence about an item, in place of one that did not check."""
    return f"{brief.name(item)}: {_why(item, brief)}."


def _list(brief: ExplainBrief) -> str:
    sentences = [relaxed_sentence(brief) or _opener(brief)]
    first = brief.items[0]
    sentences.append(_pick(_FIRST, brief).format(name=brief.name(first), why=_praise(first, brief)))
    return " ".join(sentences)


def _opener(brief: ExplainBrief) -> str:
    n, limits = len(brief.items), brief.limits_in_words(_MOST_LIMITS)
    one, many = brief.noun
    if brief.n_pool > n and limits:
        return _pick(_FITTING, brief).format(n=n, pool=f"{brief.n_pool:,}", noun=many, limits=limits)
    if brief.n_pool > n and brief.order and brief.order.field in brief.fields:
        return f"Here are {n} of {brief.n_pool:,} {many}, by {brief.fields[brief.order.field].label}."
    if limits:
        return f"One {one} fits: {limits}." if n == 1 else f"These {n} {many} are all that fit: {limits}."
    return f"Here is one {one}." if n == 1 else _pick(_OPENERS, brief).format(n=n, noun=many)


def _praise(item: SlateItem, brief: ExplainBrief) -> str:
    """Return two reasons as one clause: ", a Drama film that mentions heist"; the year already stands by the name."""
    reasons = [r for r in item.reasons if not (r.text.startswith("from ") and r.text[5:] == brief.year(item))][:2]
    said = [_reason_said(r, brief) for r in reasons]
    kinds = [text for text, is_kind in said if is_kind]
    others = [text for text, is_kind in said if not is_kind]
    others = [text for text in others if text.removeprefix("mentions ").lower() not in {kind.lower() for kind in kinds}]
    if kinds:
        head = join([part for kind in kinds for part in kind.split(", ")])
        head = f", {_a(f'{head} {brief.noun[0]}')}"
        return head + "".join(_clause(text, "that ") for text in others)
    if others:
        return "," + _clause(others[0], "which ") + "".join(f" and {text}" for text in others[1:])
    return "" if item.reasons else ": " + _why(item, brief)


def _reason_said(reason: Reason, brief: ExplainBrief) -> tuple[str, bool]:
    """Return a reason for use in a sentence, and whether it names what kind of item this is: "Comedy"."""
    field = brief.fields.get(reason.source)
    if field is None or field.role is not Role.FACET or not field.many:
        return reason.text, False
    text = _MENTIONED.sub(r"\1", reason.text)
    said = describe_fact(field, text)
    return said, said == text


def _a(words: str) -> str:
    return f"{'an' if words[:1] in 'AEIOUaeiou' else 'a'} {words}"


def _clause(text: str, relative: str) -> str:
    if text.startswith(("mentions ", "has ")):
        return f" {relative}{text}"
    return f", {text}" if relative == "that " and any(c.isdigit() for c in text) else f" {text}"


def _pick(variants: Sequence[str], brief: ExplainBrief) -> str:
    """Vary by the turn, not by chance: the same turn reads the same at every door and in every test."""
    return variants[zlib.crc32(f"{brief.message}{len(brief.said)}".encode()) % len(variants)]


def _why(item: SlateItem, brief: ExplainBrief) -> str:
    if item.reasons:
        return join([reason.text for reason in item.reasons[:2]])
    facts = [describe_fact(field, value) for field, value in brief.facts(item) if not dates_the_item(field)]
    return ", ".join(facts[:2]) or f"{_a(brief.noun[0])} from the catalogue"


def _nothing(brief: ExplainBrief) -> str:
    limits = brief.limits_in_words()
    if limits and brief.n_pool:
        return f"I have no more {brief.noun[1]} that fit: {limits}. Remove one of the limits and I will look again."
    if limits:
        return f"No {brief.noun[0]} here fits all of this: {limits}. Remove one of the limits and I will look again."
    if brief.query:
        return f"I found nothing for “{brief.query[:80]}”. Try other words, or name a {brief.noun[0]} you like."
    return f"I have nothing new to show for that. Tell me more about the {brief.noun[1]} you like, or change a limit."


def _about(brief: ExplainBrief) -> str:
    if not brief.items:
        return f"I am not sure which {brief.noun[0]} you mean. Name it, or say “the second one” of those shown."
    asked = _asked_fields(brief)
    if brief.intent == "compare" and len(brief.items) > 1:
        return _compared(brief, asked)
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
    named = [field for field in fields if _label_words(field) & said]
    return named or [field for field in fields if field.name in by_dimension]


def _label_words(field: Field) -> set[str]:
    words = {word.removesuffix("s") for word in tokens(field.label)}
    return words - _SAID_OF_ANY if len(words) > 1 else words


def _described(item: SlateItem, asked: Sequence[Field], brief: ExplainBrief) -> str:
    known = {field.name: value for field, value in brief.facts(item)}
    wanted = [field for field in asked if field.name in known]
    if asked and not wanted:
        return f"The catalogue does not say the {join([f.label for f in asked[:2]], 'or')} of {brief.name(item)}."
    told = wanted or [field for field, _ in brief.facts(item) if not dates_the_item(field)][:_MOST_FACTS]
    facts = "; ".join(describe_fact(field, known[field.name]) for field in told)
    return f"{brief.name(item)}: {facts}." if facts else f"The catalogue says no more about {brief.name(item)}."


def _compared(brief: ExplainBrief, asked: Sequence[Field]) -> str:
    number = next((f for f in asked if f.role in (Role.NUMBER, Role.DATE)), None)
    known = [item for item in brief.items if number and item.fields.get(number.name) is not None]
    if number is None or len(known) < 2:
        return "\n\n".join(_described(item, asked, brief) for item in brief.items[:4])
    smallest = bool(_SMALLEST_FIRST & set(tokens(brief.message)))
    ordered = sorted(known, key=lambda item: item.fields[number.name], reverse=not smallest)
    values = [f"{brief.name(item)} with {describe_value(item.fields[number.name], number)}" for item in ordered]
    return f"By {number.label}: {values[0]}, then {join(values[1:])}."


def _values(brief: ExplainBrief) -> str:
    """List the commonest values of the field asked for, with how many items have each."""
    field = brief.fields[brief.values_of]
    said = [f"{describe_value(value)} ({count:,})" for value, count in brief.values[:_MOST_VALUES]]
    if not said:
        return f"Nothing here has a known {field.label}."
    limits = brief.limits_in_words(_MOST_LIMITS)
    where = f" among what fits ({limits})" if limits else ""
    n = max(field.n_values if not limits else 0, len(brief.values))
    if n > len(said):
        return f"There are {n:,} in all; the commonest{where}: {', '.join(said)}."
    return f"{field.label[:1].upper()}{field.label[1:]}{where}: {', '.join(said)}."


def _count(brief: ExplainBrief) -> str:
    """Say how many items fit, and how many of them mention what could only be searched for."""
    limits = brief.limits_in_words(_MOST_LIMITS)
    n = brief.n_pool
    about = brief.query[:80]
    if about:
        n = brief.n_mention if brief.n_mention is not None else n
        many = brief.n_mention is None
        found = f"mention “{about}”" + (f" and fit: {limits}" if limits else "")
        return f"{'At least 200' if many else f'{n:,}'} {brief.noun[n != 1]} {found}."
    exist = "There is one" if n == 1 else f"There are {n:,}" if n else "There are no"
    noun = brief.noun[0] if n == 1 else brief.noun[1]
    return f"{exist} {noun}{' that fit' + 's' * (n == 1) + f': {limits}' if limits else ''}."


def _recap(brief: ExplainBrief) -> str:
    if not brief.recap:
        return f"I have not shown you anything yet. Tell me what kind of {brief.noun[0]} you are after."
    parts = [f"for “{' '.join(user.split())[:60]}” {join(titles[:6])}" for user, titles in brief.recap[-3:]]
    return "So far I showed you " + "; then ".join(parts) + "."


def _help(brief: ExplainBrief) -> str:
    labels = [f.label for f in brief.fields.values() if f.role in _TOLD][:5]
    about = f" You can set limits on {join(labels)}, and drop them again." if labels else ""
    return f"Tell me in your own words what {brief.noun[0]} you are after, or name one you like.{about}"


def _smalltalk(brief: ExplainBrief) -> str:
    thanked = bool({"thanks", "thank", "thx", "cheers", "bye", "goodbye"} & set(tokens(brief.message)))
    opening = "You are welcome!" if thanked else "Hello!"
    wish = "Tell me if you want to see more" if thanked else f"What kind of {brief.noun[0]} are you after"
    return f"{opening} {wish}{'.' if thanked else '?'}"
