"""A dialogue of any system, read again: what each user's turn says, which limits hold, which items the reply shows."""

from dataclasses import dataclass, replace

from agents.about import nouns_in
from agents.events import SlateItem
from agents.kit import Kit
from agents.remember import remember
from agents.state import Thread
from agents.turn import Turn
from agents.understanding.reading import read_turn
from errors import FilterError
from eval.dialogues import Dialogue, Exchange, exchanges
from eval.judging import cues
from eval.judging.cut_off import is_cut, whole_part
from retrieval.bundle import Bundle
from retrieval.items import Filter
from retrieval.text import fold
from settings import Settings

_COVERED = 0.6
"""Share of a name that a linked title must cover to be the item meant."""
_ABOUT = ("details", "compare")


@dataclass(frozen=True, slots=True)
class Replayed:
    """One exchange, with the items of the reply by the catalogue."""

    exchange: Exchange
    turn: Turn
    """As this project's reader takes the user's words; slate and reply are those of the system judged."""
    item_ids: tuple[str, ...]
    unknown: tuple[str, ...]
    """Items that do not exist: ids, or names as written."""
    recommended: tuple[str, ...]
    """Those of the items that do not merely answer a question about items known already."""
    limits: tuple[Filter, ...]
    """In force in this turn, whenever they were stated."""

    @property
    def n_items(self) -> int:
        """Return how many items the reply shows or names, known or not."""
        return len(self.item_ids) + len(self.unknown)

    @property
    def is_told(self) -> bool:
        """Return whether the user has told of an item by then: liked, refused, known."""
        turn = self.turn
        return bool(turn.read.ledger.items("like", "dislike", "seen") or turn.thread.named or turn.read.named)

    @property
    def is_about(self) -> bool:
        """Return whether the user asked about items instead of for them."""
        return self.turn.read.understanding.intent in _ABOUT


class Replay:
    """Reads dialogues over one catalogue, with the reader the agent has, whatever system answered."""

    def __init__(self, bundle: Bundle) -> None:
        self.kit = Kit(bundle, Settings(planner="basic"), nouns_in(bundle.name, bundle.manifest))

    def __call__(self, dialogue: Dialogue) -> list[Replayed]:
        """Return every exchange, in order."""
        thread, found, talk = Thread(), [], exchanges(dialogue)
        replies = [exchange.reply for exchange in talk]
        for number, exchange in enumerate(talk):
            turn = Turn(f"{number}", exchange.asked, 10, float("inf"), action=exchange.action, thread=thread)
            read_turn(turn, self.kit)
            found.append(self._taken(exchange, turn))
            if is_cut(exchange.reply, replies[:number] + replies[number + 1 :]):
                turn.reply = whole_part(exchange.reply)
            after = replace(turn)
            remember(after, self.kit)
            thread = after.thread
        return found

    def _taken(self, exchange: Exchange, turn: Turn) -> Replayed:
        catalog, account = self.kit.bundle.catalog, exchange.account
        if exchange.items:
            found = tuple(dict.fromkeys(item for item in exchange.items if catalog.row_of(item) is not None))
            unknown = tuple(dict.fromkeys(item for item in exchange.items if item not in found))
        else:
            found, unknown = ((), ()) if account else self.named(cues.set_off(exchange.reply))
        limits = tuple(dict.fromkeys(f.model_dump_json() for f in turn.read.ledger.filters))
        filters = [Filter.model_validate_json(text) for text in limits]
        turn.slate, turn.reply = self._slate(found, exchange), exchange.reply
        turn.n_pool = self._n_pool(account.filters if account and account.filters else filters)
        if account:
            turn.question, turn.notices = account.question, [*turn.notices, *account.notices]
        if account:
            unknown += self._made_up(exchange, turn)
        about = turn.read.understanding.intent in _ABOUT
        known = {*turn.thread.shown, *turn.thread.named, *turn.read.named, *turn.read.understanding.anchors}
        recommended = tuple(item for item in found if not (about and item in known))
        return Replayed(exchange, turn, found, unknown, recommended, tuple(filters))

    def named(self, names: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the items that have these names, and the names that no item has."""
        known: dict[str, None] = {}
        unknown: dict[str, None] = {}
        for name in names:
            linked = [m for m in self.kit.bundle.linker.link(name) if m.kind == "title" and m.item_ids]
            whole = max(linked, key=lambda m: m.end - m.start, default=None)
            if whole is not None and len(fold(whole.text)) >= _COVERED * len(fold(name)):
                known[whole.item_ids[0]] = None
            else:
                unknown[name] = None
        return tuple(known), tuple(unknown)

    def _made_up(self, exchange: Exchange, turn: Turn) -> tuple[str, ...]:
        """Return the names that a reply sets off and that are no item's, nor in the talk or the rows shown."""
        _, unknown = self.named(cues.marked(exchange.reply))
        said = [turn.text, *(text for past in turn.thread.past for text in (past.user, past.reply))]
        rows = [str(value) for item in turn.slate for value in (item.title, *item.fields.values())]
        told = f" {fold(' '.join([*said, *rows, *turn.notices]))} "
        return tuple(name for name in unknown if f" {fold(name)} " not in told)

    def _slate(self, item_ids: tuple[str, ...], exchange: Exchange) -> list[SlateItem]:
        catalog = self.kit.bundle.catalog
        told = {one.item_id: one for one in exchange.account.shown} if exchange.account else {}
        slate = []
        for item in catalog.items(catalog.rows_of(item_ids)):
            shown = told.get(item.item_id)
            slate.append(
                SlateItem(
                    item_id=item.item_id,
                    title=item.title,
                    score=0,
                    fields=item.values,
                    reasons=shown.reasons if shown else [],
                    breaks=shown.breaks if shown else [],
                )
            )
        return slate

    def _n_pool(self, filters: list[Filter]) -> int:
        catalog = self.kit.bundle.catalog
        try:
            return len(catalog.select(filters).rows)
        except FilterError:
            return catalog.n_items
