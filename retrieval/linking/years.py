"""Times in a message as ranges over the field that dates an item, told from times of the story."""

import re
from collections.abc import Iterator

from retrieval.items import Field, Op
from retrieval.linking.belonging import from_source, means_other
from retrieval.linking.context import Context
from retrieval.linking.lexicon import SIGN_BEFORE, SIGNS, Phrases, lexicon
from retrieval.linking.message import Draft
from retrieval.linking.times import Time, TimeReader

_USUAL = range(1800, 2050)
"""Years outside are taken for dates only where a cue says so: they may be any number."""
_TAIL = re.compile(
    r"\s*(?:\+|(?:or|and|&) (?:later|newer|after|above|up|onwards?|beyond)|onwards?|on\b)"
    r"|(\s*(?:or|and) (?:earlier|older|before|below))"
)
_SURE = 0.8
_DATED = 1.5
"""Rank of a time that a noun for an item follows."""
_LEADS_TO = re.compile(r"\b(?:leads?|leading|led) $")
_DETERMINERS = {"the", "a", "an", "his", "her", "their", "its"}
_COPULAS = {"is", "was", "s"}
_ITEM = {"that", "it", "which"}
_BY_SIGN = {"below": "earlier", "at_most": "not_later", "above": "later", "at_least": "not_earlier"}


class YearParser:
    """Reads time expressions for one dating field."""

    def __init__(self, field: Field) -> None:
        """Prepare for `field`, a number in years or a date."""
        self._field = field
        self._times = TimeReader(field)
        words = lexicon()
        compare = words["compare"]
        self._before = {
            name: re.compile(
                r"(?:^|(?<=[^\w]))(?:"
                + "|".join(_loose(p) for p in sorted(compare[name], key=len, reverse=True))
                + r")[ -](?:the (?:year )?|year )?$"
            )
            for name in ("not_later", "not_earlier", "earlier", "later")
        }
        self._era = Phrases(words["eras"])

    def drafts(self, context: Context) -> list[Draft]:
        """Return every time expression, scored by how surely it dates the item and not its story."""
        times = self._times.find(context)
        found: list[Draft] = []
        skip = -1
        for i, time in enumerate(times):
            if i == skip:
                continue
            following = times[i + 1] if i + 1 < len(times) else None
            joined = self._joined(context, time, following) if following else None
            if joined:
                skip = i + 1
            draft = joined or self._single(context, time)
            if time.low is None or time.low in _USUAL or _clearly_dated(context, draft):
                found.append(draft)
        return found + self._eras(context)

    def _joined(self, context: Context, left: Time, right: Time) -> Draft | None:
        """Join "between 1990 and 2000", "1990-2000", "80s or 90s" into one range."""
        between = context.message.plain[left.end : right.start]
        if not re.fullmatch(r"\s*(?:-|–|—|to|through|until|till|and|or|/|,|, or|, and)\s*(?:the )?", between):
            return None
        if left.kind == right.kind == "year" and re.search(r"\bor\b|/", between) and left.low and right.low:
            pair = Time(left.start, right.end, left.low, right.low, "year")
            return self._draft(context, pair, "in", [left.low, right.low], explicit=False)
        if left.kind == "year" and re.search(r"or|,|/", between):
            return None
        if left.low is None or right.high is None or right.high < left.low:
            return None
        lead = re.search(
            r"(?:between|from|in|anywhere from|from between)\s+(?:the )?$", context.message.plain[: left.start]
        )
        if left.kind == "year" and "and" in between and not lead:
            return None
        whole = Time(
            lead.start() if lead and lead[0].startswith(("b", "f", "a")) else left.start,
            right.end,
            left.low,
            right.high,
            left.kind,
        )
        return self._draft(context, whole, "between", [left.low, right.high], explicit=True)

    def _single(self, context: Context, time: Time) -> Draft:
        plain = context.message.plain
        for name, match in self._comparisons(plain, time):
            if match:
                whole = Time(match.start(), time.end, time.low, time.high, time.kind)
                op, value = _bound(name, time)
                return self._draft(context, whole, op, value, explicit=True)
        tail = _TAIL.match(plain, time.end)
        if tail and time.low is not None and (tail[0].strip() != "on" or plain[: time.start].endswith("from ")):
            whole = Time(time.start, tail.end(), time.low, time.high, time.kind)
            if tail[1]:
                return self._draft(context, whole, "lte", time.high, explicit=True)
            return self._draft(context, whole, "gte", time.low, explicit=True)
        if time.high is None:
            return self._draft(context, time, "gte", time.low, explicit=True)
        if time.low == time.high:
            return self._draft(context, time, "eq", time.low, explicit=False)
        return self._draft(context, time, "between", [time.low, time.high], explicit=False)

    def _comparisons(self, plain: str, time: Time) -> Iterator[tuple[str, re.Match[str] | None]]:
        """Yield each comparison with its match right before a time."""
        if time.kind == "window":
            return
        if sign := SIGN_BEFORE.search(plain, 0, time.start):
            yield _BY_SIGN[SIGNS[sign[1]]], sign
        for name, pattern in self._before.items():
            match = pattern.search(plain, 0, time.start)
            yield name, None if match and _LEADS_TO.search(plain, 0, match.start()) else match

    def _draft(self, context: Context, time: Time, op: Op, value: object, *, explicit: bool) -> Draft:
        first, last = context.message.span_plain(time.start, time.end)
        score = self._score(context, first, last, time, explicit=explicit)
        # A year that dates what an item was made from is still a year, and no title.
        rank = _DATED if from_source(context, first) and context.head(last) else score + 0.3
        return Draft(first, last, "range", score, self._field.name, op, value, rank=rank)

    def _score(self, context: Context, first: int, last: int, time: Time, *, explicit: bool) -> float:
        if time.kind == "plot" or _names_something_else(context, first, last) or from_source(context, first):
            return 0.35
        if context.head(last):
            return 0.93
        plot = context.plot[first]
        at = first - (context.word(first - 1) == "the")
        if context.word(at - 1) in ("in", "from") and context.word(at - 2) in context.grammar.nouns:
            return 0.93
        if context.word(at - 1) == "from" and _told_of_item(context, at - 1):
            return _SURE + 0.05
        if context.before(first, context.grammar.years_strong, 1):
            loose = context.word(first - 1) in ("from", "year") or context.word(first - 2) in ("from", "year")
            return 0.93 if not plot or not loose else 0.55
        if plot:
            return 0.35
        if explicit or context.closes(last) or context.before(first, context.grammar.years_before, 1):
            return 0.88
        return 0.85

    def _eras(self, context: Context) -> list[Draft]:
        now = self._times.now()
        limits: dict[str, tuple[Op, int]] = {
            "recent": ("gte", now - 6),
            "old": ("lte", now - 30),
            "classic": ("lte", now - 25),
        }
        found = []
        for cue in self._era.find(context.message):
            op, year = limits[cue.name]
            if context.head(cue.last) and not context.plot[cue.first]:
                found.append(Draft(cue.first, cue.last, "range", 0.45, self._field.name, op, year, rank=0.45))
        return found


def _names_something_else(context: Context, first: int, last: int) -> bool:
    """Whether the time belongs to a novel, a play …, or to a maker of items ("a 1930s studio"), not to an item."""
    other = context.word(first - 2) == "to" and context.word(first - 1) == "the"
    for back in (2, 3) if context.word(first - 1) != "this" else ():
        other = other or means_other(context, first - back)
    for i in range(last, min(last + 4, len(context.message.words))):
        word = context.message.words[i]
        if word == "based" and context.word(i + 1) in context.grammar.nouns:
            continue
        if word in context.grammar.head_stops - {"s"} or (i > last and word in _DETERMINERS):
            break
        if word in context.grammar.nouns:
            return context.word(i + 1) in context.grammar.makers
        other = other or (i < last + 3 and means_other(context, i))
    return other


def _told_of_item(context: Context, at: int) -> bool:
    """Whether "that is", "it was" … stands a few words before `at`: "that is a French one from the 60s"."""
    for i in range(at - 1, max(0, at - 5), -1):
        word = context.word(i)
        if word in _COPULAS:
            return context.word(i - 1) in _ITEM
        if word in context.grammar.head_stops:
            return False
    return False


def _clearly_dated(context: Context, draft: Draft) -> bool:
    """Whether a number as unlikely as 1700 or 3000 is meant as a year of release."""
    cued = draft.op != "eq" or context.before(draft.first, context.grammar.years_strong)
    ends = context.closes(draft.last) or context.head(draft.last)
    return cued and ends and draft.score >= _SURE and not context.plot[draft.first]


def _bound(name: str, time: Time) -> tuple[Op, int]:
    low, high = time.low or 0, time.high or 9999
    match name:
        case "earlier":
            return "lte", low - 1
        case "later":
            return "gte", high + 1
        case "not_later":
            return "lte", high
        case _:
            return "gte", low


def _loose(phrase: str) -> str:
    return re.escape(phrase).replace(r"\ ", r"\s+")
