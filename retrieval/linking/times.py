"""Years, decades and spans of time as people write them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from retrieval.items import Field
from retrieval.linking.context import Context
from retrieval.linking.lexicon import lexicon

_YEAR = r"(?:[12]\d\d\d|3000)"
_DECADE = r"(?:(?:1[89]|20)\d0\s?'?\s?s|'?\d0\s?'?\s?s|{spelt}|nineteen[ -](?:{spelt}))"
_COUNTED = "min|minute|page|dollar|euro|people|player|buck|hour|calorie|kcal|word|gram|vote|rating"
_NOT_AFTER = rf"(?![\w%]|[.,]\d|\s?(?:{_COUNTED})s?\b|'\w)"
_PART = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (6, 9)}
_AGE_BEFORE = {"his", "her", "their", "my", "your", "our", "early", "late", "mid", "there"}
_NUMERALS = {"a": 1, "couple": 2, "few": 3, "several": 5}


@dataclass(frozen=True)
class Time:
    """A stretch of years found at `start`–`end` of the folded text."""

    start: int
    end: int
    low: int | None
    high: int | None
    kind: str
    """"year", "decade" or "window" (the last five years)."""


class TimeReader:
    """Finds times for one dating field."""

    def __init__(self, field: Field) -> None:
        """Compile the patterns; the range of `field` tells the century of "the 20s"."""
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

    def find(self, context: Context) -> list[Time]:
        """Return years and decades in order, then windows ("the last five years")."""
        return [*self._times(context), *self._windows(context)]

    def _times(self, context: Context) -> list[Time]:
        found = []
        for match in self._time.finditer(context.message.plain):
            if match["year"]:
                year = int(match["year"])
                start = match.start("year")
                found.append(Time(start, match.end(), year, year, "year"))
            elif decade := self._decade(context, match):
                found.append(decade)
        return found

    def _decade(self, context: Context, match: re.Match[str]) -> Time | None:
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
            return Time(match.start(), match.end(), number, number + 9, "plot")
        early, late = _PART.get(match["part"] or "", (0, 9))
        return Time(match.start(), match.end(), number + early, number + late, "decade")

    def _windows(self, context: Context) -> list[Time]:
        now = self.now()
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
            found.append(Time(match.start(), match.end(), low, high, "window"))
        return found

    def now(self) -> int:
        """Return the year that "recent" counts from: today's, or the catalogue's last where that is older."""
        today = datetime.now(tz=UTC).year
        return min(today, int(self._field.high)) if self._field.high else today
