"""Days as people write them ("12 March", "this weekend", "in the next two weeks") as spans of the calendar."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from retrieval.linking.lexicon import lexicon

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_FEASTS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25), "xmas": (12, 25),
    "boxing day": (12, 26), "new year s eve": (12, 31), "new year's eve": (12, 31), "new year's day": (1, 1),
    "new year": (1, 1), "halloween": (10, 31), "valentine's day": (2, 14),
}  # fmt: skip
_COUNTED = {"a": 1, "couple": 2, "few": 3, "several": 5}
_MONTH = r"(?P<month>" + "|".join(f"{m[:3]}(?:{m[3:]})?" if m != "may" else m for m in _MONTHS) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>(?:19|20)\d\d))?(?!\d)"
_FORMS = {
    "iso": r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<month>\d{2})(?:-(?P<day>\d{2}))?(?!\d)",
    "numeric": r"(?<![\d.])(?P<day>\d{1,2})(?P<mark>[./])(?P<month>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)",
    "run": r"(?<!\d)(?P<from>\d{1,2})(?:st|nd|rd|th)?\s?(?:-|–|to|and|until|till)\s?"
    rf"{_DAY}(?: of)? {_MONTH}{_YEAR}\b",
    "day": rf"(?<![\d.]){_DAY}(?: of)? {_MONTH}{_YEAR}\b",
    "month_day": rf"\b{_MONTH} (?:the )?{_DAY}(?!\d){_YEAR}",
    "month": rf"\b{_MONTH}(?: of)? (?P<year>(?:19|20)\d\d)\b"
    rf"|(?<=\b(?:in|by) )(?:{_MONTH.replace('month', 'bare')})\b"
    rf"|(?P<lead>(?:this|next|last|during|until|since|before|after|early|mid|late|between|through|to|and) )"
    rf"{_MONTH.replace('month', 'led')}\b(?!(?: of)?,? (?:19|20)\d\d\b)",
    "feast": r"\b(?P<feast>" + "|".join(sorted(map(re.escape, _FEASTS), key=len, reverse=True)) + r")\b",
    "near": r"\b(?P<near>today|tonight|tomorrow|yesterday|this evening|this morning|this afternoon)\b",
    "named": r"\b(?P<which>this|next|last|the|coming|upcoming|on) (?P<what>weekend|week|month|year|"
    + "|".join([*_SEASONS, *_WEEKDAYS]) + r")\b",
    "window": r"\b(?P<which>next|coming|last|past|previous|within)(?: the)?(?: next)? (?P<n>\d{1,3}|[a-z]+)(?: of)? "
    r"(?P<what>days?|weeks?|months?)\b",
}  # fmt: skip


@dataclass(frozen=True)
class Days:
    """The days `low`–`high` meant by the letters `start`–`end` of a folded text; None where that side is open."""

    start: int
    end: int
    low: date | None
    high: date | None
    kind: str


class DayReader:
    """Finds days in messages."""

    def __init__(self, today: Callable[[], date], looks_ahead: Callable[[], bool]) -> None:
        """`looks_ahead` tells whether days without a year are the next ones (events) or the last ones (news)."""
        self._today = today
        self._looks_ahead = looks_ahead
        self._forms = {
            name: re.compile(form.replace("(?<=\\b(?:in|by) )", "(?<=in )")) for name, form in _FORMS.items()
        }
        self._numbers: dict[str, int] = {**lexicon()["numbers"], **_COUNTED}

    def find(self, plain: str) -> list[Days]:
        """Return all days of a folded text in order, none overlapping, the most exact reading of each place."""
        found: list[Days] = []
        for name, form in self._forms.items():
            for match in form.finditer(plain):
                days = self._read(name, match)
                if days and not any(d.start < days.end and days.start < d.end for d in found):
                    found.append(days)
        return sorted(found, key=lambda d: d.start)

    def _read(self, name: str, match: re.Match[str]) -> Days | None:
        try:
            span = next(self._spans(name, match), None)
        except ValueError:  # 31 February
            return None
        if span is None:
            return None
        start = match.end("lead") if name == "month" and match["lead"] else match.start()
        if name == "named" and match["which"] in ("the", "on"):
            start = match.start("what")
        kind = "month" if name == "month" or name == "iso" and not match["day"] else name
        return Days(start, match.end(), *span, kind)

    def _spans(self, name: str, match: re.Match[str]) -> Iterator[tuple[date | None, date | None]]:
        groups = match.groupdict()
        if name in ("iso", "numeric"):
            yield self._numeric(groups)
        elif name == "month":
            month = _number_of(groups["month"] or groups["bare"] or groups["led"])
            last = (groups["lead"] or "").strip() == "last"
            yield self._dated(int(groups["year"]) if groups["year"] else None, month, None, None, last=last)
        elif name in ("day", "month_day", "run"):
            year = int(groups["year"]) if groups["year"] else None
            first = int(groups["from"]) if groups.get("from") else None
            yield self._dated(year, _number_of(groups["month"]), int(groups["day"]), first)
        elif name == "feast":
            yield self._dated(None, *_FEASTS[groups["feast"]], None)
        elif name == "near":
            step = {"tomorrow": 1, "yesterday": -1}.get(groups["near"], 0)
            yield (self._today() + timedelta(step),) * 2
        elif name == "named":
            yield self._named(groups["which"], groups["what"])
        elif days := self._window(groups["which"], groups["n"], groups["what"]):
            yield days

    def _numeric(self, groups: dict[str, str | None]) -> tuple[date, date]:
        year, month = int(groups["year"] or 0), int(groups["month"] or 0)
        if not groups["day"]:
            return _month(year, month)
        day = int(groups["day"])
        if groups.get("mark") == "/" and month > 12:
            day, month = month, day
        return (date(year, month, day),) * 2

    def _dated(
        self, year: int | None, month: int, day: int | None, first: int | None, *, last: bool = False
    ) -> tuple[date, date]:
        """Return a day, a run of days or (without a day) a month; without a year the next one, or the last."""

        def of(y: int) -> tuple[date, date]:
            return _month(y, month) if day is None else (date(y, month, first or day), date(y, month, day))

        if year is not None:
            return of(year)
        today = self._today()
        if self._looks_ahead() and not last:
            return of(today.year) if of(today.year)[1] >= today else of(today.year + 1)
        return of(today.year) if of(today.year)[0] <= today else of(today.year - 1)

    def _named(self, which: str, what: str) -> tuple[date, date]:
        today = self._today()
        step = {"next": 1, "last": -1}.get(which, 0)
        monday = today - timedelta(today.weekday())
        if what == "weekend":
            return monday + timedelta(5 + 7 * step), monday + timedelta(6 + 7 * step)
        if what == "week":
            return monday + timedelta(7 * step), monday + timedelta(6 + 7 * step)
        if what == "month":
            return _month(*_moved(today.year, today.month, step))
        if what == "year":
            return date(today.year + step, 1, 1), date(today.year + step, 12, 31)
        if what in _SEASONS:
            return self._season(today, _SEASONS[what], step)
        day = today + timedelta((_WEEKDAYS.index(what) - today.weekday()) % 7)
        if step > 0 and day - today < timedelta(7 - today.weekday()):
            day += timedelta(7)
        if step < 0 or not self._looks_ahead() and day > today:
            day -= timedelta(7)
        return day, day

    def _season(self, today: date, month: int, step: int) -> tuple[date, date]:
        year = today.year + step
        if step == 0 and self._looks_ahead() and _month(*_moved(year, month, 2))[1] < today:
            year += 1
        return date(year, month, 1), _month(*_moved(year, month, 2))[1]

    def _window(self, which: str, n: str, what: str) -> tuple[date | None, date | None] | None:
        number = int(n) if n.isdigit() else self._numbers.get(n)
        if number is None:
            return None
        today = self._today()
        days = number * {"d": 1, "w": 7, "m": 30}[what[0]]
        if which in ("next", "coming", "within"):
            return today, today + timedelta(days)
        return today - timedelta(days), None


def _number_of(month: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, start=1) if name.startswith(month[:3]))


def _moved(year: int, month: int, by: int) -> tuple[int, int]:
    at = year * 12 + month - 1 + by
    return at // 12, at % 12 + 1


def _month(year: int, month: int) -> tuple[date, date]:
    following = date(*_moved(year, month, 1), 1)
    return date(year, month, 1), following - timedelta(1)
