"""The ranked pool → the slate: the best k that pass every check on their own row."""

from agents.answering.reasons import Wish, reasons_for, what_it_is
from agents.answering.telling import wish_words
from agents.events import SlateItem
from agents.kit import Kit
from agents.ranking.ranker import Ranked
from agents.relax import ENOUGH, Relaxed
from agents.turn import Turn
from agents.understanding.intents import feedback_kind
from agents.verifier import Verifier, broken
from retrieval.items import Filter, Item

_AT_ONCE = 64


def build_slate(turn: Turn, kit: Kit) -> list[SlateItem]:
    """Return as many items as wanted, best first: none excluded or twice, none breaking a limit that was not relaxed.

    For questions about items it is those items, as asked.
    """
    if turn.read.understanding.intent in ("details", "compare"):
        return _asked_about(turn, kit)
    verifier, slate, wish = _verifier(turn, kit), list[SlateItem](), _wish(turn, kit)
    wanted = turn.wanted
    if turn.relaxed and turn.relaxed.abstains and not turn.always_slate:
        wanted = min(wanted, ENOUGH)
    ranked = _nearest_first(turn.ranked, turn.relaxed)
    for start in range(0, len(ranked), _AT_ONCE):
        batch = ranked[start : start + _AT_ONCE]
        for entry, item in zip(batch, kit.bundle.catalog.items([r.row for r in batch]), strict=True):
            breaks = verifier.admit(item)
            if breaks is None:
                turn.n_rejected += 1
                continue
            slate.append(_show(entry, item, breaks, turn, kit, wish))
            if len(slate) == wanted:
                return slate
    return slate


def _verifier(turn: Turn, kit: Kit) -> Verifier:
    return Verifier(
        turn.read.ledger.filters,
        kit.bundle.catalog.fields,
        relaxed=[limit.filter for limit in turn.relaxed.dropped] if turn.relaxed else [],
        instead=turn.relaxed.filters if turn.relaxed else [],
        excluded=kit.excluded(turn),
    )


def _wish(turn: Turn, kit: Kit) -> Wish:
    """Return what may be a reason; the like of what is told as seen or disliked is one only where it is asked for."""
    read, ledger = turn.read, turn.read.ledger
    unliked = {*ledger.items("seen", "dislike")} - {*ledger.items("like")}
    if feedback_kind(turn.text) in ("seen", "dislike"):
        unliked.update(read.named, read.understanding.anchors)
    if read.understanding.intent == "similar":
        unliked.difference_update(read.understanding.anchors)
    return Wish(frozenset(wish_words(turn, kit)), frozenset(unliked))


def _show(
    entry: Ranked, item: Item, breaks: list[Filter], turn: Turn, kit: Kit, wish: Wish, *, is_miss: bool = True
) -> SlateItem:
    met = [f for f in turn.read.ledger.filters if f not in breaks]
    catalog = kit.bundle.catalog
    order = turn.read.understanding.order
    reasons = reasons_for(entry, item, met, order, catalog, wish) or what_it_is(item, catalog)
    return SlateItem(
        item_id=item.item_id,
        title=item.title,
        score=round(entry.score, 6),
        strength=None if entry.chance is None else round(entry.chance, 4),
        fields={name: value for name, value in item.values.items() if name != catalog.id_field},
        reasons=reasons,
        satisfies=met,
        breaks=breaks if is_miss else [],
    )


def _asked_about(turn: Turn, kit: Kit) -> list[SlateItem]:
    """An item asked about is no nearest miss, whatever it breaks; but it must not claim to meet that either."""
    catalog, limits = kit.bundle.catalog, turn.read.ledger.filters
    items, nothing = catalog.items(catalog.rows_of(turn.read.understanding.anchors[:6])), Wish(frozenset())
    return [
        _show(Ranked(item.row, 1.0), item, broken(item, limits, catalog.fields), turn, kit, nothing, is_miss=False)
        for item in items
    ]


def _nearest_first(ranked: list[Ranked], relaxed: Relaxed | None) -> list[Ranked]:
    """Among near misses the smallest comes first; where all miss alike, the ranking decides."""
    if not relaxed or not relaxed.costs:
        return ranked
    return sorted(ranked, key=lambda one: round(relaxed.costs.get(one.row, float("inf")), 6))
