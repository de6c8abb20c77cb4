"""Years, decades and spans of time in a message, as ranges over the field that dates an item."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from retrieval.items import Field, Op
from retrieval.linking.context import Context
from retrieval.linking.lexicon import Phrases, lexicon
from retrieval.linking.message import Draft

_YEAR = r"(?:1[89]\d\d|20[0-4]\d)"
_DECADE = r"(?:(?:1[89]|20)\d0\s?'?\s?s|'?\d0\s?'?\s?s|{spelt}|nineteen[ -](?:{spelt}))"
_NOT_AFTER = r"(?![\w%]|[.,]\d|\s?(?:min|page|dollar|euro|people|player|buck|hour)|'\w)"
_TAIL = re.compile(
    r"\s*(?:\+|(?:or|and|&) (?:later|newer|after|above|up|onwards?|beyond)|onwards?|on\b)"
    r"|(\s*(?:or|and) (?:earlier|older|before|below))"
)
_PART = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (6, 9)}
_AGE_BEFORE = {"his", "her", "their", "my", "your", "our", "early", "late", "mid", "there"}
_NUMERALS = {"a": 1, "couple": 2, "few": 3, "several": 5}


@dataclass(frozen=True)
class _Time:
    """A stretch of years found at `start`–`end` of the folded text."""

    start: int
    end: int
    low: int | None
    high: int | None
    kind: str
    """"year", "decade" or "window" (the last five years)."""


class YearParser:
    """Reads time expressions for one dating field."""

    def __init__(self, field: Field) -> None:
        """Prepare for `field`, a number in years or a date."""
        self._field = field
        words = lexicon()
        self._decades: dict[str, int] = words["decades"]
        self._numbers: dict[str, int] = {**words["numbers"], **_NUMERALS}
        spelt = "|".join(self._decades)
        decade = _DECADE.format(spelt=spelt)
        self._time = re.compile(
            rf"(?<![\w$€£.])(?:(?P<part>early|mid|middle|late)[ -](?:the )?)?"
            rf"(?:(?P<decade>{decade})|(?P<year>{_YEAR})){_NOT_AFTER}"
        )
        self._window = re.compile(
            r"\b(?:(?:last|past|previous) (?:(?P<n>\d+|[a-z]+)(?: of)? )?(?P<unit>years?|decades?)"
            r"|(?P<this>this|current) (?P<what>century|decade|year|millennium)"
            r"|(?P<ordinal>21|20)(?:st|th) century)\b"
        )
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
        times = [*self._times(context), *self._windows(context)]
        found: list[Draft] = []
        skip = -1
        for i, time in enumerate(times):
            if i == skip:
                continue
            following = times[i + 1] if i + 1 < len(times) else None
            joined = self._joined(context, time, following) if following else None
            if joined:
                skip = i + 1
            found.append(joined or self._single(context, time))
        return found + self._eras(context)

    def _times(self, context: Context) -> list[_Time]:
        found = []
        for match in self._time.finditer(context.message.plain):
            if match["year"]:
                year = int(match["year"])
                start = match.start("year")
                found.append(_Time(start, match.end(), year, year, "year"))
            elif decade := self._decade(context, match):
                found.append(decade)
        return found

    def _decade(self, context: Context, match: re.Match[str]) -> _Time | None:
        text = match["decade"]
        digits = re.search(r"\d+", text)
        number = int(digits[0]) if digits else self._decades[re.split(r"[ -]", text)[-1]]
        first, _ = context.message.span_plain(*match.span("decade"))
        before = context.word(first - (2 if match["part"] else 1))
        if digits is None or len(digits[0]) == 2:
            if before in _AGE_BEFORE or (match["part"] and context.word(first - 2) in _AGE_BEFORE):
                return None
            low = float(self._field.low or 1900)
            number += 2000 if number == 0 or (number <= 20 and low > 1900 + number) else 1900
        elif number % 100 == 0 and number < 2000:
            return _Time(match.start(), match.end(), number, number + 9, "plot")
        early, late = _PART.get(match["part"] or "", (0, 9))
        return _Time(match.start(), match.end(), number + early, number + late, "decade")

    def _windows(self, context: Context) -> list[_Time]:
        now = self._now()
        found = []
        for match in self._window.finditer(context.message.plain):
            low: int | None = None
            high: int | None = None
            if match["unit"]:
                n = self._numbers.get(match["n"] or "", 1) if not (match["n"] or "").isdigit() else int(match["n"])
                low = now - int(n) * (10 if match["unit"].startswith("decade") else 1)
            elif match["this"]:
                step = {"century": 100, "millennium": 1000, "decade": 10, "year": 1}[match["what"]]
                low = now - now % step
            else:
                low, high = (1901, 2000) if match["ordinal"] == "20" else (2000, None)
            found.append(_Time(match.start(), match.end(), low, high, "window"))
        return found

    def _now(self) -> int:
        """Return the year that "recent" counts from: today's, or the catalogue's last where that is older."""
        today = datetime.now(tz=UTC).year
        return min(today, int(self._field.high)) if self._field.high else today

    def _joined(self, context: Context, left: _Time, right: _Time) -> Draft | None:
        """Join "between 1990 and 2000", "1990-2000", "80s or 90s" into one range."""
        between = context.message.plain[left.end : right.start]
        if not re.fullmatch(r"\s*(?:-|–|—|to|through|until|till|and|or|/|,|, or|, and)\s*(?:the )?", between):
            return None
        if left.kind == "year" and re.search(r"or|,|/", between):
            return None
        if left.low is None or right.high is None or right.high < left.low:
            return None
        lead = re.search(
            r"(?:between|from|in|anywhere from|from between)\s+(?:the )?$", context.message.plain[: left.start]
        )
        if left.kind == "year" and "and" in between and not lead:
            return None
        whole = _Time(
            lead.start() if lead and lead[0].startswith(("b", "f", "a")) else left.start,
            right.end,
            left.low,
            right.high,
            left.kind,
        )
        return self._draft(context, whole, "between", [left.low, right.high], explicit=True)

    def _single(self, context: Context, time: _Time) -> Draft:
        plain = context.message.plain
        for name, pattern in self._before.items():
            match = pattern.search(plain, 0, time.start) if time.kind != "window" else None
            if match:
                whole = _Time(match.start(), time.end, time.low, time.high, time.kind)
                op, value = _bound(name, time)
                return self._draft(context, whole, op, value, explicit=True)
        tail = _TAIL.match(plain, time.end)
        if tail and time.low is not None and (tail[0].strip() != "on" or plain[: time.start].endswith("from ")):
            whole = _Time(time.start, tail.end(), time.low, time.high, time.kind)
            if tail[1]:
                return self._draft(context, whole, "lte", time.high, explicit=True)
            return self._draft(context, whole, "gte", time.low, explicit=True)
        if time.high is None:
            return self._draft(context, time, "gte", time.low, explicit=True)
        if time.low == time.high:
            return self._draft(context, time, "eq", time.low, explicit=False)
        return self._draft(context, time, "between", [time.low, time.high], explicit=False)

    def _draft(self, context: Context, time: _Time, op: Op, value: object, *, explicit: bool) -> Draft:
        first, last = context.message.span_plain(time.start, time.end)
        score = self._score(context, first, last, time, explicit=explicit)
        return Draft(first, last, "range", score, self._field.name, op, value, rank=score + 0.3)

    def _score(self, context: Context, first: int, last: int, time: _Time, *, explicit: bool) -> float:
        if time.kind == "plot" or _names_something_else(context, first, last):
            return 0.35
        if context.head(last):
            return 0.93
        plot = context.plot[first]
        if context.before(first, context.grammar.years_strong, 1):
            loose = context.word(first - 1) in ("from", "year") or context.word(first - 2) in ("from", "year")
            return 0.93 if not plot or not loose else 0.55
        if plot:
            return 0.35
        if explicit or context.closes(last) or context.before(first, context.grammar.years_before, 1):
            return 0.88
        return 0.85

    def _eras(self, context: Context) -> list[Draft]:
        now = self._now()
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
    for back in (2, 3):
        other = other or context.word(first - back) in context.grammar.other_nouns
    for i in range(last, min(last + 4, len(context.message.words))):
        word = context.message.words[i]
        if word in context.grammar.head_stops - {"s"}:
            break
        if word in context.grammar.nouns:
            return context.word(i + 1) in context.grammar.makers
        other = other or (i < last + 3 and word in context.grammar.other_nouns)
    return other


def _bound(name: str, time: _Time) -> tuple[Op, int]:
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
