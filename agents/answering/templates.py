"""Replies without a model: one or two sentences from the brief alone, varied but always the same for the same turn."""

import re
import zlib
from collections.abc import Sequence

from agents.answering.brief import ExplainBrief
from agents.answering.misses import relaxed_sentence
from agents.answering.sympathy import sympathy
from agents.answering.told import about_items
from agents.events import Reason, SlateItem
from agents.wording import (
    dates_the_item,
    describe_fact,
    describe_value,
    join,
    reads_as_adjective,
    value_said,
)
from retrieval.items import Role
from retrieval.text import tokens

_TOLD = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
_MOST_VALUES = 12
_MOST_LIMITS = 5
_OPENERS = ("Here are {n} {noun}.", "I found {n} {noun} for you.", "{n} {noun} to look at.")
_FITTING = (
    "Here are {n} of the {pool} {noun} that fit: {limits}.",
    "I picked {n} of the {pool} {noun} that fit: {limits}.",
    "There are {pool} {noun} that fit ({limits}); these are my pick.",
)
_FIRST = ("I would start with {name}{why}.", "{name} comes first{why}.", "Top of the list is {name}{why}.")
_NOTED = {
    "like": "Noted, you like that one.",
    "dislike": "Noted, that one is out.",
    "seen": "Noted, you know that one.",
}
"""What a click is answered by, beside the new list."""
_VERBS = ("mentions ", "has ")
_CLAUSES = ("liked by ", "close ", "one of ")
_MENTIONED = re.compile(r"^(.+), as you mentioned$")


def template_reply(brief: ExplainBrief) -> str:
    """Return the reply of a turn without a model; every fact in it is in the slate or in the ledger."""
    if brief.intent == "recap":
        return _recap(brief)
    if brief.intent == "help":
        return _help(brief)
    if brief.intent == "smalltalk" and not brief.items:
        return _smalltalk(brief)
    if brief.intent in ("details", "compare"):
        return about_items(brief)
    if brief.intent == "values" and brief.values_of in brief.fields:
        return _values(brief)
    if brief.intent == "count":
        return _count(brief)
    greeting = "Hello! " if brief.intent == "smalltalk" else ""
    felt = _NOTED.get(brief.clicked) or sympathy(brief.message)
    opening = f"{felt} " if felt else greeting
    return opening + (_list(brief) if brief.items else _nothing(brief))


def item_sentence(item: SlateItem, brief: ExplainBrief) -> str:
    """Return one checked sentence about an item, in place of one that did not check."""
    return f"{brief.name(item)}: {_why(item, brief)}."


def _list(brief: ExplainBrief) -> str:
    if brief.abstains:
        return relaxed_sentence(brief)
    sentences = [relaxed_sentence(brief) or _opener(brief)]
    first = brief.items[0]
    sentences.append(_pick(_FIRST, brief).format(name=brief.name(first), why=_praise(first, brief)))
    return " ".join(sentences)


def _opener(brief: ExplainBrief) -> str:
    n, limits = len(brief.items), brief.limits_in_words(_MOST_LIMITS)
    one, many = brief.noun
    if brief.n_pool > n == 1 and limits:
        return f"Here is one of the {brief.n_pool:,} {many} that fit: {limits}."
    if brief.n_pool > n and limits:
        return _pick(_FITTING, brief).format(n=n, pool=f"{brief.n_pool:,}", noun=many, limits=limits)
    if brief.n_pool > n and brief.order and brief.order.field in brief.fields:
        shown = "Here is one" if n == 1 else f"Here are {n}"
        return f"{shown} of {brief.n_pool:,} {many}, by {brief.fields[brief.order.field].label}."
    if limits:
        return f"One {one} fits: {limits}." if n == 1 else f"These {n} {many} are all that fit: {limits}."
    return f"Here is one {one}." if n == 1 else _pick(_OPENERS, brief).format(n=n, noun=many)


def _praise(item: SlateItem, brief: ExplainBrief) -> str:
    """Return what speaks for an item as one clause: ", a Drama film that mentions heist", ": in Oslo, price €20"."""
    reasons = [r for r in item.reasons if not (r.text.startswith("from ") and r.text[5:] == brief.year(item))][:2]
    said = [_reason_said(reason, brief) for reason in reasons]
    kinds = [text for text, is_kind in said if is_kind]
    others = [text for text, is_kind in said if not is_kind]
    named = {text.lower() for text in (*kinds, *others)}
    others = [text for text in others if text == (word := text.removeprefix("mentions ")) or word.lower() not in named]
    told = [text for text in others if text.startswith(_VERBS)]
    plain = dict.fromkeys([*_missed(item, brief), *(text for text in others if not text.startswith(_VERBS))])
    if kinds:
        parts = join([part for kind in kinds for part in kind.split(", ")])
        head = f", {_a(f'{parts} {brief.noun[0]}')}"
        return head + "".join(f" that {text}" for text in told) + "".join(f", {text}" for text in plain)
    if plain:
        mark = "," if next(iter(plain)).startswith(_CLAUSES) else ":"
        return f"{mark} {', '.join(plain)}" + "".join(f"; it {text}" for text in told)
    if told:
        return f", which {join(told)}"
    return "" if item.reasons else ": " + _why(item, brief)


def _missed(item: SlateItem, brief: ExplainBrief) -> list[str]:
    """Return what an item has where it breaks a bound, unless the sentence before says it of this very item."""
    broken = [brief.fields[f.field] for f in item.breaks if f.field in brief.fields]
    bounds = [field for field in broken if field.role in (Role.NUMBER, Role.DATE)] if len(brief.items) > 1 else []
    facts = (describe_fact(f, item.fields[f.name]) for f in bounds if item.fields.get(f.name) is not None)
    return [fact for fact in facts if fact not in relaxed_sentence(brief)]


def _reason_said(reason: Reason, brief: ExplainBrief) -> tuple[str, bool]:
    """Return a reason for use in a sentence, and whether it reads as an adjective: "a Comedy film"."""
    field = brief.fields.get(reason.source)
    if field is None or field.role is not Role.FACET:
        return reason.text, False
    lead = value_said(field, "").strip()
    if lead and reason.text.startswith(f"{lead} "):
        return reason.text, False
    values = _MENTIONED.sub(r"\1", reason.text).split(", ")
    return value_said(field, ", ".join(values)), all(reads_as_adjective(field, value) for value in values)


def _a(words: str) -> str:
    return f"{'an' if words[:1] in 'AEIOUaeiou' else 'a'} {words}"


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
    if felt := sympathy(brief.message):
        return f"{felt} Tell me what would suit you now, or if you want to see more."
    thanked = bool({"thanks", "thank", "thx", "cheers", "bye", "goodbye"} & set(tokens(brief.message)))
    opening = "You are welcome!" if thanked else "Hello!"
    wish = "Tell me if you want to see more" if thanked else f"What kind of {brief.noun[0]} are you after"
    return f"{opening} {wish}{'.' if thanked else '?'}"
