"""Amounts with units ("under two hours", "at least 4 players", "rated above 7") as ranges over number fields."""

import re

from retrieval.catalog import Catalog
from retrieval.items import Field, Op
from retrieval.linking.amounts import Amount, AmountReader
from retrieval.linking.context import Context
from retrieval.linking.lexicon import SIGN_BEFORE, SIGNS, described, lexicon
from retrieval.linking.measures import counted_names
from retrieval.linking.message import Draft
from retrieval.linking.number_fields import NumberFields, counts_people, fits

_SURE, _BARE, _DOUBTFUL = 0.9, 0.82, 0.3
_STARS = re.compile(r"[ -]stars?\b")
_TOLERANCE = 0.1
"""An amount without a comparison allows so much more or less, where values are many."""


class NumberParser:
    """Reads amounts for the number fields of one catalogue; years are read elsewhere."""

    def __init__(self, fields: list[Field], catalog: Catalog) -> None:
        """Prepare for these number fields."""
        self._fields = NumberFields(fields, catalog)
        self._amounts = AmountReader(self._fields.surfaces)
        compare = lexicon()["compare"]
        self._before = {n: _ending(compare[n]) for n in ("at_most", "at_least", "below", "above", "around")}
        self._after = {n: re.compile(r"\s*(?:" + _options(compare[n]) + r")\b") for n in ("or_less", "or_more")}
        self._plus = re.compile(r"\s*\+")

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
        one_unit = right._replace(unit=right.unit or left.unit)
        found = self._fields.of(plain, one_unit, start, lead[0].strip() if lead else "")
        if found is None:
            return None
        field, factor = found
        bounds = [_neat(left.value * factor), _neat(right.value * factor)]
        return self._draft(context, start, right.end, field, "between", sorted(bounds), _SURE)

    def _single(self, context: Context, amount: Amount, before: Draft | None) -> Draft | None:
        plain = context.message.plain
        name, start, end = self._comparison(plain, amount)
        compared = f"{plain[start : amount.start]} {plain[amount.end : end]}".strip() if name else ""
        found = self._fields.of(plain, amount, start, compared) or self._continued(context, amount, start, before)
        if found is None:
            return None
        field, factor = found
        value = amount.value * factor
        step = self._fields.step(field) if name in ("below", "above") else 0
        match name:
            case "below":
                return self._draft(context, start, end, field, "lte", _neat(value - step), _SURE)
            case "at_most" | "or_less":
                return self._draft(context, start, end, field, "lte", _neat(value), _SURE)
            case "above":
                return self._draft(context, start, end, field, "gte", _neat(value + step), _SURE)
            case "at_least" | "or_more":
                return self._draft(context, start, end, field, "gte", _neat(value), _SURE)
            case "around" if amount.unit:
                return self._draft(context, start, end, field, "between", _about(value), 0.8)
        return self._bare(context, amount, field, value)

    def _bare(self, context: Context, amount: Amount, field: Field, value: float) -> Draft:
        """Read an amount without a comparison: just that many of what is counted, about that much of what is not."""
        start, end = amount.start, amount.end
        if counts_people(field):
            op: Op = "eq" if "max" not in described(field) else "gte"
            return self._draft(context, start, end, field, op, _neat(value), _BARE)
        score = _BARE if amount.unit or _STARS.match(context.message.plain, end) else _DOUBTFUL
        usual = self._fields.usual(field, value)
        if usual is not None:
            return self._draft(context, start, end, field, "eq", _neat(usual), score)
        return self._draft(context, start, end, field, "between", _about(value), score)

    def _comparison(self, plain: str, amount: Amount) -> tuple[str, int, int]:
        """Return the comparison around an amount ("" where none), and where the whole expression starts and ends."""
        if amount.bound:
            return amount.bound, amount.start, amount.end
        for name, after in self._after.items():
            match = after.match(plain, amount.end)
            if match and not self._is_next(plain, match.end()):
                return name, amount.start, match.end()
        if plus := self._plus.match(plain, amount.end):
            return "or_more", amount.start, plus.end()
        if sign := SIGN_BEFORE.search(plain[: amount.start]):
            return SIGNS[sign[1]], sign.start(), amount.end
        for name, before in self._before.items():
            if match := before.search(plain, 0, amount.start):
                return name, match.start(), amount.end
        return "", amount.start, amount.end

    def _is_next(self, plain: str, end: int) -> bool:
        """Whether an amount follows at once: what stands between compares that one ("90% at least two hours")."""
        following = next(self._amounts.find(plain[end:]), None)
        return following is not None and not plain[end : end + following.start].strip()

    def _continued(
        self, context: Context, amount: Amount, start: int, before: Draft | None
    ) -> tuple[Field, float] | None:
        """Return the field of the amount before, where this one only bounds it further: "runtime > 60 and < 90"."""
        if before is None or amount.unit or not SIGN_BEFORE.search(context.message.plain[: amount.start]):
            return None
        first, _ = context.message.span_plain(amount.start, amount.end)
        between = context.message.words[before.last : first]
        field = next(f for f in self._fields.fields if f.name == before.field)
        return (field, 1.0) if between in ([], ["and"]) and fits(field, amount.value) else None

    def _draft(
        self, context: Context, start: int, end: int, field: Field, op: Op, value: object, score: float
    ) -> Draft:
        first, last = context.message.span_plain(start, end)
        if context.plot[first] and not (score == _SURE and last == len(context.message.words)):
            score *= 0.6
        first, last = _with_name(context, first, last, field)
        return Draft(first, last, "range", score, field.name, op, value, rank=score + 0.3)


def _with_name(context: Context, first: int, last: int, field: Field) -> tuple[int, int]:
    """Take in the field's own name beside an amount: "16 GB of RAM", "battery over 10 hours"."""
    names, n_words = counted_names(field), len(context.message.words)
    for n in (3, 2, 1):
        for of in (1, 0):
            end = last + of + n
            linked = not of or context.word(last) in ("of", "in")
            if linked and end <= n_words and context.message.phrase(last + of, end) in names:
                return first, end
        for of in (0, 1):
            start = first - of - n
            linked = not of or context.word(first - 1) in ("of", "is")
            if linked and start >= 0 and context.message.phrase(start, start + n) in names:
                return start, last
    return first, last


def _about(value: float) -> list[float | int]:
    return [_neat(value * (1 - _TOLERANCE)), _neat(value * (1 + _TOLERANCE))]


def _neat(value: float) -> float | int:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _options(phrases: list[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))


def _ending(phrases: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?:^|(?<=\W))(?:" + _options(phrases) + r")\s+(?:(?:the|a|an|of|only|just)\s)?$")
