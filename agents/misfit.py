"""What it costs the user when an item that breaks a limit is shown all the same: `stretch × firmness`, 0 to about 2.

- *stretch*: how far the item is from the wish. Of a number or date the larger of its distance over the spread of the
  catalogue and of its distance as a share of the bound (90 → 100 minutes: 0.10; €5 → €45: 0.89); a year or day has
  no share. Of a person 1, of a facet 0.8 (its neighbours are often good), of a refusal 1.5: showing just what was
  ruled out is worse than leaving a wish open.
- *firmness*: how much the limit means to the user. A model's or the profile's guess counts a third, a wish put softly
  ("ideally") half, one put strongly ("must") half as much again; every turn of age takes a tenth off, down to a half.
"""

import re
from collections.abc import Mapping
from datetime import date

import numpy as np

from agents.ledger import interval
from agents.state import Limit
from retrieval.catalog import Catalog
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role

BOUNDED = frozenset({"gte", "lte", "between", "eq", "in"})
"""Operators that ask for a stretch of a scale, so that a miss has a size."""
_PERSON, _FACET, _REFUSAL, _PRESENCE = 1.0, 0.8, 1.5, 0.5
_GUESSED, _SOFT, _STRONG, _BY_CALLER = 0.33, 0.5, 1.5, 1.2
_STRONGLY = re.compile(
    r"\b(?:must|only|definitely|absolutely|really|has to|have to|need(?:s|ed)? to|strictly|exactly|important)\b", re.I
)
_SOFTLY = re.compile(r"\b(?:ideally|preferabl[ey]|prefer|if possible|maybe|perhaps|would be nice)\b", re.I)
_CLAUSE = re.compile(r"[,;.!?]|\b(?:but|and)\b")


def costs(limit: Limit, catalog: Catalog, now: int, said: Mapping[int, str]) -> np.ndarray:
    """Return for every row what is lost where it is shown all the same, (n_items,), 0 where it meets the limit.

    `now` is the turn of the newest limit, `said` the messages by turn.
    """
    return _stretches(limit, catalog) * _firmness(limit, now, said)


def is_bounded(given: Filter, catalog: Catalog) -> bool:
    """Whether a limit bounds a number or date, so that it can be widened."""
    return catalog.fields[given.field].role in (Role.NUMBER, Role.DATE) and given.op in BOUNDED


def _stretches(limit: Limit, catalog: Catalog) -> np.ndarray:
    given, about = limit.filter, catalog.fields[limit.filter.field]
    if is_bounded(given, catalog):
        stretch = _stretch(given, about, catalog.numbers(about.name))
    else:
        flat = _REFUSAL if given.op in NEGATIVE_OPS else _PERSON if about.role is Role.PERSON else _FACET
        stretch = np.full(catalog.n_items, _PRESENCE if given.op in ("known", "unknown") else flat)
    stretch[catalog.select([given]).rows] = 0.0
    return stretch


def _stretch(given: Filter, about: Field, values: np.ndarray) -> np.ndarray:
    low, high = ends_of(given, about)
    miss = np.maximum(np.maximum(low - values, values - high), 0.0)
    known = values[np.isfinite(values)]
    spread = float(np.ptp(np.percentile(known, [5, 95]))) if len(known) else 0.0
    linear = miss / (spread or 1.0)
    size = max((abs(end) for end in (low, high) if np.isfinite(end)), default=0.0)
    has_zero = about.role is Role.NUMBER and about.unit != "year" and size > 0
    share = miss / (miss + size) if has_zero else np.zeros_like(miss)
    return np.nan_to_num(np.clip(np.maximum(linear, share), 0.02, 1.0), nan=1.0)


def ends_of(given: Filter, about: Field) -> tuple[float, float]:
    """Return the interval asked for, in the numbers of the column: days for dates."""
    wanted = given.value if isinstance(given.value, list | tuple) else [given.value]
    if about.role is Role.DATE:
        days = [str(value) for value in wanted]
        low = _day(min(days), "01-01") if given.op != "lte" else -np.inf
        return low, _day(max(days), "12-31") if given.op != "gte" else np.inf
    if given.op == "in":
        return float(min(wanted)), float(max(wanted))
    return interval(given)


def day_of(days: float) -> str:
    """Return a day of a date column as ISO text."""
    return date.fromordinal(int(days)).isoformat()


def _day(text: str, of_year: str) -> float:
    return float(date.fromisoformat(text[:10] if len(text) > 4 else f"{text}-{of_year}").toordinal())


def _firmness(limit: Limit, now: int, said: Mapping[int, str]) -> float:
    """Return how much a limit means to the user, 1 for one put plainly in the latest turn."""
    age = max(0.5, 1 - 0.1 * (now - limit.turn))
    if limit.source in ("model", "profile"):
        return _GUESSED * age
    if limit.source == "caller":
        return _BY_CALLER
    clause = _clause_of(limit.words, said.get(limit.turn, ""))
    return age * (_STRONG if _STRONGLY.search(clause) else _SOFT if _SOFTLY.search(clause) else 1.0)


def _clause_of(words: str, message: str) -> str:
    """Return the part of a message in which some words stand; the words themselves where they are not found."""
    start = message.lower().find(words.lower()) if words else -1
    if start < 0:
        return words
    ends = [match.start() for match in _CLAUSE.finditer(message)]
    left = max((end for end in ends if end < start), default=0)
    right = min((end for end in ends if end >= start + len(words)), default=len(message))
    return message[left:right]
