"""What the nodes of the graph work with: one catalogue, the settings, maybe a model."""

from dataclasses import dataclass

from agents.events import Chip
from agents.model.chat import ChatModel
from agents.model.endpoint import Suggestions
from agents.nouns import Nouns
from agents.state import Ledger, Limit, Taste
from agents.turn import Turn
from agents.wording import describe_filter, describe_value
from retrieval.bundle import Bundle
from settings import Settings

_NEW_ITEMS_ONLY = {"more", "similar"}


@dataclass(frozen=True)
class Kit:
    """Shared by all turns of one catalogue; never changed by a turn."""

    bundle: Bundle
    settings: Settings
    nouns: Nouns
    model: ChatModel | None = None

    @property
    def suggestions(self) -> Suggestions | None:
        """What titles of the model's own are worth; None where they do not help, or nobody has measured it here."""
        found = self.model.endpoint.suggestions if self.model else None
        return found if found and found.helps and found.catalog == self.bundle.name else None

    def excluded(self, turn: Turn) -> frozenset[str]:
        """Items this turn must not recommend: named, liked (they are known), refused, seen; for "more" also shown."""
        understood, ledger = turn.read.understanding, turn.read.ledger
        if understood.intent in ("details", "compare"):
            return frozenset()
        out = {*turn.exclude, *turn.thread.named, *turn.read.named, *understood.anchors}
        out.update(turn.thread.refused, turn.read.refused)
        out.update(ledger.items("like", "dislike", "seen"))
        out.update(s.item_id for s in turn.profile.of(self.bundle.catalog.name, "seen"))
        if understood.intent in _NEW_ITEMS_ONLY:
            clicked = turn.action is not None and turn.action.kind != "more_like"
            out.update(set(turn.thread.shown) - set(turn.thread.last_slate if clicked else ()))
        return frozenset(out)

    def chips(self, ledger: Ledger) -> list[Chip]:
        """Return the ledger as removable chips, limits first."""
        limits = {limit.key: self._limit_chip(limit) for limit in reversed(ledger.limits)}
        return [*reversed(limits.values()), *(self._taste_chip(taste) for taste in ledger.tastes)]

    def _limit_chip(self, limit: Limit) -> Chip:
        text = describe_filter(limit.filter, self.bundle.catalog.fields[limit.filter.field])
        return Chip(key=limit.key, text=text, kind="limit", words=limit.words)

    def _taste_chip(self, taste: Taste) -> Chip:
        row = self.bundle.catalog.row_of(taste.item_id)
        if row is None:
            name = f"a {self.nouns[0]} no longer available" if taste.item_id else describe_value(taste.value)
        else:
            name = self.bundle.catalog.titles[row]
        return Chip(key=taste.key, text=f"{taste.kind}: {name}", kind=taste.kind, words=taste.words)
