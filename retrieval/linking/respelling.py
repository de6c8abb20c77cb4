"""Misspelt names and titles: words no text knows are replaced by near ones, and looked up again."""

from retrieval.linking.context import Context
from retrieval.linking.message import Draft
from retrieval.linking.people import PeopleIndex
from retrieval.linking.title_spans import title_draft
from retrieval.linking.titles import TitleIndex
from retrieval.linking.values import FacetIndex
from retrieval.linking.vocabulary import Speller, Vocabulary

_MOST_UNKNOWN = 12
"""Unknown words looked at in one message: a text full of them is no catalogue talk, and the time must stay bounded."""
_LONGEST = 7
_SLIPS = {"teh": "the", "hte": "the", "adn": "and", "fo": "of", "thr": "the"}


class Respeller:
    """Finds people, titles and values behind typos."""

    def __init__(self, vocabulary: Vocabulary, titles: TitleIndex, people: PeopleIndex, facets: FacetIndex) -> None:
        """Index the words of all names once."""
        self._vocabulary = vocabulary
        self._titles = titles
        self._people = people
        self._facets = facets
        self._speller = Speller({*titles.words(), *people.words(), *facets.words()})

    def drafts(self, context: Context, taken: set[int]) -> list[Draft]:
        """Return readings of spans that hold a misspelt word, outside `taken` tokens; people have no operator yet."""
        nears = self._nears(context, taken)
        if not nears:
            return []
        words = [_SLIPS.get(word, word) for word in context.message.words]
        for i, near in nears.items():
            words[i] = near[0][0]
        found: list[Draft] = []
        for i, near in nears.items():
            for word, likeness in near:
                tried = [*words[:i], word, *words[i + 1 :]]
                found += self._around(context, tried, i, likeness)
                bearer = self._people.by_surname(word)
                if bearer is None or not self._people.clearly_named(context, i, bearer[0]):
                    continue
                for draft in self._people.surname_drafts(context, tried, taken | set(range(len(tried))) - {i}, set()):
                    draft.score *= likeness
                    found.append(draft)
        return found

    def _nears(self, context: Context, taken: set[int]) -> dict[int, list[tuple[str, float]]]:
        """Return the near words of every token that is no known word."""
        nears: dict[int, list[tuple[str, float]]] = {}
        for i, word in enumerate(context.message.words):
            if i in taken or self._vocabulary.knows(word) or word in self._speller.words or len(nears) >= _MOST_UNKNOWN:
                continue
            if near := self._speller.near(word):
                nears[i] = near
        return nears

    def _around(self, context: Context, words: list[str], i: int, likeness: float) -> list[Draft]:
        """Return readings of the spans of `words` that hold token i."""
        trust = 0.6 + 0.4 * likeness
        found: list[Draft] = []
        for first in range(max(0, i - _LONGEST + 1), i + 1):
            for last in range(i + 1, min(len(words), first + _LONGEST) + 1):
                phrase = " ".join(words[first:last])
                person = self._people.find(phrase) if last - first > 1 else None
                if person is None and (first, last) == (i - 1, i + 1) and self._people.may_be_given(context, first):
                    person = self._people.near(words[first], words[i])
                if person and context.message.unbroken(first, last):
                    found.append(self._people.draft(context, first, last, person, trust))
                matches = self._titles.lookup(phrase)
                if matches and (draft := title_draft(context, self._titles, first, last, matches, trust, phrase)):
                    found.append(draft)
                values = self._facets.find(phrase)
                value = self._facets.draft(context, first, last, values, trust) if values else None
                if value and self._facets.is_small(values):
                    found.append(value)
        return found
