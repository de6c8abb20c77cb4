"""How new items are beside the others of their catalogue, by its first year or date."""

from weakref import WeakKeyDictionary

import numpy as np

from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role

_NEWEST = 0.75
"""Share of the dated items that are older than those of the list of new ones."""

_times: WeakKeyDictionary[Catalog, np.ndarray] = WeakKeyDictionary()


def time_field(catalog: Catalog) -> Field | None:
    """Return the field that says when an item came out: the first year, else the first date; None where none does."""
    years = [field for field in catalog.with_role(Role.NUMBER) if field.unit == "year"]
    return next(iter([*years, *catalog.with_role(Role.DATE)]), None)


def newness(rows: np.ndarray, catalog: Catalog) -> np.ndarray:
    """Return the share of dated items that are as old or older, 0–1; 0.5 where an item's time is unknown."""
    field = time_field(catalog)
    if field is None:
        return np.full(len(rows), 0.5)
    known = _sorted_times(field, catalog)
    mine = catalog.numbers(field.name)[rows]
    at_most = np.searchsorted(known, np.nan_to_num(mine), side="right") / max(1, len(known))
    share: np.ndarray = np.where(np.isfinite(mine), at_most, 0.5)
    return share


def newest_quarter(catalog: Catalog) -> Filter | None:
    """Return the limit that the newest quarter of the items with a year meets; None where no field is a year."""
    field = time_field(catalog)
    if field is None or field.role is not Role.NUMBER:
        return None
    known = _sorted_times(field, catalog)
    if not len(known):
        return None
    return Filter(field=field.name, op="gte", value=int(known[int(_NEWEST * (len(known) - 1))]))


def _sorted_times(field: Field, catalog: Catalog) -> np.ndarray:
    if catalog not in _times:
        values = catalog.numbers(field.name)
        _times[catalog] = np.sort(values[np.isfinite(values)])
    return _times[catalog]
