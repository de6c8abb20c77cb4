"""What a sentence says of items in relation: whose fact it is, which is more, what all are, what they tell."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.answering.brief import ExplainBrief
from agents.answering.compared import Measure, measure_of
from agents.events import SlateItem
from agents.wording import several
from retrieval.text import fold, tokens

_JOINING = re.compile(r"^[\s,&§*“”\"()\d]*(?:(?:and|or|both|plus|with|also|then|as well as)[\s,]*)*$", re.I)
_REFERRED_TO = re.compile(r"\b(?:than|like|unlike|as|over|alongside|follows?|after|from|to|with|of)\s*[*“\"]*$", re.I)
_EACH = re.compile(r"\b(?:both|all|each|every|everything|either)\b", re.I)
_OF_ALL_TIME = re.compile(r"\b(?:ever|of all(?: time)?|in the world|in the catalogue|in history)\b", re.I)
_REST = re.compile(r"\bthan (?:the|any|all)(?: \w+)? ?(?:others?|rest|of (?:them|these))\b", re.I)
_TOLD_OF = re.compile(
    r"\b(?:about(?!\s*[$€£]?\d)|follows|following|tells?|story of|tale of|set (?:in|on|at|during)|"
    r"cent(?:er|re)s (?:on|around)|revolves around|explores|exploring|depicts|deals with|"
    r"where|who|whose|in which)\b([^,;:]*)",
    re.I,
)
_STEM = 5
_LEAST_KNOWN = 0.6
_PLAIN = frozenset(
    "that this with from your they them their there have will would about into over more most than very some when what"
    " which while after where these those item items story tale life world made make makes great"
    " good best time just like both also each every one two three its his her him she who whose you the and for are"
    " was were has had not but all any can may out set".split()
)
_OPINIONS = frozenset({"best", "better", "worst", "worse"})
_NUMBER_WORDS = {word: i for i, word in enumerate("two three four five six seven eight nine ten".split(), 2)}
_COUNT = re.compile(
    rf"\b({'|'.join(_NUMBER_WORDS)}|\d)\s+(?:(?:of|are|the|these|them)\s+)*([A-Za-z][\w-]+(?: [\w-]+)?)", re.I
)


class Part(NamedTuple):
    """A stretch of a sentence and the items it is about."""

    text: str
    items: list[SlateItem]
    beside: list[SlateItem]
    """Items it only compares with."""


def parts_of(sentence: str, spans: Sequence[tuple[int, int, SlateItem]]) -> list[Part]:
    """Cut a sentence that names several items into what it says of each; `spans` are where titles stand, in order.

    Titles joined by "and" share what follows; a title after "than" or "like" is only compared with.
    """
    parts: list[Part] = []
    starts: list[int] = []
    last_end = 0
    for start, end, item in spans:
        between = sentence[last_end:start]
        if parts and _REFERRED_TO.search(between) and not _JOINING.match(between):
            parts[-1].beside.append(item)
        elif parts and _JOINING.match(between):
            parts[-1].items.append(item)
        else:
            parts.append(Part("", [item], []))
            starts.append(start if len(parts) > 1 else 0)
        last_end = end
    ends = [*starts[1:], len(sentence)]
    return [part._replace(text=sentence[a:b]) for part, a, b in zip(parts, starts, ends, strict=True)]


def wrong_relation(part: Part, brief: ExplainBrief) -> str:
    """Return what a part of a sentence (titles blanked) gets wrong in comparing or counting, "" where nothing."""
    return _wrong_measure(part, brief) or _wrong_each(part, brief) or _wrong_count(part, brief)


def _wrong_measure(part: Part, brief: ExplainBrief) -> str:
    measure = measure_of(part.text, list(brief.fields.values()))
    if measure is None or measure.word in _OPINIONS:
        return ""
    if not part.beside and f" {measure.word} " in f" {fold(brief.message)} ":  # a wish echoed; the limits see to it
        return ""
    if _OF_ALL_TIME.search(part.text):
        return f"{measure.word!r} is said of more than the slate"
    others = part.beside
    if not others and (not measure.is_comparative or _REST.search(part.text) or len(part.items) == 1):
        others = [item for item in brief.items if item not in part.items]
    if all(_is_ahead(item, other, measure) for item in part.items for other in others):
        return ""
    return f"{measure.word!r} is not so"


def _is_ahead(item: SlateItem, other: SlateItem, measure: Measure) -> bool:
    mine, theirs = item.fields.get(measure.field.name), other.fields.get(measure.field.name)
    if mine is None or theirs is None:
        return False
    if mine == theirs:
        return not measure.is_comparative
    return bool((mine > theirs) == measure.greatest_first)


def _wrong_each(part: Part, brief: ExplainBrief) -> str:
    """Find a value said of all or both that one of them has not."""
    match = _EACH.search(part.text)
    if not match:
        return ""
    about = part.items if len(part.items) > 1 else brief.items
    if match[0].lower() == "both" and len(about) != 2:
        about = part.items if len(part.items) == 2 else brief.items[:2]
    for value, field in _values_said(part.text, brief):
        if not all(value in map(str, several(item.fields.get(field))) for item in about):
            return f"{value!r} is not true of all of them"
    return ""


def _wrong_count(part: Part, brief: ExplainBrief) -> str:
    """Find a number of things of a kind that the slate does not hold: "three comedies"."""
    for match in _COUNT.finditer(part.text):
        said = _NUMBER_WORDS.get(match[1].lower(), int(match[1]) if match[1].isdigit() else 0)
        for value, field in _values_said(match[2], brief):
            n = sum(value in map(str, several(item.fields.get(field))) for item in brief.items)
            if said > n:
                return f"there are not {said} of {value!r}"
    return ""


def _values_said(text: str, brief: ExplainBrief) -> list[tuple[str, str]]:
    said = f" {fold(text)} "
    pairs = [(value, field) for field, values in brief.hints.items() for value in values]
    return [(v, f) for v, f in pairs if any(f" {form} " in said for form in _forms(v))]


def _forms(value: str) -> set[str]:
    folded = fold(value)
    return {folded, folded + "s", folded.removesuffix("y") + "ies"}


def untold(sentence: str, allowed: Sequence[str], nouns: Sequence[str]) -> str:
    """Return what a sentence tells of a plot that neither a row nor the user says, "" where there is nothing."""
    match = _TOLD_OF.search(sentence)
    if not match:
        return ""
    plain = _PLAIN.union(*map(tokens, nouns))
    words = [word for word in tokens(match[1]) if len(word) > 2 and word not in plain and not word.isdigit()]
    if not words:
        return ""
    stems = {word[:_STEM] for text in allowed for word in text.split()}
    known = sum(word[:_STEM] in stems for word in words)
    return "" if known >= _LEAST_KNOWN * len(words) else f"{' '.join(words)[:40]!r} is told in no row"
