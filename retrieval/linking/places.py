"""Facet values, and how countries and languages are told from one another: "a French film", "in French"."""

from typing import NamedTuple

from retrieval.items import Field
from retrieval.linking.context import Context
from retrieval.linking.lexicon import lexicon
from retrieval.linking.message import words_of


class Value(NamedTuple):
    """One value of one facet; `names` are its spellings in the catalogue, commonest first."""

    field: Field
    names: tuple[str, ...]
    n: int
    exact: bool
    sort: str
    """"" or the kind of lexicon entry that led here: "places", "tongues"."""


class PlaceReader:
    """Reads values of fields that hold places or tongues."""

    def __init__(self, n_items: int) -> None:
        """Read the words that stand beside tongues."""
        self._n_items = n_items
        self._tongue_before = frozenset(tuple(p.split()) for p in lexicon()["kinds"]["tongue_before"])
        self._tongue_after = frozenset(tuple(p.split()) for p in lexicon()["kinds"]["tongue_after"])

    def by_tongue(self, context: Context, first: int, last: int, values: list[Value]) -> list[Value]:
        """Put languages first where the message speaks of a language, places first otherwise."""
        sorts = {value.sort for value in values}
        if not {"places", "tongues"} <= sorts:
            return values
        tongue = context.after(last, self._tongue_after) or context.before(first, self._tongue_before)
        wanted = "tongues" if tongue else "places"
        return sorted(values, key=lambda v: (v.sort != wanted, v.field.n_values))

    def score(self, context: Context, first: int, last: int, value: Value) -> float:
        """Return how surely a span means this place or tongue as a limit."""
        share = value.n / max(1.0, self._n_items * value.field.coverage)
        # Where most items have the value, a limit on a patchy field loses more that fit than it removes that do not.
        sure = 0.7 if share > 0.5 and value.field.coverage < 0.9 else 0.88
        key = context.message.phrase(first, last)
        adjective = not any(key == " ".join(words_of(name)) for name in value.names) or value.sort == "tongues"
        if value.sort == "tongues" and (
            context.after(last, self._tongue_after) or context.before(first, self._tongue_before)
        ):
            return sure
        if first == 0 and last == len(context.message.words):
            return sure
        if context.word(last) == "war":
            return 0.3
        if context.head(last) or (adjective and context.closes(last) and not context.plot[first]):
            return sure
        at = first - 1 if context.word(first - 1) != "the" else first - 2
        if not adjective and context.word(at) in ("from", "in", "by", "near", "around") and not context.plot[first]:
            told = context.word(at) == "from" or context.word(at - 1) in ("made", "produced")
            return sure if told or not context.grammar.tells_stories else 0.45
        return 0.3 if context.grammar.tells_stories else 0.6
