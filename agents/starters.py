"""Example requests made of a catalogue's own fields, so that a first visitor sees what can be asked."""

from agents.nouns import Nouns
from agents.wishes import (
    bound,
    flag_wish,
    is_value,
    month_wish,
    speakable_facets,
    superlative,
    values_of,
    with_value,
)
from agents.wording import describe_fact
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role

_MOST = 4
_LONGEST_TITLE = 60


def starters(catalog: Catalog, nouns: Nouns) -> list[str]:
    """Return up to four requests of different kinds that all find something."""
    facets = speakable_facets(catalog)
    kinds = [
        _value_wish(facets, catalog, nouns),
        _person_wish(catalog, nouns) or _flag_or_month(facets, catalog, nouns),
        _title_wish(catalog),
        _refusal(facets, catalog, nouns),
        _best(facets, catalog, nouns),
        _flag_or_month(facets, catalog, nouns),
    ]
    wishes = list(dict.fromkeys(wish for wish in kinds if wish))
    return wishes[:_MOST] or [f"the best known {nouns[1]}"]


def _value_wish(facets: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    """A value that is not the commonest, with a limit on a number: "Riesling wines under €20"."""
    if not facets:
        limit, _ = bound(catalog)
        return f"{nouns[1]}{limit}" if limit else ""
    values = values_of(facets[0], catalog)
    value = values[min(1, len(values) - 1)]
    limit, _ = bound(catalog, [is_value(facets[0], value)])
    return with_value(value, facets[0], nouns) + limit


def _person_wish(catalog: Catalog, nouns: Nouns) -> str:
    """The commonest name of the last person field, which is the cast where there is one: "songs by Mira Vale"."""
    people = catalog.with_role(Role.PERSON)
    names = [name for name, _ in catalog.counts(people[-1].name, limit=5) if " " in name] if people else []
    if not names:
        return ""
    said = describe_fact(people[-1], names[0])
    return f"{nouns[1]} {said}" if said.startswith("by ") else f"something with {names[0]}"


def _flag_or_month(facets: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    if month := month_wish(catalog, nouns):
        return month
    flag = flag_wish(catalog, nouns)
    if flag is None:
        return ""
    words, filter_ = flag
    places = [f for f in facets if with_value("X", f, nouns).endswith(" X")]
    if places and (value := next(iter(values_of(places[0], catalog, [filter_])), "")):
        return words + with_value(value, places[0], nouns).removeprefix(nouns[1])
    return words


def _title_wish(catalog: Catalog) -> str:
    """An item to resemble, where items have more than a title and one is better known than the others."""
    if not catalog.n_items:
        return ""
    best = int(catalog.prominence.argmax())
    known = float(catalog.prominence.max()) > float(catalog.prominence.min())
    title = catalog.titles[best]
    told = catalog.with_role(Role.TEXT, Role.FACET, Role.PERSON)
    short = len(title) <= _LONGEST_TITLE and not title.endswith("…")
    return f"something like {title}" if short and (known or not told or catalog.n_items < _LONGEST_TITLE) else ""


def _refusal(facets: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    """Something of one kind but not of another: of the same facet where items have several, else of the next."""
    for wanted in facets:
        for refused in [wanted] if wanted.many else [f for f in facets if f is not wanted]:
            values = values_of(wanted, catalog)
            value = values[min(3 if wanted is refused else 0, len(values) - 1)]
            among: list[Filter] = [is_value(wanted, value)]
            others = values_of(refused, catalog, among if wanted is not refused else ())
            no = next((other for other in others if other != value and _speaks(refused, nouns)), "")
            limit, bounded = bound(catalog, [*among, is_value(refused, no, refused=True)]) if no else ("", None)
            all_of_it = [*among, is_value(refused, no, refused=True), *([bounded] if bounded else [])]
            if no and len(catalog.select(all_of_it).rows):
                return f"{with_value(value, wanted, nouns)}{limit}, but no {no}"
    return ""


def _speaks(field: Field, nouns: Nouns) -> bool:
    """Whether "no X" says what is refused without the field's name: "no Merlot", not "no France"."""
    return with_value("X", field, nouns).startswith("X")


def _best(facets: list[Field], catalog: Catalog, nouns: Nouns) -> str:
    """The most or least of a number, of one kind: "the cheapest Merlot wines"."""
    end = superlative(catalog)
    if not end:
        return ""
    values = values_of(facets[0], catalog) if facets else []
    return f"the {end} " + (with_value(values[0], facets[0], nouns) if values else nouns[1])
