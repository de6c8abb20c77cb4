"""Example requests made of a catalogue's own facets, so that a first visitor sees what can be asked."""

from agents.nouns import Nouns
from retrieval.catalog import Catalog
from retrieval.items import Field, Role

_FEW = 60
"""A facet with at most so many values is one that people browse by."""


def starters(catalog: Catalog, nouns: Nouns) -> list[str]:
    """Return up to four requests that all find something."""
    facets = [f for f in catalog.with_role(Role.FACET) if f.n_values >= 2]
    facets.sort(key=lambda f: (f.n_values > _FEW, -f.coverage, f.n_values))
    people = catalog.with_role(Role.PERSON)
    numbers = [f for f in catalog.with_role(Role.NUMBER, Role.DATE) if f.low is not None and f.low != f.high]
    wishes = [_facet_wish(facets, numbers, catalog, nouns), _title_wish(catalog, nouns)]
    if people:
        wishes.append(f"something with {_common(people[-1], catalog)}")
    if len(facets) > 1 or facets:
        wishes.append(_second_wish(facets, numbers, catalog, nouns))
    return list(dict.fromkeys(w for w in wishes if w))[:4]


def _common(field: Field, catalog: Catalog, nth: int = 0) -> str:
    counts = catalog.counts(field.name, limit=nth + 1)
    return counts[min(nth, len(counts) - 1)][0] if counts else ""


def _bound(field: Field, catalog: Catalog) -> str:
    """A round number near the middle of a field, as a limit in words."""
    values = sorted(v for v in catalog.column(field.name) if v is not None)
    middle = values[len(values) // 2]
    if field.unit == "year" or field.role is Role.DATE:
        year = int(str(middle)[:4])
        return f"from the {year - year % 10}s"
    if field.unit == "min":
        return f"under {int(middle) - int(middle) % 10 or int(middle)} minutes"
    return f"with {field.label} at least {middle:g}"


def _facet_wish(facets: list[Field], numbers: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    if not facets:
        return f"some {nouns[1]} {_bound(numbers[0], catalog)}" if numbers else f"the best known {nouns[1]}"
    value = _common(facets[0], catalog, nth=1)
    years = [f for f in numbers if f.unit == "year" or f.role is Role.DATE] or numbers
    return f"{value} {nouns[1]} {_bound(years[0], catalog)}" if years else f"{value} {nouns[1]}"


def _second_wish(facets: list[Field], numbers: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    minutes = [f for f in numbers if f.unit == "min"]
    wanted, refused = _common(facets[0], catalog, nth=3), _common(facets[0], catalog, nth=0)
    if not wanted or wanted == refused:
        return ""
    length = f" {_bound(minutes[0], catalog)}" if minutes else ""
    return f"{wanted} {nouns[1]}{length}, but no {refused}"


def _title_wish(catalog: Catalog, nouns: Nouns) -> str:
    best = int(catalog.prominence.argmax()) if catalog.n_items else -1
    return f"something like {catalog.titles[best]}" if best >= 0 else ""
