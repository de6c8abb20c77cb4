"""What a catalogue tells about a dialogue: items that do not exist, and items that break the limits just stated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from errors import FilterError
from eval.dialogues import Dialogue, Exchange, exchanges
from eval.judging import cues
from eval.judging.evidence import Evidence
from retrieval.bundle import Bundle
from retrieval.items import NEGATIVE_OPS, Filter
from retrieval.text import fold

_SURE = 0.6
"""How sure a link must be before a limit read from a user's words counts against a reply."""
_COVERED = 0.6
"""Share of a name that a linked title must cover to be the item meant."""


@dataclass(frozen=True, slots=True)
class Grounded:
    """The items of one reply, by the catalogue; `unknown` as ids or as written."""

    item_ids: tuple[str, ...]
    unknown: tuple[str, ...]
    limits: tuple[Filter, ...]
    breaks: tuple[str, ...]
    """Ids of items that break a limit stated in the user's turn before; a value nobody knows breaks nothing."""

    @property
    def n_items(self) -> int:
        """Return how many items the reply shows or names, known or not."""
        return len(self.item_ids) + len(self.unknown)


class Ground:
    """Checks dialogues against one catalogue."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    def look(self, dialogue: Dialogue) -> list[Grounded]:
        """Return the items of every exchange, in order."""
        return [self._look(exchange) for exchange in exchanges(dialogue)]

    def __call__(self, dialogues: Sequence[Dialogue]) -> Evidence:
        """Return two columns: the share of items that exist and the share within limits, 0.5 where there is none."""
        exist, kept = [], []
        for dialogue in dialogues:
            seen = self.look(dialogue)
            n = sum(one.n_items for one in seen)
            limited = sum(len(one.item_ids) for one in seen if one.limits)
            exist.append(sum(len(one.item_ids) for one in seen) / n if n else 0.5)
            kept.append(1 - sum(len(one.breaks) for one in seen) / limited if limited else 0.5)
        return Evidence(np.column_stack([exist, kept]))

    def _look(self, exchange: Exchange) -> Grounded:
        catalog = self._bundle.catalog
        if exchange.items:
            found = tuple(dict.fromkeys(item for item in exchange.items if catalog.row_of(item) is not None))
            unknown = tuple(dict.fromkeys(item for item in exchange.items if item not in found))
        else:
            found, unknown = self._named(exchange.reply)
        limits = self._limits(exchange.asked)
        return Grounded(found, unknown, limits, tuple(item for item in found if self._is_broken(item, limits)))

    def _named(self, reply: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        known: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for name in cues.set_off(reply):
            linked = [m for m in self._bundle.linker.link(name) if m.kind == "title" and m.item_ids]
            whole = max(linked, key=lambda m: m.end - m.start, default=None)
            if whole is not None and len(fold(whole.text)) >= _COVERED * len(fold(name)):
                known[whole.item_ids[0]] = None
            else:
                unknown[name] = None
        return tuple(known), tuple(unknown)

    def _limits(self, asked: str) -> tuple[Filter, ...]:
        """Return the limits a user's words state, only those that are read surely and not turned round."""
        return tuple(
            Filter(field=mention.field, op=mention.op, value=mention.value)
            for mention in self._bundle.linker.link(asked)
            if mention.kind in ("value", "range")
            and mention.op is not None
            and mention.op not in NEGATIVE_OPS
            and mention.score >= _SURE
            and not (mention.negated or mention.cue or mention.other_fields)
        )

    def _is_broken(self, item_id: str, limits: Sequence[Filter]) -> bool:
        row = self._bundle.catalog.row_of(item_id)
        return row is not None and any(row not in self._allowed(limit) for limit in limits)

    def _allowed(self, limit: Filter) -> np.ndarray:
        """Return the rows that keep the limit or of which nobody knows; all where the catalogue cannot tell."""
        catalog = self._bundle.catalog
        try:
            kept = catalog.select([limit]).rows
            unknown = catalog.select([Filter(field=limit.field, op="unknown")]).rows
        except FilterError:
            return np.arange(catalog.n_items)
        return np.concatenate([np.asarray(kept), np.asarray(unknown)])
