"""Names, values and numbers in a message → items and fields of this catalogue."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict

from retrieval.catalog import Catalog
from retrieval.items import Op, Role
from retrieval.linking.alternatives import link_alternatives
from retrieval.linking.comparisons import Comparisons
from retrieval.linking.context import Context, Grammar
from retrieval.linking.costless import Costless
from retrieval.linking.cues import apply_cues
from retrieval.linking.dates import DateParser
from retrieval.linking.flags import Flags, flags_of
from retrieval.linking.grounding import Grounded, ground
from retrieval.linking.message import Draft, Message, words_of
from retrieval.linking.numbers import NumberParser
from retrieval.linking.people import PeopleIndex
from retrieval.linking.respelling import Respeller
from retrieval.linking.strays import Strays
from retrieval.linking.title_choice import TitleChoice
from retrieval.linking.title_forms import TitleForms, bare_title
from retrieval.linking.title_spans import title_drafts
from retrieval.linking.titles import TitleIndex, year_field
from retrieval.linking.trust import soften_runs
from retrieval.linking.values import FacetIndex
from retrieval.linking.vocabulary import Vocabulary
from retrieval.linking.years import YearParser

_CLEAR = 0.5
"""Below this score a value made of nothing but words of a cue ("care" in "don't care about") is none."""

_EXACT = 0.99
"""From here on a title is what was written."""

Cue = Literal["", "like", "dislike", "seen", "similar", "lift"]


class Mention(BaseModel):
    """A span of a message linked to the catalogue."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int
    """Character offsets in the message as given, end exclusive."""
    text: str
    kind: Literal["title", "value", "range", "order", "relative", "field", "stray"]
    """title: items; value: a facet or person value; range: a number or date limit; order: "longest";
    relative: "newer", "shorter" (than what was shown); field: the bare name of a field ("the year");
    stray: a bound or comparison that no field can answer, its value what it speaks of ("stars")."""
    score: float
    """How sure the link is, 0–1."""
    field: str = ""
    op: Op | None = None
    """Of values and ranges, as if not negated."""
    value: Any = None
    """Canonical value; [low, high] for between; of order and relative: "asc" or "desc"."""
    item_ids: list[str] = []
    """Of titles: candidates, best first (year, exactness, prominence)."""
    other_fields: list[str] = []
    """Further fields that hold the same value (a person who both acts and directs)."""
    negated: bool = False
    """Under "no", "not", "without", "except", "anything but" …"""
    cue: Cue = ""
    """like: "I love X"; dislike: "I hate X"; seen: "I've seen X"; similar: "something like X"; lift: "drop X"."""


def _today() -> date:
    return datetime.now(tz=UTC).date()


class Linker:
    """Links messages to one catalogue; immutable once built, so any number of threads may share it."""

    def __init__(
        self,
        catalog: Catalog,
        nouns: Iterable[str] = (),
        today: Callable[[], date] = _today,
        *,
        titles_file: Path | None = None,
    ) -> None:
        """Index titles, people, facet values and number fields; takes a second or two at 20,000 items.

        `nouns` is what an item is called, `today` the day that "this weekend" counts from; `titles_file` holds the
        titles as TitleForms saved them.
        """
        self._ids = catalog.ids
        fields = list(catalog.fields.values())
        vocabulary = Vocabulary(catalog)
        self._grammar = Grammar(fields, nouns)
        self._titles = TitleIndex(catalog, vocabulary, TitleForms.open(titles_file, catalog, vocabulary))
        flags = flags_of(catalog)
        self._flags = Flags(catalog.fields, flags)
        self._facets = FacetIndex(catalog, vocabulary, skip=flags)
        self._people = PeopleIndex(catalog, vocabulary)
        vocabulary.count_phrases(self._titles, self._facets)
        dated = year_field(fields)
        self._years = YearParser(dated) if dated else None
        days = catalog.with_role(Role.DATE)
        self._dates = DateParser(days, catalog, today) if days else None
        self._numbers = NumberParser([f for f in fields if f.role is Role.NUMBER and f.unit != "year"], catalog)
        self._comparisons = Comparisons(fields)
        self._costless = Costless(fields, catalog)
        self._strays = Strays(fields)
        self._choice = TitleChoice(catalog, self._titles)
        self._respeller = Respeller(vocabulary, self._titles, self._people, self._facets)

    def link(self, text: str) -> list[Mention]:
        """Return what the message mentions: non-overlapping spans, by start. Never raises."""
        message = Message(text)
        if not message.tokens:
            return []
        context = Context(message, self._grammar)
        chosen = _without_overlaps(self._drafts(context))
        apply_cues(context, chosen)
        self._flags.turn_round(chosen)
        link_alternatives(context, chosen)
        chosen = self._choice.settle(context, chosen)
        return [mention for draft in chosen for mention in self._mentions(message, draft)]

    def _drafts(self, context: Context) -> list[Draft]:
        """Return every reading of every span, overlaps and all."""
        words = context.message.words
        spans = list(self._facets.spans(words))
        small = {i for first, last, values in spans if self._facets.is_small(values) for i in range(first, last)}
        years = self._years.drafts(context) if self._years else []
        years += self._dates.drafts(context) if self._dates else []
        dated = {i for draft in years for i in range(draft.first, draft.last)}
        context.values = small | dated
        values = [draft for span in spans if (draft := self._facets.draft(context, *span))]
        soften_runs(values)
        values += self._facets.pairs(context)
        phrases = {i for cue in [*context.cues, *context.negations] for i in range(cue.first, cue.last)}
        values = [d for d in values if d.score >= _CLEAR or not phrases.issuperset(range(d.first, d.last))]
        people = self._people.drafts(context, words)
        taken = {i for draft in [*people, *years] for i in range(draft.first, draft.last)}
        people += self._people.misspelt_drafts(context, taken)
        taken |= {i for draft in people for i in range(draft.first, draft.last)}
        people += self._people.surname_drafts(context, words, taken, {str(draft.value) for draft in people})
        respelt = self._respeller.drafts(context, taken | small)
        people += [draft for draft in respelt if draft.kind == "value" and draft.op is None]
        self._people.assign(context, people)
        return [
            *years,
            *self._numbers.drafts(context, dated),
            *self._flags.drafts(context),
            *self._comparisons.drafts(context),
            *self._comparisons.field_drafts(context),
            *values,
            *people,
            *title_drafts(context, self._titles),
            *(draft for draft in respelt if draft not in people),
            *self._costless.drafts(context),
            *self._strays.drafts(context),
        ]

    def _mentions(self, message: Message, draft: Draft) -> list[Mention]:
        """Return a draft as a mention; words that stand for several values at once give one mention each."""
        start, end = message.tokens[draft.first].start, message.tokens[draft.last - 1].end
        if draft.kind == "title":
            close = message.text[end : end + 1]
            end += close in (")", "]") and any(c in message.text[start:end] for c in "([")
        parts = [(draft.field, draft.value), *draft.also]
        width = max(1, (end - start) // len(parts))
        found = []
        for i, (field, value) in enumerate(parts):
            first, last = start + i * width, end if i == len(parts) - 1 else start + (i + 1) * width
            found.append(self._mention(message, draft, (first, last), field, value))
        return found

    def _mention(self, message: Message, draft: Draft, span: tuple[int, int], field: str, value: object) -> Mention:
        is_title = draft.kind == "title"
        return Mention(
            start=span[0],
            end=span[1],
            text=message.text[span[0] : span[1]],
            kind=cast(Any, draft.kind),
            score=round(min(draft.score, 0.99), 3),
            field=field,
            op=draft.op,
            value=None if is_title else value,
            item_ids=[self._ids[row] for row, _ in cast(Any, draft.value)] if is_title else [],
            other_fields=[] if is_title else draft.other_fields,
            negated=draft.negated,
            cue=cast(Cue, draft.cue),
        )

    def fields_named(self, text: str) -> list[tuple[str, int, int]]:
        """Return the fields whose names a message holds, as (field, start, end), by start."""
        message = Message(text)
        return [
            (name, message.tokens[first].start, message.tokens[last - 1].end)
            for name, first, last in self._comparisons.named(message)
        ]

    def called(self, title: str) -> list[str]:
        """Return the items whose title is just this, letters, marks and a year behind aside; the best known first."""
        found = self._titles.lookup(" ".join(words_of(bare_title(title))))
        return [self._ids[row] for row, exact in found if exact > _EXACT]

    def titles(self, text: str, limit: int = 10) -> list[tuple[str, float]]:
        """Return (item id, likeness 0–1) for one title as typed, best first: exact, then normalised, then fuzzy."""
        found = self._titles.search(text, limit)
        return [(self._ids[row], round(score, 3)) for row, score in found]

    def ground(self, title: str) -> Grounded:
        """Return the one item a title names, as somebody wrote it from memory, or why there is none."""
        return ground(title, self._titles)


def _without_overlaps(drafts: list[Draft]) -> list[Draft]:
    """Keep the best reading of every span, in order."""
    kept: list[Draft] = []
    taken: set[int] = set()
    for draft in sorted(drafts, key=lambda d: (-d.rank, d.first, -d.last)):
        span = range(draft.first, draft.last)
        if draft.score >= 0.15 and not taken.intersection(span):
            kept.append(draft)
            taken.update(span)
    return sorted(kept, key=lambda d: d.first)
