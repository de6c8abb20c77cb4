"""Numbers in a reply against the numbers of the rows it speaks of."""

import re
from collections.abc import Iterable, Sequence

from agents.answering.brief import ExplainBrief
from agents.events import SlateItem
from agents.planning.numbers_in_words import numbers_in
from retrieval.items import Field, Role
from retrieval.text import tokens

_NUMBER = re.compile(r"(?<![\w.])[$€£']?(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(s\b)?[-\s]*([a-z%]+)?(?:\W+([a-z]+))?", re.I)
_SPELLED = {w: str(i) for i, w in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)}
_SCALES = {"million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9, "thousand": 1e3, "k": 1e3}
_HOURS = frozenset("h hr hrs hour hours".split())
_MINUTES = frozenset("m min mins minute minutes".split())
_COUNTED = frozenset(
    "of picks options choices suggestions results recommendations others more that which titles here".split()
)
_BOUND = re.compile(
    r"\b(?:under|over|below|above|most|least|than|before|after|since|between|up to|within|until|by|to|and|or)"
    r"(?: the| about| around)?\W*$|\($",
    re.I,
)
_SPAN = re.compile(r"s?\W{0,3}(?:to|on|onwards?|and later|or later|or newer|[-–])\b|s?\s*[-–]", re.I)
_SCALE_ENDS = (5.0, 10.0, 100.0)


def wrong_number(sentence: str, about: Sequence[SlateItem], brief: ExplainBrief) -> str:
    """Return the first number that is in no row it can be about, nor the user's; "" where all are right."""
    text = _spelled_out(sentence, brief)
    for match in _NUMBER.finditer(text):
        value = float(match[1].replace(",", "") + (match[2] or ""))
        harmless = _counted(match, value, brief) or _out_of(text[: match.start()], value)
        if not (harmless or _users(value, text, match, brief)):
            decade = bool(match[3])
            if not any(_is(value, match[4] or "", x, f, decade) for f, x in _row_numbers(about, brief)):
                return f"{match[0].strip()[:20]!r} is in no row"
    return ""


def _spelled_out(sentence: str, brief: ExplainBrief) -> str:
    """Write "two hours" with a digit, but leave "two of these": only what counts a field's unit is a claim."""
    units = {w for f in brief.fields.values() if f.role is Role.NUMBER for w in (*tokens(f.label), f.unit)}
    units |= _HOURS | _MINUTES | {"oscars", "awards", "stars", "years", "percent"}
    pattern = re.compile(
        r"\b("
        + "|".join(_SPELLED)
        + r")\b(?=[-\s]+(?:\w+\s+)?("
        + "|".join(filter(None, map(re.escape, units)))
        + r")s?\b)",
        re.I,
    )
    return pattern.sub(lambda m: _SPELLED[m[1].lower()], sentence)


def _counted(match: re.Match[str], value: float, brief: ExplainBrief) -> bool:
    """How many are shown or match, or the place of one in a list."""
    following = {(match[4] or "").lower(), (match[5] or "").lower()}
    if value == brief.n_pool and value:
        return True
    if value > max(len(brief.items), 1) or match[2]:
        return False
    return bool(following & (_COUNTED | set(brief.noun))) or match.start() == 0


def _out_of(before: str, value: float) -> bool:
    return value in _SCALE_ENDS and bool(re.search(r"(?:\d\s*/|out of)\s*$", before))


def _users(value: float, text: str, match: re.Match[str], brief: ExplainBrief) -> bool:
    """The user said it or limited by it, and it is told so: "under 90", "like Solaris (1972)", not "is 90 minutes"."""
    if not (_BOUND.search(text[: match.start()]) or _SPAN.match(text[match.end(2 if match[2] else 1) :])):
        return False
    said = (v for text in (brief.message, *brief.said) for number in numbers_in(text) for v in number.values)
    bounds = (v for f in brief.filters for v in (f.value if isinstance(f.value, list) else [f.value]))
    return value in said or any(isinstance(v, int | float) and abs(v - value) <= 1 for v in bounds)


def _row_numbers(about: Iterable[SlateItem], brief: ExplainBrief) -> Iterable[tuple[Field, float]]:
    """Yield the numbers of rows: of number fields, years of dates, numbers inside values and reasons."""
    for item in about:
        for name, value in item.fields.items():
            field = brief.fields.get(name)
            if field is None:
                continue
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield field, float(value)
            else:
                yield from ((field, float(n)) for n in re.findall(r"\d+(?:\.\d+)?", str(value)))


def _is(said: float, unit: str, value: float, field: Field, decade: bool) -> bool:
    """Whether a number as people say it means the row's value."""
    unit = unit.lower()
    if decade:
        return value // 10 * 10 == said or (said < 100 and (value % 100) // 10 * 10 == said)
    if field.unit == "min" and unit in _HOURS:
        return said == value // 60 or abs(said - value / 60) <= 0.11
    if field.unit == "min" and unit in _MINUTES and said == value % 60 and value >= 60:
        return True
    if unit in _SCALES:
        return value > 0 and abs(said * _SCALES[unit] - value) <= 0.06 * value
    return abs(said - value) < 0.051 or (value >= 10 and said == round(value))
