"""Facet values in a message: exact, plural and other names, scored by how surely they are meant as a limit."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from retrieval.catalog import Catalog
from retrieval.items import Field, Op, Role
from retrieval.linking.belonging import means_other, of_series, tells_story
from retrieval.linking.context import Context
from retrieval.linking.lexicon import described, lexicon
from retrieval.linking.message import Draft, words_of
from retrieval.linking.name_forms import initials
from retrieval.linking.phrases import LEADS, labelled, made_by, part_of_phrase
from retrieval.linking.places import PlaceReader, Value
from retrieval.linking.trust import agreement, is_class
from retrieval.linking.vocabulary import Vocabulary

_LONGEST = 6
_FEW = 0.0025
"""A value that fewer items have, in a facet of many values an item, is an accident of some source ("Superhero": 4)."""
_PATCHY = 0.65
"""A value found on a smaller share of the items that are tagged with its own word is no hard limit."""
_SPARSE = 0.65
"""Below this cap the same words as a tag are the better reading, where more items have the tag."""
_USUAL = 0.005
"""Share of items that a value has which people can be expected to know."""
_ORDINARY = 0.006
"""A value whose words stand in more than this share of the texts may just be a word."""


class FacetIndex:
    """Every facet value by every way of writing it."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary, skip: Collection[str] = ()) -> None:
        """Read the values of every facet field but those to `skip`."""
        self._vocabulary = vocabulary
        self._n_items = max(catalog.n_items, 1)
        self._by_key: dict[str, list[Value]] = defaultdict(list)
        self._pairs: dict[str, list[Value]] = {}
        self._kinds = {kind: re.compile(p) for kind, p in lexicon()["kinds"].items() if isinstance(p, str)}
        self._places = PlaceReader(self._n_items)
        facets = [field for field in catalog.with_role(Role.FACET) if field.name not in skip]
        for field in sorted(facets, key=lambda f: f.n_values):
            self._add_field(field, catalog.counts(field.name, limit=50_000))
        self._trust = agreement(catalog)

    def _add_field(self, field: Field, counts: list[tuple[str, int]]) -> None:
        spellings: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for name, n in counts:
            key = " ".join(words_of(name))
            if key:
                spellings[key].append((name, n))
        sort = self._sort(field)
        for key, found in spellings.items():
            self._add(key, Value(field, tuple(name for name, _ in found), sum(n for _, n in found), True, sort))
        if is_class(field):
            self._add_other_names(field, spellings)
            self._add_initials(field, spellings, sort)

    def _sort(self, field: Field) -> str:
        return next((kind for kind, pattern in self._kinds.items() if pattern.search(described(field))), "")

    def _add(self, key: str, value: Value) -> None:
        for form in dict.fromkeys([key, *_plurals(key)]):
            if not any(v.field is value.field for v in self._by_key[form]):
                self._by_key[form].append(value)

    def _add_other_names(self, field: Field, spellings: dict[str, list[tuple[str, int]]]) -> None:
        sort = self._sort(field)
        table = lexicon()[sort] if sort else lexicon()["synonyms"]
        merged: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for target, names in table.items():
            if "+" in target:
                self._add_pairs(field, [spellings.get(t) for t in target.split("+")], names)
            if target not in spellings:
                continue
            for name in names:
                merged[name].extend(spellings[target])
        for name, found in merged.items():
            own = spellings.get(name, [])
            every = sorted(dict.fromkeys([*own, *found]), key=lambda pair: -pair[1])
            exact = bool(own) or any(name in _plurals(" ".join(words_of(v))) for v, _ in found)
            value = Value(field, tuple(v for v, _ in every), sum(n for _, n in every), exact, sort)
            key = " ".join(words_of(name))
            self._by_key[key] = [v for v in self._by_key[key] if v.field is not field]
            self._by_key[key].append(value)
            self._by_key[key].sort(key=lambda v: v.field.n_values)

    def _add_initials(self, field: Field, spellings: dict[str, list[tuple[str, int]]], sort: str) -> None:
        """Let initials stand for a value that no other shares them with: "4wd", "awd", "rpg"."""
        short: dict[str, list[str]] = defaultdict(list)
        for key in spellings:
            short[initials(key)].append(key)
        for form, keys in short.items():
            if len(keys) == 1 and form and form not in self._by_key and not self._vocabulary.knows(form):
                found = spellings[keys[0]]
                self._add(form, Value(field, tuple(name for name, _ in found), sum(n for _, n in found), True, sort))

    def _add_pairs(self, field: Field, targets: list[list[tuple[str, int]] | None], names: list[str]) -> None:
        """Let one name stand for several values at once: "rom-com"."""
        known = [Value(field, tuple(v for v, _ in t), sum(n for _, n in t), False, "") for t in targets if t]
        if len(known) == len(targets):
            self._pairs.update({" ".join(words_of(name)): known for name in names})

    def pairs(self, context: Context) -> list[Draft]:
        """Return the words that stand for several values of one facet at once."""
        found = []
        words = context.message.words
        for first in range(len(words)):
            for last in range(first + 1, min(len(words), first + 3) + 1):
                values = self._pairs.get(" ".join(words[first:last]))
                draft = self.draft(context, first, last, values[:1]) if values else None
                if draft and values:
                    draft.score = max(draft.score, 0.8)
                    draft.also = [(v.field.name, v.names[0]) for v in values[1:]]
                    draft.rank += 0.5
                    found.append(draft)
        return found

    def __contains__(self, phrase: object) -> bool:
        """Whether this is a way of writing some value."""
        return phrase in self._by_key

    def find(self, phrase: str) -> list[Value]:
        """Return the values written like this, those of the smallest facet first."""
        return self._by_key.get(phrase, [])

    def words(self) -> set[str]:
        """Return the words of small facets' values, for the speller."""
        small = (key for key, values in self._by_key.items() if values and is_class(values[0].field))
        return {word for key in small for word in key.split()}

    def spans(self, words: list[str]) -> Iterable[tuple[int, int, list[Value]]]:
        """Yield (first, last, values) of every known value, longest first at each word; spans may overlap."""
        for first in range(len(words)):
            for last in range(min(len(words), first + _LONGEST), first, -1):
                values = self._by_key.get(" ".join(words[first:last]))
                if values:
                    yield first, last, values

    def is_small(self, values: list[Value]) -> bool:
        """Whether the best reading is a value of a classification, not of a bag of tags."""
        return is_class(values[0].field)

    def draft(self, context: Context, first: int, last: int, values: list[Value], trust: float = 1.0) -> Draft | None:
        """Return the mention of these values at this span, or None where the span is hardly a value at all."""
        values = self._places.by_tongue(context, first, last, values)
        value = values[0]
        meant = trust * self._score(context, first, last, value)
        named = self._named(value) and not self._paired(context, first, last, value.field)
        made = made_by(context, first, value.field)
        cap = 1.0 if named or made else self._cap(value)
        score = min(meant, cap)
        if score < 0.15 or context.message.phrase(first, last) in context.grammar.nouns:
            return None
        if is_class(value.field) and not context.plot[first]:
            meant = max(meant, 0.85)
        if cap < _SPARSE and len(values) > 1 and values[1].n > value.n:
            values = [values[1], value, *values[2:]]
            value = values[0]
        single = len(value.names) == 1
        op: Op = "in" if not single else "contains" if value.field.many else "eq"
        return Draft(
            first,
            last,
            "value",
            score,
            value.field.name,
            op,
            value.names[0] if single else list(value.names),
            other_fields=[v.field.name for v in values[1:]],
            refusal=meant,
            rank=score + (0.35 if is_class(value.field) else 0.15 if made else 0.1) * (last - first),  # a person wins
        )

    def _score(self, context: Context, first: int, last: int, value: Value) -> float:
        key = context.message.phrase(first, last)
        if not is_class(value.field):
            if made_by(context, first, value.field):
                return 0.9
            rare = 1 - max(self._vocabulary.commonness(word) for word in key.split())
            return 0.3 + 0.1 * min(last - first, 3) + 0.15 * rare if key not in self._vocabulary.common else 0.0
        if len(key) <= 2 and not labelled(context, first, last, value.field):
            return 0.88 if self._written_alike(context, first, value) else 0.1
        if value.sort:
            return self._places.score(context, first, last, value)
        plot = context.plot[first]
        if not value.exact and context.judges(first):
            return 0.5
        if of_series(context, first, last) and not plot:
            return 0.88
        if means_other(context, last):
            return 0.35
        pointed = tells_story(context, last) and context.pointed(first)
        if context.head(last) or pointed or labelled(context, first, last, value.field):
            return 0.9
        before = context.word(first - 1)
        phrase = part_of_phrase(context, first, last)
        if context.closes(last) and (not plot or context.pointed(first)):
            return 0.5 if phrase else 0.88
        ordinary = context.grammar.tells_stories and self._vocabulary.phrase_share(key) > _ORDINARY
        if plot and context.closes(last) and before == "about":
            return 0.65
        if plot:
            return 0.3 if ordinary else 0.5
        sure = not ordinary or (self._named(value) and (before in LEADS or context.pointed(first)))
        return 0.8 if sure and not phrase else 0.5

    def _written_alike(self, context: Context, first: int, value: Value) -> bool:
        """Whether a value of one or two letters stands in capitals where not all does: "an HP laptop"."""
        written = context.message.tokens[first]
        shown = context.message.text[written.start : written.end]
        return context.message.mixed_case and shown.isupper() and len(shown) > 1 and shown in value.names

    def _named(self, value: Value) -> bool:
        """Whether a value goes by its own name and is so usual that who says it means it, however patchily assigned."""
        return value.exact and is_class(value.field) and not value.sort and value.n >= _USUAL * self._n_items

    def _paired(self, context: Context, first: int, last: int, field: Field) -> bool:
        """Whether another value of the field stands right beside this one: "crime drama"."""
        words = context.message.words
        beside = [words[max(0, first - n) : first] for n in (1, 2)] + [words[last : last + n] for n in (1, 2)]
        return any(value.field is field for span in beside if span for value in self.find(" ".join(span)))

    def _cap(self, value: Value) -> float:
        """Return the score no mention of this value may pass: how far the catalogue is trusted to assign it."""
        if not is_class(value.field):
            return 0.75
        trusted = 1.0 if value.sort else self._trust.get((value.field.name, value.names[0]), 1.0)
        few = value.field.many and not value.sort and value.n < _FEW * self._n_items
        return min(0.45 + 0.45 * trusted if trusted < _PATCHY else 1.0, 0.6 if few else 1.0)


def _plurals(key: str) -> list[str]:
    if len(key) < 4:
        return []
    if key.endswith("ies"):
        return [key[:-3] + "y"]
    if key.endswith("y") and key[-2] not in "aeiou":
        return [key[:-1] + "ies"]
    if key.endswith("s"):
        return [key[:-1]]
    return [key + "s"]
