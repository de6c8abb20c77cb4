"""Which number field an amount speaks of: by its unit, by a name beside it, by the comparison, by what fits."""

import re
from functools import cached_property
from typing import Any

import numpy as np

from retrieval.catalog import Catalog
from retrieval.items import Field
from retrieval.linking.amounts import Amount
from retrieval.linking.dimensions import dimensions, number_dimension
from retrieval.linking.lexicon import described
from retrieval.linking.measures import MONEY, Surface, counted_names, described_words, kind_of, surfaces

_LEFT, _RIGHT = 30, 24
"""How many letters beside an amount a field's name is looked for in."""
_FEW = 60
_NEAR = 0.03
_LOW_WORDS, _HIGH_WORDS = {"min", "minimum", "lowest"}, {"max", "maximum", "highest"}
_SAID_OF_ANY = {"of", "per", "the", "in", "number", "total", "count", "avg", "average", "mean", "at", "to", "a"}


class NumberFields:
    """The number fields of one catalogue by everything that may stand for them."""

    def __init__(self, fields: list[Field], catalog: Catalog) -> None:
        """Prepare for these fields; their values are read at the first amount without a comparison."""
        self.fields = fields
        self.surfaces: dict[str, list[Surface]] = surfaces(fields)
        self._catalog = catalog
        self._dimensions = dimensions()
        self._rating = [f for f in fields if number_dimension(f, self._dimensions["rating"])]
        names = "|".join(re.escape(p) for p in sorted(self._dimensions["rating"]["names"], key=len, reverse=True))
        self._rated = re.compile(rf"\b(?:{names})\b")
        self._known: dict[str, tuple[np.ndarray, float]] = {}

    def of(self, plain: str, amount: Amount, start: int, compared: str) -> tuple[Field, float] | None:
        """Return the field an amount speaks of, with the factor to its unit.

        `compared` are the words of the comparison that starts at `start`, "" where there is none.
        """
        left = plain[max(0, start - _LEFT) : start]
        around = f"{left} {plain[amount.end : amount.end + _RIGHT]}"
        if self._rating and (
            amount.out_of or amount.unit in ("", "%", "percent", "stars", "star") and self._rated.search(around)
        ):
            return self._rating_field(amount, around)
        if not amount.unit:
            return (
                self._named(amount, left)
                or self._named_after(amount, plain[amount.end : amount.end + _RIGHT])
                or self._of_comparison(amount, compared)
                or (self._price(amount, plain) if compared else None)
            )
        candidates = self.surfaces.get(amount.unit, [])
        fitting = [s for s in candidates if fits(s.field, amount.value * s.factor) and not _too_small(s, amount)]
        best = max(fitting, key=lambda s: self._rank(s, amount, around), default=None)
        if best is None and compared:
            best = _far_price([s for s in candidates if not _too_small(s, amount)], amount)
        return (best.field, best.factor) if best else None

    def _rank(self, surface: Surface, amount: Amount, around: str) -> tuple[int, bool, bool, bool, bool, bool, float]:
        field, value = surface.field, amount.value * surface.factor
        low, high = field.low or 0.0, field.high if field.high is not None else float("inf")
        words = described_words(field)
        return (
            mentioned(field, around),
            surface.own,
            field.label.lower() == amount.unit,
            low * (1 - _NEAR) <= value <= high * (1 + _NEAR),
            "price" in words,
            bool(words & _HIGH_WORDS),
            field.coverage,
        )

    def _rating_field(self, amount: Amount, around: str) -> tuple[Field, float] | None:
        if amount.out_of:
            scaled = [(f, scale / amount.out_of) for f in self._rating if (scale := _scale(f))]
            return min(scaled, key=lambda c: (c[1] != 1, -c[0].coverage), default=None)
        fitting = [
            f for f in self._rating if fits(f, amount.value) and (f.unit == "%" or amount.unit not in ("%", "percent"))
        ]
        best = min(fitting, key=lambda f: (-mentioned(f, around), f.high or 0, -f.coverage), default=None)
        return (best, 1.0) if best else None

    def _named(self, amount: Amount, left: str) -> tuple[Field, float] | None:
        """Find the field by a name just before: "runtime under 100", "salary above 60k"; its whole label says most."""
        whole = [f for f in self.fields if _ends_with(left, [f.label.lower()]) and fits(f, amount.value)]
        if whole:
            return max(whole, key=lambda f: len(f.label)), 1.0
        for dimension in self._dimensions.values():
            if _ends_with(left, dimension["names"]):
                for field in self.fields:
                    if number_dimension(field, dimension) and fits(field, amount.value):
                        return field, 1.0
        own = [f for f in self.fields if _ends_with(left, self._own_names[f.name]) and fits(f, amount.value)]
        return (max(own, key=lambda f: (mentioned(f, left), f.coverage)), 1.0) if own else None

    def _named_after(self, amount: Amount, right: str) -> tuple[Field, float] | None:
        """Find the field by where the amount holds: "more than 25 on the highway"."""
        match = re.match(r"\s(?:on|in) the (\w+)", right)
        own = [f for f in self.fields if match and match[1] in self._own_names[f.name] and fits(f, amount.value)]
        return (max(own, key=lambda f: f.coverage), 1.0) if own else None

    @cached_property
    def _own_names(self) -> dict[str, set[str]]:
        names = {}
        for field in self.fields:
            words = set(field.label.lower().split()) - _SAID_OF_ANY - _LOW_WORDS - _HIGH_WORDS
            names[field.name] = counted_names(field) | {word for word in words if len(word) > 2}
        return names

    def _of_comparison(self, amount: Amount, compared: str) -> tuple[Field, float] | None:
        """Return the field that the comparison itself names: "lighter than 2", "cheaper than 15"."""
        said = compared.removesuffix(" than").removeprefix("no ").removeprefix("not ").removeprefix("or ")
        for dimension in self._dimensions.values():
            if said in dimension["greater"] or said in dimension["less"]:
                for field in self.fields:
                    if number_dimension(field, dimension) and fits(field, amount.value):
                        return field, 1.0
        return None

    def _price(self, amount: Amount, plain: str) -> tuple[Field, float] | None:
        """Take a bare bound for a price where things are sold and nothing else is counted: "under 20"."""
        if re.match(r"\s?(?!(?:or|and|but|please|if|with|in|from|for|that)\b)[\w%:]", plain[amount.end :]):
            return None
        priced = [f for f in self.fields if self.is_price(f) and fits(f, amount.value)]
        return (max(priced, key=lambda f: f.coverage), 1.0) if priced else None

    def is_price(self, field: Field) -> bool:
        """Whether the field says what an item costs."""
        return kind_of(field) == MONEY and number_dimension(field, self._dimensions["price"])

    def step(self, field: Field) -> float:
        """Return what "under 3" takes away: 1 of whole numbers, 0.1 of those with one decimal; nothing of money."""
        step = self._values(field)[1]
        return 0.0 if kind_of(field) == MONEY else step

    def usual(self, field: Field, value: float) -> float | None:
        """Return the value that is meant by `value` where a field has only a few; None where any value may be."""
        known, _ = self._values(field)
        if not len(known) or len(known) > _FEW:
            return None
        nearest = float(known[np.abs(known - value).argmin()])
        return nearest if abs(nearest - value) <= _NEAR * max(abs(value), abs(nearest)) else value

    def _values(self, field: Field) -> tuple[np.ndarray, float]:
        """Return the different values of a field (at most one more than a few), and the step from one to the next."""
        if field.name not in self._known:
            values = self._catalog.numbers(field.name)
            values = values[np.isfinite(values)]
            self._known[field.name] = np.unique(values)[: _FEW + 1], _step(values)
        return self._known[field.name]


def _step(values: np.ndarray) -> float:
    """Return the power of ten that all values are multiples of, 1 at most and 0.01 at least."""
    return next((step for step in (1.0, 0.1) if np.allclose(values, np.round(values / step) * step, atol=1e-6)), 0.01)


def fits(field: Field, value: float) -> bool:
    """Whether a value can be meant for this field at all."""
    low, high = field.low if field.low is not None else 0.0, field.high if field.high is not None else float("inf")
    return min(low, 0) - 1 <= value <= high * 1.5 + 1 and (value >= low * 0.2 or low <= 10)


def mentioned(field: Field, around: str) -> int:
    """Count the words of a field's name in a text."""
    words = described_words(field) - _SAID_OF_ANY
    there = set(re.findall(r"\w+", around))
    return sum(word in there or len(word) > 3 and word in around for word in words)


def _far_price(candidates: list[Surface], amount: Amount) -> Surface | None:
    """Return the only price there is, however far from every item: what nobody sells is still what was asked."""
    priced = [s for s in candidates if kind_of(s.field) == MONEY]
    own = [s for s in priced if s.own] or priced
    prices = [s for s in own if "price" in described_words(s.field)] or own
    return prices[0] if prices and amount.value > 0 else None


def _too_small(surface: Surface, amount: Amount) -> bool:
    """Whether a sum of money is no amount of this field: "$10 a month" is no box office."""
    return kind_of(surface.field) == MONEY and 0 < amount.value < 1e-5 * (surface.field.high or 0)


def _scale(field: Field) -> int:
    """Return what a rating is out of: 5, 10 or 100."""
    return next((scale for scale in (5, 10, 100) if (field.high or 0) <= scale), 0)


def _ends_with(left: str, names: Any) -> bool:
    tail = r"(?:,|(?: is| of|:)?(?: \w+){0,2})\s*$"
    return any(name in left and re.search(rf"\b{re.escape(name)}\b{tail}", left) for name in names)


def counts_people(field: Field) -> bool:
    """Whether the field says for how many an item is, so that "for 4" means just that many."""
    return "player" in described(field) or field.unit == "players"
