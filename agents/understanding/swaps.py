"""What goes when a message puts something in the place of what was asked for: "a red wine from Italy instead"."""

from agents.state import Ledger, Limit
from agents.understanding import intents
from retrieval.catalog import Catalog
from retrieval.items import Role


def swapped(ledger: Ledger, text: str, turn: int, catalog: Catalog) -> Ledger:
    """Return the ledger without the older limits that the new ones put out of place; it holds both when called.

    A subject named anew takes over bounds alone. Otherwise those go that leave nothing with the new ones, names before
    bounds, the latest before the earlier.
    """
    new = [limit for limit in ledger.limits if limit.turn == turn]
    old = [limit for limit in ledger.limits if limit.turn != turn]
    if not new:
        return ledger
    fields = {limit.filter.field for limit in new}
    if intents.is_anew(text) and not fields & {limit.filter.field for limit in old}:
        old = [limit for limit in old if _is_bound(limit, catalog)]
    old = [limit for limit in old if _fit([limit, *new], catalog)] if _fit(new, catalog) else old
    while old and not _fit([*old, *new], catalog) and _fit(new, catalog):
        old.remove(next((limit for limit in reversed(old) if not _is_bound(limit, catalog)), old[-1]))
    return ledger.model_copy(update={"limits": [*old, *new]})


def _fit(limits: list[Limit], catalog: Catalog) -> bool:
    return len(catalog.select([limit.filter for limit in limits]).rows) > 0


def _is_bound(limit: Limit, catalog: Catalog) -> bool:
    return catalog.fields[limit.filter.field].role in (Role.NUMBER, Role.DATE)
