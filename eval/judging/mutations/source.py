"""A dialogue to be damaged: its places, what holds in them, and copies with one thing changed."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from agents.wording import describe_fact
from eval.accounts import Account, Shown
from eval.dialogues import Dialogue, Utterance
from eval.judging.faults import Faults
from eval.judging.replay import Replay, Replayed
from retrieval.bundle import Bundle
from retrieval.items import Field, Item, Role
from retrieval.text import fold, tokens

Pair = tuple[Dialogue, Dialogue]
"""A dialogue as it was and damaged, both ending with the damaged turn."""
_DRAWN = 300
"""Items looked at to find one that is of use."""
_FAR = 0.2


@dataclass(frozen=True, slots=True)
class Place:
    """A reply of the dialogue."""

    at: int
    """Its place among the turns."""
    turn: Utterance
    read: Replayed

    @property
    def shown(self) -> list[Shown]:
        """Return the list beside the reply."""
        return list(self.turn.account.shown) if self.turn.account else []

    @property
    def ids(self) -> list[str]:
        """Return the items of the list."""
        return [one.item_id for one in self.shown]


class Shelf:
    """A catalogue, and what reads and checks dialogues over it."""

    def __init__(self, bundle: Bundle) -> None:
        """Count the titles, folded, to know which of them are clear."""
        self.bundle, self.replay, self.faults = bundle, Replay(bundle), Faults(bundle)
        self.titles = Counter(fold(title) for title in bundle.catalog.titles)


class Source:
    """One dialogue of a system that tells what it shows."""

    def __init__(self, dialogue: Dialogue, shelf: Shelf) -> None:
        """Read the dialogue over a catalogue."""
        self.dialogue, self.bundle, self._shelf = dialogue, shelf.bundle, shelf
        at = [i for i, turn in enumerate(dialogue.turns) if turn.role == "assistant"]
        read = shelf.replay(dialogue)
        self._places = [Place(i, dialogue.turns[i], one) for i, one in zip(at, read, strict=False)]
        if len(at) != len(read):  # two replies in a row cannot be told apart
            self._places = []

    def replies(self) -> Iterator[Place]:
        """Yield the places with words."""
        yield from (place for place in self._places if place.turn.text.strip())

    def lists(self) -> list[Place]:
        """Return the places that recommend two items or more, all of them in the catalogue."""
        return [
            place
            for place in self._places
            if len(place.shown) > 1 and not place.read.is_about and len(place.read.recommended) == len(place.shown)
        ]

    def item(self, item_id: str) -> Item:
        """Return an item of the catalogue."""
        return self.bundle.catalog.items(self.bundle.catalog.rows_of([item_id]))[0]

    def plain(self, item: Item) -> Shown:
        """Return an item as it is shown, with nothing said of it."""
        return Shown(item_id=item.item_id, title=item.title)

    def with_list(self, place: Place, shown: Sequence[Shown], text: str | None = None) -> Pair:
        """Return the dialogue up to a place, and with another list there."""
        account = (place.turn.account or Account()).model_copy(update={"shown": list(shown)})
        items = tuple(one.item_id for one in shown)
        said = place.turn.text if text is None else text
        return self._upto(place), self._upto(place, replace(place.turn, text=said, items=items, account=account))

    def with_text(self, place: Place, text: str) -> Pair:
        """Return the dialogue up to a place, and with other words there."""
        return self._upto(place), self._upto(place, replace(place.turn, text=text))

    def _upto(self, place: Place, instead: Utterance | None = None) -> Dialogue:
        turns = (*self.dialogue.turns[: place.at], instead or place.turn)
        return replace(self.dialogue, turns=turns)

    def refusing(self, place: Place, item: Item) -> "tuple[Source, Place] | None":
        """Return the dialogue and the place once the user refuses an item there, None where more is read into it."""
        turns = list(self.dialogue.turns)
        before = turns[place.at - 1]
        if before.role != "user" or not before.text:
            return None
        turns[place.at - 1] = replace(before, text=f"{before.text.rstrip(' .!?')}. I don't like {item.title}.")
        changed = replace(self.dialogue, turns=tuple(turns[: place.at + 1]))
        told = Source(changed, self._shelf)
        there = [one for one in told.lists() if one.at == place.at]
        if not there or there[0].read.limits != place.read.limits:
            return None
        was, reads = place.read.turn.read, there[0].read.turn.read
        more = set(reads.ledger.items("dislike")) ^ set(was.ledger.items("dislike"))
        same = reads.understanding.intent == was.understanding.intent
        return (told, there[0]) if same and more == {item.item_id} else None

    def breaking(self, place: Place, rng: random.Random) -> Item | None:
        """Return an item that breaks a limit in force and was never in the talk, None where none is found."""
        catalog, known = self.bundle.catalog, self._known(place)
        for row in rng.sample(range(catalog.n_items), min(_DRAWN, catalog.n_items)):
            (item,) = catalog.items([row])
            if item.item_id not in known and any(
                self._shelf.faults.breaks(item.item_id, one) for one in place.read.limits
            ):
                return item
        return None

    def keeps_limits(self, place: Place, item_ids: Sequence[str]) -> bool:
        """Return whether all these items keep the limits in force at a place."""
        return not any(self._shelf.faults.breaks(one, given) for one in item_ids for given in place.read.limits)

    def fitting(self, place: Place, rng: random.Random) -> Item | None:
        """Return a well-known item that keeps the limits, was never in the talk, and whose title means nothing else."""
        catalog, known = self.bundle.catalog, self._known(place)
        rows = catalog.select(list(place.read.limits)).rows
        best = rows[np.argsort(-catalog.prominence[rows], kind="stable")[:_DRAWN]].tolist()
        for item in catalog.items(rng.sample(best, len(best))):
            clear = self._shelf.titles[fold(item.title)] == 1 and len(tokens(item.title)) > 1
            if clear and item.item_id not in known:
                return item
        return None

    def free(self, place: Place) -> int | None:
        """Return a place of the list whose item is neither named in the reply nor shown before, None without one."""
        before = place.read.turn.thread.shown
        free = (
            i for i, one in enumerate(place.shown) if one.title not in place.turn.text and one.item_id not in before
        )
        return max(free, default=None)

    def strange_value(self, own: Item, rng: random.Random) -> tuple[str, Field] | None:
        """Return a fact of another item that this one does not have, with its field."""
        catalog = self.bundle.catalog
        fields = [one for one in catalog.with_role(Role.FACET, Role.PERSON, Role.NUMBER) if one.name in own.values]
        for row in rng.sample(range(catalog.n_items), min(_DRAWN, catalog.n_items)):
            (other,) = catalog.items([row])
            field = rng.choice(fields)
            value, mine = other.values.get(field.name), own.values[field.name]
            if value not in (None, "", []) and _is_strange(value, mine):
                return describe_fact(field, value), field
        return None

    def _known(self, place: Place) -> set[str]:
        turn = place.read.turn
        tastes = turn.read.ledger.items("like", "dislike", "seen")
        return {*place.ids, *turn.thread.shown, *turn.thread.named, *turn.read.named, *tastes}


def _is_strange(value: object, mine: object) -> bool:
    if isinstance(value, int | float) and isinstance(mine, int | float):
        return abs(value - mine) > _FAR * max(abs(mine), abs(value), 1) and abs(value - mine) > 2
    have, own = ({word for one in _several(v) for word in tokens(str(one))} for v in (value, mine))
    return bool(have) and not have & own


def _several(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]
