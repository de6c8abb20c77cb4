"""The ranked pool → the slate: the best k that pass every check on their own row."""

from agents.answering.reasons import reasons_for
from agents.events import SlateItem
from agents.kit import Kit
from agents.ledger import interval, place_of
from agents.ranking.ranker import Ranked
from agents.turn import Turn
from agents.verifier import broken
from retrieval.items import Filter, Item
from retrieval.text import fold

_AT_ONCE = 64


def build_slate(turn: Turn, kit: Kit) -> list[SlateItem]:
    """Return as many items as wanted, best first: none excluded or twice, none breaking a limit that was not relaxed.

    For questions about items it is those items, as asked.
    """
    if turn.read.understanding.intent in ("details", "compare"):
        return _asked_about(turn, kit)
    limits = turn.read.ledger.filters
    relaxed = [limit.filter for limit in turn.relaxed.dropped] if turn.relaxed else []
    ranked = _nearest_first(turn.ranked, relaxed, kit) if turn.relaxed else turn.ranked
    excluded, taken, slate = kit.excluded(turn), set[tuple[str, str]](), list[SlateItem]()
    for start in range(0, len(ranked), _AT_ONCE):
        batch = ranked[start : start + _AT_ONCE]
        for entry, item in zip(batch, kit.bundle.catalog.items([r.row for r in batch]), strict=True):
            breaks = broken(item, limits, kit.bundle.catalog.fields)
            twin = (fold(item.title), _year(item, kit))
            if item.item_id in excluded or twin in taken or any(f not in relaxed for f in breaks):
                continue
            taken.add(twin)
            slate.append(_show(entry, item, breaks, turn, kit))
            if len(slate) == turn.wanted:
                return slate
    return slate


def _show(entry: Ranked, item: Item, breaks: list[Filter], turn: Turn, kit: Kit, *, is_miss: bool = True) -> SlateItem:
    met = [f for f in turn.read.ledger.filters if f not in breaks]
    return SlateItem(
        item_id=item.item_id,
        title=item.title,
        score=round(entry.score, 6),
        strength=None if entry.chance is None else round(entry.chance, 4),
        fields={name: value for name, value in item.values.items() if name != kit.bundle.catalog.id_field},
        reasons=reasons_for(entry, item, met, turn.read.understanding.order, kit.bundle.catalog),
        satisfies=met,
        breaks=breaks if is_miss else [],
    )


def _asked_about(turn: Turn, kit: Kit) -> list[SlateItem]:
    """An item asked about is no nearest miss, whatever it breaks; but it must not claim to meet that either."""
    catalog, limits = kit.bundle.catalog, turn.read.ledger.filters
    items = catalog.items(catalog.rows_of(turn.read.understanding.anchors[:6]))
    return [
        _show(Ranked(item.row, 1.0), item, broken(item, limits, catalog.fields), turn, kit, is_miss=False)
        for item in items
    ]


def _year(item: Item, kit: Kit) -> str:
    return " ".join(str(item.values.get(f.name)) for f in kit.bundle.catalog.fields.values() if f.unit == "year")


def _nearest_first(ranked: list[Ranked], relaxed: list[Filter], kit: Kit) -> list[Ranked]:
    """Among nearest misses of a number, the smallest miss comes first."""
    if len(relaxed) != 1 or relaxed[0].op not in ("gte", "lte", "between", "eq"):
        return ranked
    low, high = interval(relaxed[0])
    items = kit.bundle.catalog.items([r.row for r in ranked])
    values = [item.values.get(relaxed[0].field) for item in items]
    places = [place_of(value) for value in values]
    miss = [float("inf") if p is None else max(low - p, p - high, 0.0) for p in places]
    return [ranked[i] for i in sorted(range(len(ranked)), key=lambda i: miss[i])]
