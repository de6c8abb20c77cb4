"""Amounts as people write them: "two hours", "1h30", "$20", "12,50 €", "3:45", "2.5 million", "8 out of 10"."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from retrieval.linking.lexicon import lexicon
from retrieval.linking.units import measure_of

_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mil": 1e6, "million": 1e6, "mm": 1e6, "bn": 1e9, "billion": 1e9}
_HOURS = {"h", "hr", "hrs", "hour", "hours"}
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{1,2}(?!\d)|\d+(?:\.\d+)?"
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_CLOCK = r"(?P<clock>\d{1,2}:[0-5]\d)(?![:\d])"


class Amount(NamedTuple):
    """A number with its unit at `start`–`end` of the folded text."""

    start: int
    end: int
    value: float
    unit: str
    """The unit as written ("minutes"), or "" where none is; ":" for "3:45", whose value is 60 × 3 + 45."""
    out_of: int = 0
    """The scale where one is named: 8 out of 10."""
    bound: Literal["", "or_more", "or_less"] = ""
    """What stands between number and unit: "4+ bedrooms", "6 or fewer cylinders"."""


class AmountReader:
    """Finds amounts with any of the given units."""

    def __init__(self, units: Iterable[str]) -> None:
        """Compile the patterns; `units` as they are written, folded."""
        self._units = frozenset(units)
        self._numbers: dict[str, int] = lexicon()["numbers"]
        spelt = "|".join(sorted(self._numbers, key=len, reverse=True))
        words = "|".join(re.escape(u) for u in sorted(self._units, key=len, reverse=True) if u[0].isalpha())
        signs = "".join(re.escape(u) for u in {*self._units, "%"} if len(u) == 1 and not u.isalnum() and u != ":")
        unit = rf"(?:(?:{words})(?![a-z])|[{signs}])" if words else rf"[{signs}]"
        bound = r"(?P<bound>\+(?= ?[a-z])" + (rf"| or (?:more|fewer|less)(?= (?:{words})(?![a-z])))" if words else ")")
        clock = _CLOCK + "|" if ":" in self._units else ""
        self._amount = re.compile(
            r"(?<![\w.:])(?P<sign>[$€£¥₹₩₺]\s?)?"
            rf"(?:{clock}(?P<digits>{_DIGITS})|(?P<spelt>(?:{spelt})(?:[ -](?:{spelt}))?)(?![a-z])"
            r"|(?P<a>an?|half an?)(?= (?:hour|hundred|thousand|million|month|week|kilo)))"
            r"(?P<hundred> hundred)?(?:\s?(?P<times>k|thousand|mil|million|mm|bn|billion|m(?=\s|$))(?!\w))?"
            rf"(?P<half> and a half)?{bound}?(?:[ -]?(?P<unit>{unit}))?"
            r"(?P<scale>\s?(?:/|out of)\s?(?:100|10|5)\b)?"
        )
        self._minutes = re.compile(r"(?P<half> and a half)|\s?(?:and )?(?P<minutes>\d{1,2})\s?(?:minutes|mins?|m)?\b")

    def find(self, plain: str) -> Iterator[Amount]:
        """Yield the amounts of a folded text, in order."""
        match = self._amount.search(plain)
        while match:
            amount = self._read(match, plain)
            yield amount
            match = self._amount.search(plain, max(amount.end, match.start() + 1))

    def _read(self, match: re.Match[str], plain: str) -> Amount:
        if match.groupdict().get("clock"):
            minutes, seconds = match["clock"].split(":")
            return Amount(match.start(), match.end(), int(minutes) * 60 + int(seconds), ":")
        unit = match["unit"] or (match["sign"] or "").strip()
        value = self._number(match, unit) * (100 if match["hundred"] else 1)
        times = _TIMES.get(match["times"] or "", 1.0)
        if match["times"] == "m" and not unit:
            times, unit = (1.0, "m") if "m" in self._units else (1e6, "")
        value = value * times + 0.5 * bool(match["half"])
        end = match.end()
        more = self._minutes.match(plain, end) if unit in _HOURS else None
        if more:
            value += 0.5 if more["half"] else int(more["minutes"]) / 60
            end = more.end()
        out_of = int(re.sub(r"\D", "", match["scale"])) if match["scale"] else 0
        return Amount(match.start(), end, value, unit, out_of, _bound(match["bound"] or ""))

    def _number(self, match: re.Match[str], unit: str) -> float:
        digits = match["digits"]
        if digits and "." in digits and _THOUSANDS.fullmatch(digits):
            grouped = digits.count(".") > 1 or measure_of(unit) == "money"
            return float(digits.replace(".", "") if grouped else digits)
        if digits and re.fullmatch(r"\d+,\d{1,2}", digits):
            return float(digits.replace(",", "."))
        if digits:
            return float(digits.replace(",", ""))
        if match["spelt"]:
            return float(sum(self._numbers[word] for word in re.split(r"[ -]", match["spelt"])))
        return 0.5 if match["a"].startswith("half") else 1.0


def _bound(said: str) -> Literal["", "or_more", "or_less"]:
    if not said:
        return ""
    return "or_more" if said == "+" or said.endswith("more") else "or_less"
