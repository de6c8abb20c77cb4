"""What a turn teaches about its user: from the ledger's change, from clicks, and from remarks in passing; no model.

A limit is of the conversation it is set in. It is remembered only where its sentence says that it always holds.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from agents.kit import Kit
from agents.profile.private import storable
from agents.profile.state import By, Kind, Lesson, Source, Statement
from agents.profile.words import holds_always, is_hateful, is_never, is_strong, remarks, sentence_with
from agents.state import Limit, Taste
from agents.turn import Turn
from agents.understanding.amend import SOFT, SURE
from agents.wording import describe_filter
from retrieval.catalog import Catalog
from retrieval.items import NEGATIVE_OPS, Filter
from retrieval.text import tokens

_CLICKED, _SAID, _STRONGLY, _ALWAYS = 0.6, 0.7, 0.9, 0.95
_ASKED_FOR_LIKE = 0.3
"""Strength of wanting more like an item: it may be liked."""
_REMARKED = 0.6
_COMPANY = 0.5


def learn(turn: Turn, kit: Kit) -> Lesson:
    """Return what a turn teaches, before its thread remembers it."""
    before, after = turn.thread.ledger, turn.read.ledger
    teller = _Teller(turn, kit.bundle.catalog)
    if turn.read.understanding.undone:
        return Lesson(withdrawn=teller.withdrawn(), thread=turn.thread_id)
    old = {(taste.kind, taste.key, taste.turn) for taste in before.tastes}
    told = [teller.taste(taste) for taste in after.tastes if (taste.kind, taste.key, taste.turn) not in old]
    known = {limit.key for limit in before.limits}
    told += [teller.limit(limit) for limit in after.limits if limit.key not in known and limit.source == "words"]
    told += teller.alike()
    told += teller.refused()
    told += teller.in_words([statement for statement in told if statement is not None])
    statements = {statement.matter: statement for statement in told if statement is not None}
    return Lesson(statements=list(statements.values()), withdrawn=teller.withdrawn(), thread=turn.thread_id)


def clicked(kind: Kind, item_id: str, catalog: Catalog, today: date) -> Statement | None:
    """Return a click on an item outside of any conversation as a statement; None where there is no such item."""
    row = catalog.row_of(item_id)
    if row is None:
        return None
    source = Source(by="click", words=f"clicked {kind}", day=today)
    return Statement(
        kind=kind, strength=_CLICKED, confirmed=today, catalog=catalog.name, item_id=item_id,
        value=catalog.titles[row], sources=[source],
    )  # fmt: skip


class _Teller:
    """Puts the changes of one turn as statements."""

    def __init__(self, turn: Turn, catalog: Catalog) -> None:
        self._turn, self._catalog = turn, catalog
        self._by: By = "click" if turn.action else "words"

    def taste(self, taste: Taste) -> Statement | None:
        """Put a new like, dislike or "seen it"."""
        sentence = taste.words if self._turn.action else sentence_with(taste.words, self._turn.text)
        strength = _CLICKED if self._turn.action else _STRONGLY if is_strong(sentence) else _SAID
        return self._about(taste.kind, strength, sentence, taste.item_id, taste.field, taste.value)

    def limit(self, limit: Limit) -> Statement | None:
        """Put a new limit: for good where it says so, as a dislike where that is why; else it is the session's."""
        sentence = sentence_with(limit.words, self._turn.text)
        value, refused = limit.filter.value, limit.filter.op in NEGATIVE_OPS
        if holds_always(sentence) and (refused or not is_never(sentence)):
            field = self._catalog.fields[limit.filter.field]
            said = str(value) if isinstance(value, str) else describe_filter(limit.filter, field)
            found = self._about("limit", _ALWAYS, sentence, "", limit.filter.field, said)
            return found and found.model_copy(update={"filter": limit.filter})
        if refused and isinstance(value, str) and is_hateful(sentence):
            return self._about("dislike", _STRONGLY, sentence, "", limit.filter.field, value)
        return None

    def alike(self) -> Iterator[Statement | None]:
        """Put what is asked for by likeness as a weak like."""
        understood = self._turn.read.understanding
        if understood.intent != "similar":
            return
        words = "asked for more like it"
        for item_id in understood.anchors[:3]:
            yield self._about("like", _ASKED_FOR_LIKE, words, item_id, "", "")

    def refused(self) -> Iterator[Statement | None]:
        """Put values disliked that are too unsure to refuse items by."""
        for mention in self._turn.read.mentions:
            if mention.kind == "value" and mention.cue == "dislike" and SOFT <= mention.score < SURE:
                sentence = sentence_with(mention.text, self._turn.text)
                values = mention.value if isinstance(mention.value, list) else [mention.value]
                for value in values if is_hateful(sentence) else ():
                    yield self._about("dislike", _SAID, sentence, "", mention.field, str(value))

    def in_words(self, told: Sequence[Statement]) -> Iterator[Statement]:
        """Put what is said in passing and not told already; what looks private is not even read."""
        known = [set(tokens(f"{s.value} {s.field}")) for s in told]
        for said in () if self._turn.action else remarks(storable(self._turn.text, len(self._turn.text))):
            about = set(tokens(said.text))
            if not about or (said.kind != "context" and any(about & words for words in known)):
                continue
            always = said.kind == "context" and holds_always(said.words)
            strength = _ALWAYS if always else _COMPANY if said.kind == "context" else _REMARKED
            yield Statement(
                kind=said.kind, strength=strength, confirmed=self._turn.today, text=storable(said.text),
                sources=[self._source(said.words)],
            )  # fmt: skip

    def withdrawn(self) -> list[str]:
        """Return the matters that the ledger held before this turn and holds no more."""
        left = {taste.key.partition(":")[2] for taste in self._turn.read.ledger.tastes}
        gone = [t for t in self._turn.thread.ledger.tastes if t.key.partition(":")[2] not in left]
        kept = {limit.key for limit in self._turn.read.ledger.limits}
        lifted = [limit for limit in self._turn.thread.ledger.limits if limit.key not in kept]
        undone = self._turn.read.understanding.undone or bool(self._turn.action)
        told = [self.taste(taste) for taste in gone]
        # A limit that only gives way to the next wish is still true of its user; one taken back is not.
        told += [self._lifted(limit.filter) for limit in lifted if undone]
        return [statement.matter for statement in told if statement is not None]

    def _lifted(self, given: Filter) -> Statement | None:
        field = self._catalog.fields.get(given.field)
        if field is None:
            return None
        said = given.value if isinstance(given.value, str) else describe_filter(given, field)
        return self._about("limit", _ALWAYS, "", "", given.field, said)

    def _about(self, kind: Kind, strength: float, words: str, item_id: str, field: str, value: str) -> Statement | None:
        if item_id:
            row = self._catalog.row_of(item_id)
            if row is None:
                return None
            value = self._catalog.titles[row]
        return Statement(
            kind=kind, strength=strength, confirmed=self._turn.today, catalog=self._catalog.name,
            item_id=item_id, field=field, value=value, sources=[self._source(words)],
        )  # fmt: skip

    def _source(self, words: str) -> Source:
        turn = self._turn
        day, number = turn.today, turn.thread.n_turns
        return Source(by=self._by, words=storable(words), day=day, thread=turn.thread_id, turn=number)
