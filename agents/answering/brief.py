"""What the reply of a turn is about: the verified slate and the words of the user, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agents.events import Question, SentenceCounts, SlateItem
from agents.planning.basic_planner import POOL
from agents.planning.brief import value_hints
from agents.state import Intent, Order
from agents.wording import dates_the_item, describe_filter
from retrieval.items import Field, Filter, Role

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn

_PAST_TURNS = 6


@dataclass
class ExplainBrief:
    """Everything a reply may rest on."""

    message: str
    intent: Intent = "recommend"
    items: list[SlateItem] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    noun: tuple[str, str] = ("item", "items")
    filters: list[Filter] = field(default_factory=list)
    """The limits in force, relaxed ones included."""
    relaxed: list[Filter] = field(default_factory=list)
    """Limits put aside because nothing satisfied all of them."""
    bound: Filter | None = None
    """The wider bound in place of the one relaxed."""
    abstains: bool = False
    """Whether the items are no recommendations but nearest misses."""
    n_fit: int = 0
    """Where limits are relaxed: how many items meet all of them but are known or were shown already."""
    words: dict[str, str] = field(default_factory=dict)
    """The user's words for the latest limit on a field."""
    n_pool: int = 0
    """How many items satisfy the limits (of which some were perhaps excluded as seen)."""
    n_mention: int | None = None
    """How many items mention the words searched for, None where that is not known."""
    values_of: str = ""
    """The field whose values are asked for."""
    values: list[tuple[str, int]] = field(default_factory=list)
    """Those values with their numbers of items, the commonest first."""
    query: str = ""
    clicked: str = ""
    """What was clicked instead of a message: "like", "dislike", "seen" …"""
    anchors: list[str] = field(default_factory=list)
    """Titles the user points at or named."""
    order: Order | None = None
    question: Question | None = None
    notices: list[str] = field(default_factory=list)
    recap: list[tuple[str, list[str]]] = field(default_factory=list)
    """The user's words of earlier turns and the titles shown then, oldest first."""
    said: list[str] = field(default_factory=list)
    """What the user said before."""
    hints: dict[str, list[str]] = field(default_factory=dict)
    """Values of small facets: words that must be true of an item when they are said of it."""
    timeout_s: float = 25
    notes: list[str] = field(default_factory=list)
    """What was replaced in the model's words, for the trace."""
    sentences: SentenceCounts = field(default_factory=SentenceCounts)
    """Filled by `explain`: what became of the model's sentences."""
    problem: str = ""
    """Filled by `explain`: why the model's words were not used, one sentence for the user; "" when all went well."""

    @classmethod
    def of(cls, turn: "Turn", kit: "Kit") -> "ExplainBrief":
        """Gather the brief of one turn."""
        catalog, understood, past = kit.bundle.catalog, turn.read.understanding, turn.thread.past
        shown = [(t.user, [catalog.titles[row] for row in catalog.rows_of(t.slate)]) for t in past if t.slate]
        return cls(
            message=turn.text,
            clicked=turn.action.kind if turn.action else "",
            intent=understood.intent,
            items=turn.slate,
            fields=catalog.fields,
            noun=kit.nouns[:2],
            filters=turn.read.ledger.filters,
            relaxed=[limit.filter for limit in turn.relaxed.dropped] if turn.relaxed else [],
            bound=turn.relaxed.bound if turn.relaxed else None,
            abstains=bool(turn.relaxed and turn.relaxed.abstains),
            n_fit=turn.relaxed.n_fit if turn.relaxed else 0,
            words={limit.filter.field: limit.words for limit in turn.read.ledger.limits},
            n_pool=turn.n_pool,
            n_mention=_n_mention(turn),
            values_of=understood.values_of,
            values=_values(turn),
            query=understood.query,
            anchors=[catalog.titles[row] for row in catalog.rows_of([*understood.anchors, *turn.read.named])],
            order=understood.order,
            question=turn.question,
            notices=turn.notices,
            recap=shown[-_PAST_TURNS:],
            said=[t.user for t in past[-_PAST_TURNS:]],
            hints=value_hints(catalog),
            timeout_s=min(kit.settings.llm_timeout_s, turn.left_s),
            notes=turn.model_notes,
            sentences=turn.sentences,
        )

    def year(self, item: SlateItem) -> str:
        """Return the year of an item, "" where there is none."""
        for one in self.fields.values():
            if dates_the_item(one) and item.fields.get(one.name) is not None:
                return str(item.fields[one.name])[:4]
        return ""

    def name(self, item: SlateItem) -> str:
        """Return "**Title** (year)"; the year only once."""
        year = self.year(item)
        return f"**{item.title}**" + (f" ({year})" if year and year not in item.title else "")

    def facts(self, item: SlateItem) -> list[tuple[Field, Any]]:
        """Return the item's known values worth telling, in catalogue order."""
        told = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
        known = [(one, item.fields.get(name)) for name, one in self.fields.items() if one.role in told]
        return [(one, value) for one, value in known if value not in (None, "", [])]

    def limits_in_words(self, most: int = 99) -> str:
        """Return the limits that hold for the slate as one phrase, "" where there are none; of many the first ones."""
        return self._in_words([f for f in self.filters if self._holds(f)], most)

    def all_limits_in_words(self, most: int = 99) -> str:
        """Return every limit as one phrase, also those that were relaxed."""
        return self._in_words([f for f in self.filters if f.field in self.fields], most)

    def _in_words(self, filters: Sequence[Filter], most: int) -> str:
        phrases = (describe_filter(f, self.fields[f.field]) for f in filters)
        told = list(dict.fromkeys(phrase.split(": ", 1)[-1] for phrase in phrases))
        n_left = len(told) - most
        return ", ".join(told) if n_left < 2 else f"{', '.join(told[:most])} and {n_left} more limits"

    def _holds(self, given: Filter) -> bool:
        return given not in self.relaxed and given.field in self.fields


def _values(turn: "Turn") -> list[tuple[str, int]]:
    found = (result.data.get("values", []) for name, result in turn.results if name == "filter_items")
    return [(str(entry["value"]), int(entry["count"])) for entries in found for entry in entries]


def _n_mention(turn: "Turn") -> int | None:
    """How many items the search for words found; None where it found as many as it may bring."""
    found = [len(result.hits) for name, result in turn.results if name == "search_keywords"]
    return found[0] if found and found[0] < POOL else None
