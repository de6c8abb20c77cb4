"""Amounts with units ("under two hours", "at least 4 players", "rated above 7") as ranges over number fields."""

import re
from typing import Any

from retrieval.items import Field, Op
from retrieval.linking.amounts import Amount, AmountReader
from retrieval.linking.context import Context
from retrieval.linking.lexicon import SIGN_BEFORE, SIGNS, described, lexicon, number_dimension
from retrieval.linking.message import Draft

_COUNTED = {"min", "pages", "players", "year", "hours"}
"""Units counted in whole steps: "under two hours" is at most 119 minutes."""
_MONEY = {"usd", "eur", "gbp"}


class NumberParser:
    """Reads amounts for the number fields of one catalogue; years are read elsewhere."""

    def __init__(self, fields: list[Field]) -> None:
        """Prepare for these number fields."""
        self._fields = fields
        words = lexicon()
        self._dimensions = words["dimensions"]
        self._units = self._surfaces(words["units"])
        self._amounts = AmountReader(self._units)
        self._rating = [f for f in fields if number_dimension(f, self._dimensions["rating"])]
        compare = words["compare"]
        self._before = {n: _ending(compare[n]) for n in ("at_most", "at_least", "below", "above", "around")}
        self._after = {n: re.compile(r"\s*(?:" + _options(compare[n]) + r")\b") for n in ("or_less", "or_more")}
        self._plus = re.compile(r"\s*\+")
        names = self._dimensions["rating"]["names"]
        self._rated = re.compile(r"\b(?:" + _options(names) + r")\b")

    def _surfaces(self, units: dict[str, Any]) -> dict[str, list[tuple[Field, float]]]:
        """Return, for every way a unit is written, the fields it may speak of and the factor to their unit."""
        surfaces: dict[str, list[tuple[Field, float]]] = {}
        for field in self._fields:
            table = units.get(field.unit)
            if table is None:
                table = units.get(described(field).split()[-1], {"per": {}})
                for name in {field.unit, field.label.lower()} - {""}:
                    for form in {name, name.rstrip("s"), name.rstrip("s") + "s"}:
                        surfaces.setdefault(form, []).append((field, 1.0))
            for sort, names in table["per"].items():
                for name in names:
                    surfaces.setdefault(name, []).append((field, float(table["scale"][sort])))
        return surfaces

    def drafts(self, context: Context, taken: set[int]) -> list[Draft]:
        """Return every amount that speaks of a field, outside `taken` tokens."""
        amounts = [
            a
            for a in self._amounts.find(context.message.plain)
            if not taken & set(range(*context.message.span_plain(a.start, a.end)))
        ]
        found: list[Draft] = []
        skip = -1
        for i, amount in enumerate(amounts):
            if i == skip:
                continue
            following = amounts[i + 1] if i + 1 < len(amounts) else None
            draft = self._between(context, amount, following) if following else None
            if draft:
                skip = i + 1
            draft = draft or self._single(context, amount, found[-1] if found else None)
            if draft:
                found.append(draft)
        return found

    def _between(self, context: Context, left: Amount, right: Amount) -> Draft | None:
        """Join "between 10 and 20 euros", "90-120 minutes"."""
        plain = context.message.plain
        if not re.fullmatch(r"\s*(?:-|–|to|and)\s*", plain[left.end : right.start]):
            return None
        lead = re.search(r"(?:between|from)\s+$", plain[: left.start])
        if "and" in plain[left.end : right.start] and not lead:
            return None
        start = lead.start() if lead else left.start
        field = self._field(context, right._replace(unit=right.unit or left.unit), start)
        if field is None:
            return None
        return self._draft(
            context,
            start,
            right.end,
            field[0],
            "between",
            [_neat(left.value * field[1]), _neat(right.value * field[1])],
            0.9,
        )

    def _single(self, context: Context, amount: Amount, before: Draft | None) -> Draft | None:
        plain = context.message.plain
        name, start, end = self._comparison(plain, amount)
        found = self._field(context, amount, start) or self._continued(context, amount, start, before)
        if found is None:
            return None
        field, scale = found
        value = amount.value * scale
        step = 1 if field.unit in _COUNTED or field.unit == "" and _counts(field) else 0
        match name:
            case "below":
                return self._draft(context, start, end, field, "lte", _neat(value - step), 0.9)
            case "at_most" | "or_less":
                return self._draft(context, start, end, field, "lte", _neat(value), 0.9)
            case "above":
                return self._draft(context, start, end, field, "gte", _neat(value + step), 0.9)
            case "at_least" | "or_more":
                return self._draft(context, start, end, field, "gte", _neat(value), 0.9)
            case "around" if amount.unit:
                return self._draft(context, start, end, field, "between", [_neat(value * 0.9), _neat(value * 1.1)], 0.8)
        if _counts(field):
            return self._draft(
                context, start, end, field, "eq" if "max" not in described(field) else "gte", _neat(value), 0.82
            )
        return self._draft(
            context, start, end, field, "between", [_neat(value * 0.9), _neat(value * 1.1)], 0.6 if amount.unit else 0.3
        )

    def _comparison(self, plain: str, amount: Amount) -> tuple[str, int, int]:
        """Return the comparison around an amount ("" where none), and where the whole expression starts and ends."""
        for name, after in self._after.items():
            if match := after.match(plain, amount.end):
                return name, amount.start, match.end()
        if plus := self._plus.match(plain, amount.end):
            return "or_more", amount.start, plus.end()
        if sign := SIGN_BEFORE.search(plain[: amount.start]):
            return SIGNS[sign[1]], sign.start(), amount.end
        for name, before in self._before.items():
            if match := before.search(plain, 0, amount.start):
                return name, match.start(), amount.end
        return "", amount.start, amount.end

    def _field(self, context: Context, amount: Amount, start: int) -> tuple[Field, float] | None:
        """Return the field an amount speaks of, with the factor to its unit."""
        plain = context.message.plain
        around = plain[max(0, start - 30) : start] + " " + plain[amount.end : amount.end + 14]
        candidates = self._units.get(amount.unit, []) if amount.unit else []
        if amount.unit in ("$", "€", "£", "dollars", "euros") and not candidates:
            candidates = [(f, 1.0) for f in self._fields if f.unit in _MONEY]
        if self._rating and (
            amount.out_of or amount.unit in ("", "%", "percent", "stars", "star") and self._rated.search(around)
        ):
            return self._rating_field(amount, around)
        if not amount.unit:
            return self._labelled(amount, plain[max(0, start - 30) : start])
        fitting = [(f, s) for f, s in candidates if _fits(f, amount.value * s) and not _too_small(f, amount.value * s)]
        return max(
            fitting,
            key=lambda c: (
                _mentioned(c[0], around),
                "price" in described(c[0]),
                "max" in described(c[0]),
                c[0].coverage,
            ),
            default=None,
        )

    def _continued(
        self, context: Context, amount: Amount, start: int, before: Draft | None
    ) -> tuple[Field, float] | None:
        """Return the field of the amount before, where this one only bounds it further: "runtime > 60 and < 90"."""
        if before is None or amount.unit or not SIGN_BEFORE.search(context.message.plain[: amount.start]):
            return None
        first, _ = context.message.span_plain(amount.start, amount.end)
        between = context.message.words[before.last : first]
        field = next(f for f in self._fields if f.name == before.field)
        return (field, 1.0) if between in ([], ["and"]) and _fits(field, amount.value) else None

    def _rating_field(self, amount: Amount, around: str) -> tuple[Field, float] | None:
        if amount.out_of:
            scaled = [(f, scale / amount.out_of) for f in self._rating if (scale := _scale(f))]
            return min(scaled, key=lambda c: (c[1] != 1, -c[0].coverage), default=None)
        fitting = [
            f for f in self._rating if _fits(f, amount.value) and (f.unit == "%" or amount.unit not in ("%", "percent"))
        ]
        best = min(fitting, key=lambda f: (-_mentioned(f, around), f.high or 0, -f.coverage), default=None)
        return (best, 1.0) if best else None

    def _labelled(self, amount: Amount, left: str) -> tuple[Field, float] | None:
        """Find the field by its name just before: "runtime under 100", "price below 20"."""
        for dimension in self._dimensions.values():
            if not any(
                re.search(rf"\b{re.escape(name)}\b(?: is| of|:)?(?: \w+){{0,2}}\s*$", left)
                for name in dimension["names"]
            ):
                continue
            for field in self._fields:
                if number_dimension(field, dimension) and _fits(field, amount.value):
                    return field, 1.0
        return None

    def _draft(
        self, context: Context, start: int, end: int, field: Field, op: Op, value: object, score: float
    ) -> Draft:
        first, last = context.message.span_plain(start, end)
        if context.plot[first]:
            score *= 0.6
        return Draft(first, last, "range", score, field.name, op, value, rank=score + 0.3)


def _fits(field: Field, value: float) -> bool:
    """Whether a value can be meant for this field at all."""
    low, high = field.low if field.low is not None else 0.0, field.high if field.high is not None else float("inf")
    return min(low, 0) - 1 <= value <= high * 1.5 + 1 and (value >= low * 0.2 or low <= 10)


def _too_small(field: Field, value: float) -> bool:
    """Whether a sum of money is no amount of this field: "$10 a month" is no box office."""
    return field.unit in _MONEY and 0 < value < 1e-5 * (field.high or 0)


def _scale(field: Field) -> int:
    """Return what a rating is out of: 5, 10 or 100."""
    return next((scale for scale in (5, 10, 100) if (field.high or 0) <= scale), 0)


def _mentioned(field: Field, around: str) -> int:
    return sum(word in around for word in described(field).split() if len(word) > 3)


def _counts(field: Field) -> bool:
    return "player" in described(field) or field.unit == "players"


def _neat(value: float) -> float | int:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _options(phrases: list[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))


def _ending(phrases: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?:^|(?<=\W))(?:" + _options(phrases) + r")\s+(?:the |a |an )?$")
