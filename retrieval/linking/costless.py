"""What costs nothing, where that is a price of nought: "a free course", "for free"."""

from retrieval.catalog import Catalog
from retrieval.items import Field
from retrieval.linking.context import Context
from retrieval.linking.dimensions import field_of
from retrieval.linking.lexicon import PlainPhrases, lexicon
from retrieval.linking.message import Draft, words_of

_SCORE, _RANK = 0.88, 0.6
_LEADS = frozenset("a an the any some is are was it only or and completely totally entirely something anything".split())


class Costless:
    """Finds wishes for what costs nothing in catalogues that have prices, some of them nought."""

    def __init__(self, fields: list[Field], catalog: Catalog) -> None:
        """Choose the field that says what an item costs."""
        price = field_of("price", fields)
        free = price is not None and price.low == 0 and bool((catalog.numbers(price.name) == 0).any())
        self._field = price.name if price and free else ""
        ways = [" ".join(words_of(way)) for way in ("free", *lexicon()["flags"]["free"])]
        self._phrases = PlainPhrases({"free": ways} if self._field else {})

    def drafts(self, context: Context) -> list[Draft]:
        """Return them as limits; "sugar free" and "free of nuts" are none."""
        return [
            Draft(cue.first, cue.last, "range", _SCORE, self._field, "eq", 0, rank=_RANK)
            for cue in self._phrases.find(context.message)
            if not context.plot[cue.first]
            and (cue.phrase != "free" or self._stands_alone(context, cue.first, cue.last))
        ]

    def _stands_alone(self, context: Context, first: int, last: int) -> bool:
        led = first == 0 or context.word(first - 1) in _LEADS or bool(context.message.tokens[first].gap.strip(" -"))
        return led and context.word(last) not in ("of", "from", "to", "time", "range")
