"""A conversation begun on one build of a catalogue goes on with the next: what the new build lacks is put aside."""

from agents.kit import Kit
from agents.state import Ledger, Limit, Thread
from errors import FilterError
from retrieval.filters import compile_filters
from retrieval.items import Field


def carry_over(thread: Thread, kit: Kit) -> tuple[Thread, list[str]]:
    """Return the thread as this build can take it, and notices of the limits that had to go.

    A limit goes when its field is gone or has become of another kind. Items that are gone stay where they were shown,
    so that "the second one" still means the second one.
    """
    if thread.build == kit.bundle.manifest.build_id:
        return thread, []
    catalog = kit.bundle.catalog
    kept = _kept(thread.ledger, catalog.fields)
    gone = dict.fromkeys(limit.words for limit in thread.ledger.limits if limit not in kept.limits)
    carried = thread.model_copy(
        update={
            "ledger": kept,
            "undo": [_kept(ledger, catalog.fields) for ledger in thread.undo],
            "named": [item_id for item_id in thread.named if catalog.row_of(item_id) is not None],
        }
    )
    return carried, [f"The catalogue was renewed and cannot keep to “{words}” any more." for words in gone]


def _kept(ledger: Ledger, fields: dict[str, Field]) -> Ledger:
    tastes = [taste for taste in ledger.tastes if not taste.field or taste.field in fields]
    return Ledger(limits=[limit for limit in ledger.limits if _fits(limit, fields)], tastes=tastes)


def _fits(limit: Limit, fields: dict[str, Field]) -> bool:
    try:
        compile_filters([limit.filter], fields)
    except FilterError:
        return False
    return True
