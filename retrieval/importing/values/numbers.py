"""Numbers as people write them: "$1,299.00", "1.299,00 €", "12 %", "(5.00)", "1h 30m", "4.5 out of 5", "1.2k"."""

import math
import re
import unicodedata
from typing import NamedTuple

from retrieval.importing.values.units import CURRENCIES, DATA_SIZES, MONEY, SCALES, SHORT_SCALES, unit_word

_SPACES = " \u00a0\u202f\u2009"
_MINUS = r"\-−–"
_AMOUNT = re.compile(
    rf"(?P<minus>[{_MINUS}])?\s*(?P<before>[^\W\d_]{{0,3}}[^\w\s.,()+{_MINUS}]|[^\W\d_]{{1,3}}\.?)?\s*(?P<minus2>[{_MINUS}])?\s*"
    rf"(?P<body>\d[\d.,'’{_SPACES}]*|[.,]\d+)(?P<exponent>[eE][+-]?\d+(?!\w))?\s*(?P<rest>.*)"
)
_GROUPED = {
    mark: re.compile(
        rf"(?:\d{{1,3}}(?:(?P<by>[{other}'’{_SPACES}])\d{{3}})(?:(?P=by)\d{{3}})*|\d{{1,2}}(?:,\d\d)+,\d{{3}}|\d*)(?:{re.escape(mark)}(?P<part>\d+))?"
    )
    for mark, other in ((".", ","), (",", "."))
}
_ABOUT = re.compile(r"^(?:~|about|approx(?:imately|\.)?|ca\.?|circa|around)\s*(?=[\d½¼¾⅓⅔⅛⅜⅝⅞])", re.IGNORECASE)
_FRACTION = re.compile(r"(?:(?<![\d.,])(\d+)\s*)?(?:([½¼¾⅓⅔⅛⅜⅝⅞])|(?<=[\d\s])(?<=\d\s)([1-7])/([2348])(?![\d/]))")
_RANGE = re.compile(rf"[{_MINUS}~]\s*\D{{0,3}}\s*\d|(?:to|bis|à)\s+\D{{0,3}}\d")
_OUT_OF = re.compile(r"(?:/|out of|of)\s*(5|10|20|100)(?:\s*(?:stars?|points?|pts))?")
_TIMES = re.compile(
    r"(?:(?P<days>\d+)\s*d(?:ays?)?\b)?[\s,]*(?:and\s+)?(?:(?P<hours>\d+)\s*h(?:(?:ou)?rs?)?\.?(?![a-z]))?[\s,]*(?:and\s+)?"
    r"(?:(?P<min>\d+)\s*m(?:in(?:ute)?s?)?\.?(?![a-z]))?[\s,]*(?:and\s+)?(?:(?P<s>\d+)\s*s(?:ec(?:ond)?s?)?\.?)?"
)
_ISO_TIME = re.compile(r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<min>\d+)M)?(?:(?P<s>\d+)(?:\.\d+)?S)?)?")
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")
_ERAS = {"bc": -1.0, "bce": -1.0, "ad": 1.0, "ce": 1.0}
"""Years before our era are below zero."""
_IN_MINUTES = {"days": 1440.0, "hours": 60.0, "min": 1.0, "s": 1 / 60}


class Amount(NamedTuple):
    """A number and what it is measured in: "usd", "min", "/5", or "" where nothing is said."""

    value: float
    unit: str = ""
    at_least: bool = False
    """Whether more may be meant: "10+"."""


class Reading(NamedTuple):
    """How a column writes its numbers."""

    mark: str = "."
    """The decimal mark, "." or ","; decides only what may be either, as "1,299"."""
    strict: bool = False
    """Whether the other mark is refused even where it is plain: somebody has said which it is."""
    millions: bool = False
    """Whether "3m" is three million."""
    minutes: bool = False
    """Whether "90m" is ninety minutes."""
    clock: str = ""
    """What 1:45 is: "hours" (and minutes), "min" (and seconds), or "" for no number."""
    data: bool = False
    """Whether "90M" is ninety megabytes."""


def amount(text: str, reading: Reading = Reading()) -> Amount | None:  # noqa: B008 (immutable)
    """Return the number of a text with its unit, or None where it is none, several, or not finite."""
    text = _plainly(text.strip())
    if found := _time(text, reading.clock):
        return found
    negative = text.startswith("(") and text.endswith(")")
    match = _AMOUNT.fullmatch(text[1:-1].strip() if negative else text)
    if not match:
        return None
    value = _number(match["body"].strip(_SPACES), match["exponent"] or "", reading)
    before = MONEY.get((match["before"] or "").lower().rstrip("."), "")
    if value is None or (match["before"] and not before) or (match["minus"] and match["minus2"]):
        return None
    rest = _rest(match["rest"].strip(), before, reading)
    if rest is None or not math.isfinite(value * rest.value):
        return None
    sign = -1 if negative or match["minus"] or match["minus2"] else 1
    return Amount(sign * value * rest.value + 0.0, rest.unit, rest.at_least)


def _plainly(text: str) -> str:
    """Write fractions as decimals ("1 ½", "1 1/2" → "1.5") and leave out "about"."""
    if text[:1] in "~acA":
        text = _ABOUT.sub("", text)
    if "/" in text or not text.isascii():
        text = _FRACTION.sub(_decimal, text)
    return text


def _decimal(match: re.Match[str]) -> str:
    whole, sign, above, below = match.groups()
    part = unicodedata.numeric(sign) if sign else int(above) / int(below)
    return f"{int(whole or 0) + part:.15g}"


def _number(body: str, exponent: str, reading: Reading) -> float | None:
    """Return the number of digits and marks alone: "1.299,00" → 1299.0."""
    mark = reading.mark if reading.strict else (mark_of(body) or reading.mark)
    match = _GROUPED[mark].fullmatch(body)
    if not match:
        return None
    part = match["part"] or ""
    whole = re.sub(r"\D", "", body[: len(body) - len(part)])
    return float(f"{whole or 0}.{part or 0}{exponent}")


def mark_of(body: str) -> str:
    """Return the decimal mark that digits and marks give away: "1,50" → ",", "1,299" → "" (it may be either)."""
    dots, commas = body.count("."), body.count(",")
    if dots and commas:
        return "." if body.rindex(".") > body.rindex(",") else ","
    if not dots and not commas:
        return ""
    mark, other = (".", ",") if dots else (",", ".")
    if dots + commas > 1:
        return other
    before, _, after = body.partition(mark)
    either = len(after) == 3 and 1 <= len(before) <= 3 and not before.startswith("0")
    return "" if either else mark


def _rest(rest: str, before: str, reading: Reading) -> Amount | None:
    """Read what follows a number as (factor, unit); None where it is more than a unit."""
    more = "+" in (rest[:1], rest[-1:])
    rest = rest.strip("+ ")
    low = rest.lower()
    if found := _OUT_OF.fullmatch(low):
        return None if before else Amount(1.0, "/" + found[1], more)
    if reading.data and low in DATA_SIZES:
        return Amount(1.0, DATA_SIZES[low], more)
    if low in _ERAS:
        return Amount(_ERAS[low], "", more)
    scale, unit = 1.0, rest
    first, _, after = rest.partition(" ")
    money = before or MONEY.get(after.strip().lower(), "")
    scales = SCALES | SHORT_SCALES if money or (reading.millions and not reading.minutes) or first == "M" else SCALES
    if first.lower().rstrip(".") in scales:
        scale, unit = scales[first.lower().rstrip(".")], after.strip()
    if not unit or MONEY.get(unit.lower()) == before:
        return Amount(scale, before, more)
    if before:
        return Amount(scale, before, more) if before == "usd" and MONEY.get(unit.lower()) in CURRENCIES else None
    if unit.lower() == "m" and reading.minutes:
        return Amount(scale, "min", more)
    known = "%" if unit == "%" else unit_word(unit)
    return Amount(scale, known, more) if known else None


def _time(text: str, clock: str) -> Amount | None:
    """Read "1h 30m", "PT1H30M" and, where `clock` says what they are, "1:45" and "1:45:30", as minutes."""
    match = _ISO_TIME.fullmatch(text) if text.startswith("P") else _TIMES.fullmatch(text.lower())
    parts = {unit: float(n) for unit, n in match.groupdict().items() if n} if match else {}
    if len(parts) > 1 or (parts and text.startswith("P")):
        return Amount(sum(_IN_MINUTES[unit] * n for unit, n in parts.items()), "min")
    if clock and (found := _CLOCK.fullmatch(text)):
        first, second, third = int(found[1]), int(found[2]), int(found[3] or 0)
        hours = clock == "hours" or found[3]
        return Amount(first * 60 + second + third / 60 if hours else first + second / 60, "min")
    return None


def is_range(text: str) -> bool:
    """Tell whether a text names two numbers as bounds: "10-20", "$5 to $9"."""
    match = _AMOUNT.fullmatch(text.strip())
    return bool(match and _RANGE.match(match["rest"]))


def body_of(text: str) -> str:
    """Return the digits and marks of a text that is a number with or without a unit, else ""."""
    match = _AMOUNT.fullmatch(text.strip(" ()"))
    return match["body"].strip(_SPACES) if match else ""


def clock_part(text: str) -> int | None:
    """Return the first part of a time of two parts: "1:45" → 1; None for any other text."""
    found = _CLOCK.fullmatch(text.strip())
    return int(found[1]) if found and not found[3] else None
