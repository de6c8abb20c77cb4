"""What a planning model is told: fields, limits, the user's words, how many items are shown; no catalogue text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from agents.state import Ledger, Understanding
from agents.understanding.amend import SURE
from agents.understanding.understand import residue
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role
from retrieval.linking import Mention
from retrieval.text import fold, tokens

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn

LIMITING = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
"""Roles of the fields a limit may name."""
_SMALL_FACET = 60
_HINTS = 24
_HINT_CHARS = 30
_PAST_TURNS = 6
_HARMLESS = re.compile(r"[\w '&/+.-]+")
_HINTS_OF: "WeakKeyDictionary[Catalog, dict[str, list[str]]]" = WeakKeyDictionary()
"""By catalogue; an entry goes with it."""


@dataclass(frozen=True)
class PastWords:
    """One earlier turn as the planner may know it."""

    user: str
    n_shown: int


@dataclass
class PlanBrief:
    """Everything planning needs; only part of it is put into words for the model, the rest checks its answer."""

    message: str
    fields: dict[str, Field]
    hints: dict[str, list[str]] = field(default_factory=dict)
    """The commonest values of small facets, by field name."""
    nouns: tuple[str, str] = ("item", "items")
    ledger: Ledger = field(default_factory=Ledger)
    past: list[PastWords] = field(default_factory=list)
    profile: str = ""
    """What is known of the user from earlier conversations; limits that exclude or bound may rest on it."""
    understood: Understanding = field(default_factory=Understanding)
    mentions: list[Mention] = field(default_factory=list)
    slate: list[str] = field(default_factory=list)
    """Ids of the items on screen, best first; the model knows them by number only."""
    named: dict[str, str] = field(default_factory=dict)
    """Folded titles the user named → item id."""
    asked_last_turn: bool = False
    n_turn: int = 0
    n_items: int = 0
    """How many items the catalogue has."""
    n_matching: Callable[[list[Filter]], int] = lambda _: 1
    """How many items satisfy all of these filters."""
    suggests: bool = False
    """Whether titles of the model's own are worth asking for."""
    by_meaning: bool = True
    """Whether the catalogue has vectors to search by meaning."""
    heard: Callable[[str], list[str]] = tokens
    """Which words of a text occur anywhere in the catalogue."""
    residue: Callable[[str], str] = lambda text: text
    """What of a text is left to search for once its links to the catalogue are taken out, as single words."""
    notes: list[str] = field(default_factory=list)
    """What was dropped from the model's answers, for the trace."""

    @classmethod
    def of(cls, turn: "Turn", kit: "Kit") -> "PlanBrief":
        """Gather the brief of one turn."""
        catalog, linker, past = kit.bundle.catalog, kit.bundle.linker, turn.thread.past
        return cls(
            message=turn.text,
            fields=catalog.fields,
            hints=value_hints(catalog),
            nouns=kit.nouns[:2],
            profile=_known_of(turn, catalog.name),
            ledger=turn.read.ledger,
            past=[PastWords(t.user, len(t.slate)) for t in past[-_PAST_TURNS:]],
            understood=turn.read.understanding,
            mentions=turn.read.mentions,
            slate=turn.thread.last_slate,
            named=_titles_named(turn.read.mentions, turn.thread.named, catalog),
            asked_last_turn=bool(past and past[-1].asked),
            n_turn=turn.thread.n_turns,
            notes=turn.model_notes,
            n_items=catalog.n_items,
            n_matching=lambda given: len(catalog.select(given).rows) if given else catalog.n_items,
            suggests=kit.suggestions is not None,
            by_meaning=bool(kit.bundle.manifest.embedder),
            heard=kit.bundle.lexical.search_terms,
            residue=lambda text: residue(text, [m for m in linker.link(text) if m.kind != "title"], kit.nouns),
        )

    def exists(self, given: Filter) -> bool:
        """Return whether any item satisfies a filter."""
        return self.n_matching([given]) > 0

    def free_words(self) -> str:
        """Return the message with what is surely linked blanked out."""
        text = self.message
        for mention in self.mentions:
            if mention.kind in ("title", "range", "order", "relative") or mention.score >= SURE or mention.cue:
                text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
        return text

    def rest_of(self, query: str) -> str:
        """Return the words of a query that are neither linked in the message nor part of a limit or a named title."""
        # A title of one ordinary word ("Cars") may well be meant as that word.
        doubtful = {m.text.lower() for m in self.mentions if m.kind == "title" and not m.cue and " " not in m.text}
        free = set(tokens(self.free_words())) | doubtful
        spoken_for = {word for title in self.named for word in title.split()} | set(tokens(self.message))
        for limit in self.ledger.limits:
            spoken_for.update(tokens(f"{limit.words} {limit.filter.value}"))
        words = [word for word in tokens(query) if word in free or word not in spoken_for]
        return self.residue(" ".join(words)) if words else ""


def usable_fields(fields: dict[str, Field]) -> list[Field]:
    """Return the fields a limit may name."""
    return [field for field in fields.values() if field.role in LIMITING]


def _known_of(turn: "Turn", catalog: str) -> str:
    """Return what is remembered of the user, a line each; no titles, and of values only short plain ones."""
    known = turn.profile.of(catalog) if turn.profile.on else []
    safe = [
        s for s in known if not s.item_id and len(s.value) <= _HINT_CHARS and (s.text or _HARMLESS.fullmatch(s.value))
    ]
    return "\n".join(statement.in_words() for statement in safe)


def _titles_named(mentions: list[Mention], earlier: list[str], catalog: Catalog) -> dict[str, str]:
    named = {fold(catalog.titles[row]): catalog.ids[row] for row in catalog.rows_of(earlier)}
    for mention in mentions:
        if mention.kind == "title" and (rows := catalog.rows_of(mention.item_ids[:1])):
            named |= {fold(text): mention.item_ids[0] for text in (mention.text, catalog.titles[rows[0]])}
    return named


def value_hints(catalog: Catalog) -> dict[str, list[str]]:
    """Return the commonest values of the facets that have few; short plain words only, for they go into prompts."""
    if catalog not in _HINTS_OF:
        _HINTS_OF[catalog] = _counted_hints(catalog)
    return _HINTS_OF[catalog]


def _counted_hints(catalog: Catalog) -> dict[str, list[str]]:
    small = [f for f in catalog.with_role(Role.FACET) if 0 < f.n_values <= _SMALL_FACET]
    counted = {f.name: [value for value, _ in catalog.counts(f.name, limit=_HINTS)] for f in small}
    return {
        name: [v for v in values if len(v) <= _HINT_CHARS and _HARMLESS.fullmatch(v)]
        for name, values in counted.items()
    }
