"""Example requests made of a catalogue's own facets, so that a first visitor sees what can be asked."""

from collections.abc import Sequence

from agents.nouns import Nouns
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role

_FEW = 60
"""A facet with at most so many values is one that people browse by."""


def starters(catalog: Catalog, nouns: Nouns) -> list[str]:
    """Return up to four requests that all find something."""
    facets = [f for f in catalog.with_role(Role.FACET) if f.n_values >= 2]
    facets.sort(key=lambda f: (f.n_values > _FEW, -f.coverage, f.n_values))
    people = catalog.with_role(Role.PERSON)
    numbers = [f for f in catalog.with_role(Role.NUMBER, Role.DATE) if f.low is not None and f.low != f.high]
    wishes = [_facet_wish(facets, numbers, catalog, nouns), _title_wish(catalog, nouns)]
    if people and (name := _common(people[-1], catalog)):
        wishes.append(f"something with {name}")
    if facets:
        wishes.append(_second_wish(facets, numbers, catalog, nouns))
    return list(dict.fromkeys(w for w in wishes if w))[:4]


def _common(field: Field, catalog: Catalog, nth: int = 0) -> str:
    counts = catalog.counts(field.name, limit=nth + 1)
    return counts[min(nth, len(counts) - 1)][0] if counts else ""


def _bound(field: Field, catalog: Catalog, among: Sequence[Filter] = ()) -> str:
    """A round number near the middle of a field, as a limit in words that one of these items meets; "" for none."""
    column = catalog.column(field.name)
    values = sorted(column[row] for row in catalog.select(among).rows if column[row] is not None)
    if not values:
        return ""
    middle = values[len(values) // 2]
    if field.unit == "year" or field.role is Role.DATE:
        year = int(str(middle)[:4])
        return f" from the {year - year % 10}s"
    if field.unit == "min":
        return f" under {int(middle) - int(middle) % 10 + 10} minutes"
    return f" with {field.label} at least " + (f"{int(middle):,}" if middle >= 1000 else f"{middle:g}")


def _facet_wish(facets: list[Field], numbers: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    if not facets:
        return f"some {nouns[1]}{_bound(numbers[0], catalog)}" if numbers else f"the best known {nouns[1]}"
    value = _common(facets[0], catalog, nth=1)
    years = [f for f in numbers if f.unit == "year" or f.role is Role.DATE] or numbers
    among = [Filter(field=facets[0].name, op="contains", value=value)]
    return f"{value} {nouns[1]}" + (_bound(years[0], catalog, among) if years else "")


def _second_wish(facets: list[Field], numbers: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    minutes = [f for f in numbers if f.unit == "min"]
    wanted, refused = _common(facets[0], catalog, nth=3), _common(facets[0], catalog, nth=0)
    among = [
        Filter(field=facets[0].name, op="contains", value=wanted),
        Filter(field=facets[0].name, op="not_contains", value=refused),
    ]
    if not wanted or wanted == refused or not len(catalog.select(among).rows):
        return ""
    length = _bound(minutes[0], catalog, among) if minutes else ""
    return f"{wanted} {nouns[1]}{length}, but no {refused}"


def _title_wish(catalog: Catalog, nouns: Nouns) -> str:
    best = int(catalog.prominence.argmax()) if catalog.n_items else -1
    return f"something like {catalog.titles[best]}" if best >= 0 else ""
