"""Bounds and comparisons that no field of the catalogue can answer: "at least 4 stars" where nothing has stars."""

import re

from retrieval.items import Field
from retrieval.linking.amounts import Amount, AmountReader
from retrieval.linking.context import Context
from retrieval.linking.dimensions import dimensions, field_of
from retrieval.linking.lexicon import PlainPhrases, lexicon
from retrieval.linking.message import Draft
from retrieval.linking.units import measure_of, plain, units

_SCORE, _RANK = 0.8, -1.0
"""Every other reading of the same words is better."""
_UNTOLD = frozenset({"rating", "popularity", "old", "economy", "consumption"})
"""Dimensions whose words ("best", "famous") anybody uses of anything."""
_MEASURED = {"money": "price", "mass": "weight", "time": "duration", "data": "size"}
_NO_NOUN = frozenset(
    "of or and but if in on to at as is i it for with from than please per the a an that which who so".split()
)


class Strays:
    """Finds the amounts and comparatives of a message that speak of nothing the catalogue knows."""

    def __init__(self, fields: list[Field]) -> None:
        """Prepare for these fields."""
        compare = lexicon()["compare"]
        self._amounts = AmountReader(units())
        before = _options([p for n in ("at_most", "at_least", "below", "above") for p in compare[n]])
        self._before = re.compile(rf"(?:^|(?<=\W))(?:{before})\s+(?:(?:the|a|an|of|only|just)\s)?$")
        self._after = re.compile(rf"\s*(?:\w+\s)?(?:{_options([*compare['or_less'], *compare['or_more']])})\b")
        self._words = PlainPhrases(_unanswered(fields))

    def drafts(self, context: Context) -> list[Draft]:
        """Return them with what they speak of as the value: "stars", "price"; none within a story."""
        found = [draft for amount in self._amounts.find(context.message.plain) if (draft := self._of(context, amount))]
        for cue in self._words.find(context.message):
            if not context.plot[cue.first]:
                found.append(Draft(cue.first, cue.last, "stray", _SCORE, value=cue.name, rank=_RANK))
        return found

    def _of(self, context: Context, amount: Amount) -> Draft | None:
        text = context.message.plain
        before = self._before.search(text, 0, amount.start)
        after = self._after.match(text, amount.end)
        measure = measure_of(amount.unit)
        if not (before or after):
            return None
        first, last = context.message.span_plain(
            before.start() if before else amount.start, after.end() if after and not before else amount.end
        )
        noun = plain(amount.unit)
        if not amount.unit and before and self._is_noun(context, last):
            noun, last = context.word(last), last + 1
        if (
            self._age(context, first, noun)
            or context.plot[first]
            or noun in context.grammar.nouns
            or (not noun and amount.value < 2)
        ):
            return None
        return Draft(first, last, "stray", _SCORE, value=_MEASURED.get(measure, noun), rank=_RANK)

    @staticmethod
    def _age(context: Context, first: int, noun: str) -> bool:
        """Whether somebody tells how old they are: "we're all over eighteen"."""
        before = [context.word(i) for i in range(first - 3, first)]
        told = {"i", "we", "he", "she", "they", "kids"} & set(before) and {"m", "re", "s", "am", "are", "is"} & set(
            before
        )
        return bool(told) and noun in ("", "years", "year", "time")

    def _is_noun(self, context: Context, i: int) -> bool:
        """Whether the word after a number can be what is counted."""
        word = context.word(i)
        return word.isalpha() and not context.message.tokens[i].gap.strip() and word not in _NO_NOUN


def _unanswered(fields: list[Field]) -> dict[str, list[str]]:
    """Return, by name, the comparatives and superlatives of the dimensions that no field has."""
    senses = ("greatest", "least", "greater", "less")
    known = {name for name in dimensions() if field_of(name, fields) is not None}
    taken = {phrase for name in known for sense in senses for phrase in dimensions()[name][sense]}
    return {
        name: [phrase for sense in senses for phrase in dimension[sense] if phrase not in taken]
        for name, dimension in dimensions().items()
        if name not in known | _UNTOLD
    }


def _options(phrases: list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
