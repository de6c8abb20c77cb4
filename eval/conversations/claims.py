"""Claims about a field, as text: "year 1990..1999", "runtime_min < 120", "genres has Comedy"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agents.ledger import interval, place_of
from errors import InputError
from retrieval.items import NEGATIVE_OPS, Filter
from retrieval.text import fold

_RANGE = re.compile(r"^(?P<field>.+?) (?P<low>[\d.-]*)\.\.(?P<high>[\d.-]*)$")
_BOUND = re.compile(r"^(?P<field>.+?) (?P<sign>[<>]=?|=) (?P<value>[\d.-]+)$")
_NAMED = re.compile(r"^(?P<field>.+?) (?P<verb>has|lacks|any) (?P<values>.+)$")
_HAIR = 1.0


@dataclass(frozen=True)
class Claim:
    """What a field is, within bounds, or which values it has, lacks or has one of (any)."""

    field: str
    verb: str
    low: float = float("-inf")
    high: float = float("inf")
    open_low: bool = False
    open_high: bool = False
    values: frozenset[str] = frozenset()

    def meets(self, value: Any) -> bool:
        """Whether an item's value meets the claim; an unknown value meets none."""
        if value is None:
            return self.verb == "lacks"
        if self.verb == "within":
            place = place_of(value)
            return place is not None and self._inside(place)
        have = {fold(str(v)) for v in (value if isinstance(value, list) else [value])}
        if self.verb == "lacks":
            return not have & self.values
        return bool(have & self.values) if self.verb == "any" else self.values <= have

    def _inside(self, place: float) -> bool:
        above = place > self.low if self.open_low else place >= self.low
        return above and (place < self.high if self.open_high else place <= self.high)

    def stated_by(self, filters: Sequence[Filter]) -> bool:
        """Whether the limits on the field come to this claim: for bounds just these, for names at least these."""
        mine = [given for given in filters if given.field == self.field]
        if self.verb == "within":
            return self._same_bounds(mine)
        refused = {v for f in mine if f.op in NEGATIVE_OPS for v in _folded(f.value)}
        if self.verb == "lacks":
            return self.values <= refused
        wanted = [_folded(f.value) for f in mine if f.op not in NEGATIVE_OPS]
        if self.verb == "any":
            return self.values in wanted
        return all({value} in wanted for value in self.values)

    def _same_bounds(self, filters: Sequence[Filter]) -> bool:
        """An open bound of 120 is met by 120 as by 119, which is how a bound on whole numbers may be put."""
        bounds = [interval(f) for f in filters if f.op not in NEGATIVE_OPS]
        if not bounds:
            return False
        low, high = max(b[0] for b in bounds), min(b[1] for b in bounds)
        low_ok = self.low <= low <= self.low + _HAIR if self.open_low else low == self.low
        high_ok = self.high - _HAIR <= high <= self.high if self.open_high else high == self.high
        return low_ok and high_ok


def _folded(value: Any) -> frozenset[str]:
    return frozenset(fold(str(v)) for v in (value if isinstance(value, list) else [value]))


def parse_claim(text: str) -> Claim:
    """Read one claim. Raises InputError where it is none."""
    if match := _RANGE.match(text):
        low, high = place_of(match["low"] or None), place_of(match["high"] or None)
        return Claim(
            match["field"], "within", float("-inf") if low is None else low, float("inf") if high is None else high
        )
    if match := _BOUND.match(text):
        value, sign = float(match["value"]), match["sign"]
        low = value if sign in (">", ">=", "=") else float("-inf")
        high = value if sign in ("<", "<=", "=") else float("inf")
        return Claim(match["field"], "within", low, high, sign == ">", sign == "<")
    if match := _NAMED.match(text):
        return Claim(
            match["field"], match["verb"], values=frozenset(fold(v.strip()) for v in match["values"].split("|"))
        )
    raise InputError(f"{text!r} is no claim. Write one as in 'year 1990..1999', 'mpg > 30' or 'genres has Comedy'.")
