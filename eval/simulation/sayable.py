"""Which limits a catalogue allows people to put in words, made of values that its rows hold."""

import random
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from eval.simulation.task import several
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role
from retrieval.linking.flags import flags_of
from retrieval.linking.units import measure_of
from retrieval.text import fold

_VALUE = re.compile(r"[^\W\d_][\w&'’+./ -]{2,27}")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,2}")
_LEAST_COVERED = 0.5
_LEAST_ITEMS = 3
_CLEARER = 3
"""A value of two facets is meant of the one that has it so many times as often."""
_BIGGEST = 1_000_000
"""A number without a unit above this is none that people say."""
_WHOLE_FEW = 12
_SPOKEN = re.compile(r"[^\W_]+(?: [^\W_]+){0,2}")
_YEAR_STEP = 5
_DECADES = 15
"""A field that spans more years than this is spoken of in decades."""
_LIKED = re.compile(r"\b(?:rating|score|review|vote|star|like|award)s?\b")
_COSTS = re.compile(r"\b(?:price|cost|fee|rent|preis)s?\b")
"""Of the one people want much, of the other little."""


class Sayable:
    """The limits that can be said of the items of one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._flags = flags_of(catalog)
        self._counts = {f.name: self._counted(f) for f in catalog.with_role(Role.FACET, Role.PERSON)}
        numbers = catalog.with_role(Role.NUMBER, Role.DATE)
        self._numbers = [f for f in numbers if f.coverage >= _LEAST_COVERED and self._says_something(f)]

    def limits_of(self, values: dict[str, Any], rng: random.Random) -> list[Filter]:
        """Return limits that an item of these values meets, one or two a field, in random order."""
        found = [*self._words(values, rng), *self._amounts(values, rng)]
        rng.shuffle(found)
        return found

    def refusals(self, values: dict[str, Any], rng: random.Random) -> list[Filter]:
        """Return limits that refuse a common value of facets which the item does not have, in random order."""
        found = []
        for name, counts in self._counts.items():
            field = self.catalog.fields[name]
            own = {fold(str(one)) for one in several(values.get(name))}
            common = [value for value in list(counts)[:12] if self._clear(field, value) and fold(value) not in own]
            if field.role is Role.FACET and own and common and field.n_values > 2:
                found.append(Filter(field=name, op="not_contains", value=rng.choice(common)))
        rng.shuffle(found)
        return found

    def fields_of_choices(self, choices: list[str]) -> list[str]:
        """Return the fields that have most of these values: what a question with these choices asks about."""
        folded = [fold(choice) for choice in choices]
        hits = {name: sum(f in {fold(v) for v in counts} for f in folded) for name, counts in self._counts.items()}
        best = max(hits.values(), default=0)
        return [name for name, n in hits.items() if n == best and n * 2 > len(choices)]

    def _counted(self, field: Field) -> dict[str, int]:
        return {value: n for value, n, _ in self.catalog.weights(field.name)}

    def _says_something(self, field: Field) -> bool:
        known = self.catalog.numbers(field.name)
        known = known[np.isfinite(known)]
        plain = field.role is Role.DATE or bool(measure_of(field.unit)) or (field.high or 0) < _BIGGEST
        return plain and len(np.unique(known)) >= 3 and bool(_SPOKEN.fullmatch(field.label))

    def _clear(self, field: Field, value: str) -> bool:
        """Whether people would say this value, and mean this field by it."""
        counts = self._counts[field.name]
        pattern = _NAME if field.role is Role.PERSON else _VALUE
        if not pattern.fullmatch(value) or value.count(" ") > 2 or counts[value] < _LEAST_ITEMS:
            return False
        others = (n.get(value, 0) for name, n in self._counts.items() if name != field.name)
        return field.role is Role.PERSON or counts[value] >= _CLEARER * max(others, default=0)

    def _words(self, values: dict[str, Any], rng: random.Random) -> Iterator[Filter]:
        for name in self._counts:
            field, own = self.catalog.fields[name], [str(one) for one in several(values.get(name))]
            if name in self._flags:
                if own:
                    yield Filter(field=name, op="eq", value=own[0])
                continue
            if field.n_values <= 2 or field.coverage < _LEAST_COVERED:
                continue
            clear = [value for value in own if value in self._counts[name] and self._clear(field, value)]
            if clear:  # who and what many items have is what people ask for
                value = rng.choices(clear, [self._counts[name][one] for one in clear])[0]
                yield Filter(field=name, op="contains", value=value)

    def _amounts(self, values: dict[str, Any], rng: random.Random) -> Iterator[Filter]:
        for field in self._numbers:
            value = values.get(field.name)
            if value is None:
                continue
            found = self._times(field, value) if _is_time(field) else self._bounds(field, float(value))
            if found:
                yield rng.choice(found)

    def _times(self, field: Field, value: Any) -> list[Filter]:
        """Return a decade, a first and a last year; of days the year, and the years before and after."""
        day = field.role is Role.DATE
        year = date.fromisoformat(str(value)[:10]).year if day else int(value)
        below, above = year - year % _YEAR_STEP, year - year % _YEAR_STEP + _YEAR_STEP
        decade = year - year % 10
        first, last = (decade, decade + 9) if _spans_decades(field) else (year, year)
        if not day:
            span = Filter(field=field.name, op="between", value=[first, last])
            after = Filter(field=field.name, op="gte", value=below)
            return [span, span, after, Filter(field=field.name, op="lte", value=above - 1)]
        return [
            Filter(field=field.name, op="between", value=[f"{first}-01-01", f"{last}-12-31"]),
            Filter(field=field.name, op="gte", value=f"{below}-01-01"),
            Filter(field=field.name, op="lte", value=f"{above - 1}-12-31"),
        ]

    def _bounds(self, field: Field, value: float) -> list[Filter]:
        known = self.catalog.numbers(field.name)
        known = known[np.isfinite(known)]
        whole, liked = bool(np.all(known == np.round(known))), bool(_LIKED.search(field.label.lower()))
        if whole and len(np.unique(known)) <= _WHOLE_FEW:
            ops = [op for op in (("gte",) if liked else ("eq", "gte", "lte")) if op == "eq" or _cuts(known, op, value)]
            return [Filter(field=field.name, op=op, value=int(value)) for op in ops]  # type: ignore[arg-type]  # ops above
        step = _step(float(np.quantile(known, 0.9) - np.quantile(known, 0.1)) / 6, field)
        low, high = np.floor(value / step) * step, np.ceil(value / step) * step
        costs = bool(_COSTS.search(field.label.lower()))
        pairs = (("gte", low),) if liked else (("lte", high),) if costs else (("gte", low), ("lte", high))
        return [
            Filter(field=field.name, op=op, value=_plain(bound))  # type: ignore[arg-type]  # as written above
            for op, bound in pairs
            if bound > 0 and _cuts(known, op, bound)
        ]


def _is_time(field: Field) -> bool:
    return field.role is Role.DATE or field.unit == "year"


def _spans_decades(field: Field) -> bool:
    return (field.high or 0) - (field.low or 0) > _DECADES


def _cuts(known: np.ndarray, op: str, bound: float) -> bool:
    """Whether a bound leaves some items out, and keeps some."""
    kept = float(np.mean(known >= bound if op == "gte" else known <= bound))
    return 0.03 < kept < 0.9


def _step(size: float, field: Field) -> float:
    """Return the step of numbers people name: 1, 2 or 5 times a power of ten, half hours of minutes."""
    if field.unit == "min":
        return 30.0
    if size <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(size))
    return float(next(times * power for times in (5, 2, 1) if times * power <= size))


def _plain(bound: float) -> int | float:
    rounded = round(float(bound), 4)
    return int(rounded) if rounded == int(rounded) else rounded
