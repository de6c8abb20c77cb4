"""Days in a message as ranges over the date fields: "in March 2026", "this weekend", "posted after 1 November"."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from retrieval.catalog import Catalog
from retrieval.items import Field, Op
from retrieval.linking.context import Context
from retrieval.linking.day_spans import DayReader, Days
from retrieval.linking.lexicon import Phrases, lexicon
from retrieval.linking.message import Draft
from retrieval.linking.number_fields import mentioned

_LEFT = 30
_BETWEEN = re.compile(r"\s*(?:-|–|to|and|until|till|through)\s*(?:the )?")
_LEAD = re.compile(r"(?:between|from|in|on|during|starting|for|at)\s+(?:the )?$")
_ONWARDS = re.compile(r"\s*(?:\+|onwards?\b|or later\b|and later\b|or after\b)")


class DateParser:
    """Reads days for the date fields of one catalogue; bare years are read elsewhere."""

    def __init__(self, fields: list[Field], catalog: Catalog, today: Callable[[], date]) -> None:
        """Prepare for these date fields."""
        self._fields = fields
        self._catalog = catalog
        self._today = today
        self._reader = DayReader(today, lambda: self._looks_ahead)
        compare = lexicon()["compare"]
        self._before = {
            name: re.compile(
                r"(?:^|(?<=\W))(?:" + "|".join(re.escape(p) for p in sorted(compare[name], key=len, reverse=True))
                + r")\s+(?:the )?$"
            )
            for name in ("not_later", "not_earlier", "earlier", "later")
        }  # fmt: skip
        self._upcoming = Phrases({"upcoming": ["upcoming", "coming up", "still to come", "in the future"]})

    @cached_property
    def _looks_ahead(self) -> bool:
        """Whether the catalogue holds days to come."""
        today = self._today().toordinal()
        return any(np.nanmax(self._catalog.numbers(f.name), initial=-np.inf) > today for f in self._fields)

    def drafts(self, context: Context) -> list[Draft]:
        """Return every expression for days, as a range over the date field it speaks of."""
        found: list[Draft] = []
        days = self._reader.find(context.message.plain)
        skip = -1
        for i, one in enumerate(days):
            if i == skip:
                continue
            following = days[i + 1] if i + 1 < len(days) else None
            joined = self._joined(context, one, following) if following else None
            skip = i + 1 if joined else skip
            found.append(joined or self._single(context, one))
        for cue in self._upcoming.find(context.message) if self._looks_ahead else ():
            field = self._field(context.message.plain, 0)
            found.append(self._as_draft(cue.first, cue.last, field, "gte", self._today().isoformat(), context))
        return found

    def _joined(self, context: Context, left: Days, right: Days) -> Draft | None:
        """Join "from 1 March to 15 April" into one range."""
        plain = context.message.plain
        if not _BETWEEN.fullmatch(plain[left.end : right.start]) or left.low is None or right.high is None:
            return None
        low = left.low.replace(year=right.high.year) if left.low > right.high else left.low
        lead = _LEAD.search(plain[: left.start])
        return self._draft(
            context, lead.start() if lead else left.start, right.end, "between", [str(low), str(right.high)]
        )

    def _single(self, context: Context, days: Days) -> Draft:
        plain = context.message.plain
        low, high = days.low or date.min, days.high or date.max
        for name, pattern in self._before.items():
            match = pattern.search(plain, 0, days.start)
            if match and not (days.kind == "month" and match[0].startswith("starting")):
                bounds: dict[str, tuple[Op, date]] = {
                    "earlier": ("lte", low - timedelta(1)),
                    "not_later": ("lte", high),
                    "later": ("gte", high + timedelta(1) if days.high else low),
                    "not_earlier": ("gte", low),
                }
                op, bound = bounds[name]
                return self._draft(context, match.start(), days.end, op, str(bound))
        lead = _LEAD.search(plain[: days.start])
        start = lead.start() if lead else days.start
        tail = _ONWARDS.match(plain, days.end)
        if days.high is None or tail or (lead and lead[0].startswith(("from", "starting")) and days.kind != "month"):
            return self._draft(context, start, tail.end() if tail else days.end, "gte", str(low))
        if low == high:
            return self._draft(context, start, days.end, "eq", str(low))
        return self._draft(context, start, days.end, "between", [str(low), str(high)])

    def _draft(self, context: Context, start: int, end: int, op: Op, value: object) -> Draft:
        first, last = context.message.span_plain(start, end)
        return self._as_draft(first, last, self._field(context.message.plain, start), op, value, context)

    def _as_draft(self, first: int, last: int, field: Field, op: Op, value: object, context: Context) -> Draft:
        score = 0.35 if context.plot[first] else 0.9
        return Draft(first, last, "range", score, field.name, op, value, rank=score + 0.6)

    def _field(self, plain: str, start: int) -> Field:
        """Return the date field named before the days, else the best covered."""
        left = plain[max(0, start - _LEFT) : start]
        return max(self._fields, key=lambda f: (mentioned(f, left), f.coverage))
