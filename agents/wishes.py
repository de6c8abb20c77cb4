"""Parts of example requests: values, bounds and flags of a catalogue in words that are understood when sent back."""

import re
from collections.abc import Sequence
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np

from agents.nouns import Nouns
from agents.values_in_words import describe_value, plain_number
from agents.wording import label_of
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role, Rows
from retrieval.linking.dimensions import dimensions, number_dimension
from retrieval.linking.flags import YES, flags_of, spoken

FEW = 60
"""A facet with at most so many values is one that people browse by."""
_FACETS_OF: "WeakKeyDictionary[Catalog, list[Field]]" = WeakKeyDictionary()
"""By catalogue; an entry goes with it. Every turn that may ask looks here, and to find them counts whole columns."""
_SPEAKABLE = re.compile(r"[^\W\d_][\w&'’+./ -]{1,23}")
_SORTS = frozenset({"type", "category", "kind", "class", "property", "product", "item", "event"})
_IN, _FROM = re.compile(r"\b(?:city|town|location|area)\b"), re.compile(r"\b(?:country|countries|region|origin)\b")
_BROWSED = re.compile(
    r"\b(?:genres?|categor\w+|types?|kinds?|styles?|cuisines?|subjects?|topics?|grapes?|brands?|courses?)\b"
)
_QUALITY = re.compile(r"(?:able|ible|ed|ic|al|ian|ive|ous|ful|free|proof|less|ote|door)$")
_UNDER = ("price", "time", "pages", "weight", "distance", "energy")
_AT_LEAST = ("size", "rating", "pay")
_ENDS = (
    ("price", "least"), ("pay", "greatest"), ("weight", "least"), ("size", "greatest"), ("rating", "greatest"),
    ("popularity", "greatest"), ("time", "least"), ("pages", "least"), ("year", "greatest"),
)  # fmt: skip
_SAID = {"rating": "best rated", "year": "newest", "pay": "best paid"}


def speakable_facets(catalog: Catalog) -> list[Field]:
    """Return the facets people browse by: few short values, no yes or no, the best covered first."""
    if catalog not in _FACETS_OF:
        _FACETS_OF[catalog] = _found_facets(catalog)
    return _FACETS_OF[catalog]


def _found_facets(catalog: Catalog) -> list[Field]:
    flags = flags_of(catalog)
    found = [f for f in catalog.with_role(Role.FACET) if f.n_values >= 2 and f.name not in flags]
    spoken_of = [f for f in found if len(values_of(f, catalog)) >= 2]
    return sorted(
        spoken_of,
        key=lambda f: (f.n_values > FEW, -round(f.coverage, 1), not browsed_by(f), _is_place(f),
                       f.n_values),
    )  # fmt: skip


def browsed_by(field: Field) -> bool:
    """Whether a facet says what kind of thing an item is: its genre, its category, its brand."""
    return bool(_BROWSED.search(field.label.lower()))


def values_of(field: Field, catalog: Catalog, among: Sequence[Filter] = (), limit: int = 8) -> list[str]:
    """Return the commonest values that can be said in a sentence, among the items that pass."""
    rows = catalog.select(among).rows if among else None
    return [value for value, _ in counts_of(field, catalog, rows, limit)]


def counts_of(field: Field, catalog: Catalog, rows: Rows | None = None, limit: int = 8) -> list[tuple[str, int]]:
    """Return the same values with how many of these rows (all when None) have each."""
    counts = catalog.counts(field.name, rows, limit)
    return [(value, n) for value, n in counts if _SPEAKABLE.fullmatch(value) and value.count(" ") < 3]


def with_value(value: str, field: Field, nouns: Nouns) -> str:
    """Return "Riesling wines", "concerts", "jobs in Oslo", "wines from France" for a value of a facet."""
    label = field.label.lower()
    if _IN.search(label):
        return f"{nouns[1]} in {value}"
    if _FROM.search(label):
        return f"{nouns[1]} from {value}"
    if "language" in label:
        return f"{nouns[1]} in {value}"
    if set(value.lower().split()) & set(nouns[:2]):
        return value
    if set(label.split()) <= _SORTS and re.fullmatch(r"[a-z ]+", value):
        return value if value.endswith("s") else value + ("es" if value.endswith(("ch", "sh", "x")) else "s")
    return f"{value} {nouns[1]}"


def is_value(field: Field, value: str, *, refused: bool = False) -> Filter:
    """Return the filter that a value of a facet stands for."""
    return Filter(field=field.name, op="not_contains" if refused else "contains", value=value)


def bound(catalog: Catalog, among: Sequence[Filter] = (), skip: Sequence[str] = ()) -> tuple[str, Filter | None]:
    """Return a limit in words on the first number people ask about, that about half of these items meet; or ""."""
    rows = catalog.select(among).rows
    for words, field in _askable(catalog):
        values = catalog.numbers(field.name)[rows]
        values = values[np.isfinite(values)]
        if field.name in skip or len(values) < 2:
            continue
        middle = float(np.median(values))
        if words == "from":
            return _decade(field, middle)
        low, high = float(values.min()), float(values.max())
        value = _round(middle, up=words == "under")
        if low < value < high:
            return _said(words, field, value)
    return "", None


def _askable(catalog: Catalog) -> list[tuple[str, Field]]:
    """Return the numbers people set limits on, the usual ones first, with how a bound on them is put."""
    numbers = [f for f in catalog.with_role(Role.NUMBER) if f.low != f.high]
    found = [("under", f) for name in _UNDER for f in numbers if f.unit and number_dimension(f, dimensions()[name])]
    found += [("from", f) for f in numbers if f.unit == "year"]
    found += [("at least", f) for name in _AT_LEAST for f in numbers if number_dimension(f, dimensions()[name])]
    return found


def _decade(field: Field, middle: float) -> tuple[str, Filter]:
    year = int(middle) - int(middle) % 10
    if label := label_of(field):
        return f" {label} after {year}", Filter(field=field.name, op="gte", value=year + 1)
    return f" from the {year}s", Filter(field=field.name, op="between", value=[year, year + 9])


def _said(words: str, field: Field, value: float) -> tuple[str, Filter]:
    number = int(value) if value == int(value) else value
    said = describe_value(number, field)
    if field.unit == "min":
        said = f"{plain_number(value)} minutes"
    if words == "under":
        return f" under {said}", Filter(field=field.name, op="lte", value=number)
    if number_dimension(field, dimensions()["rating"]):
        return f" rated above {said}", Filter(field=field.name, op="gte", value=number)
    if number_dimension(field, dimensions()["pay"]):
        return f" paying at least {said}", Filter(field=field.name, op="gte", value=number)
    return f" with {field.label} at least {said}", Filter(field=field.name, op="gte", value=number)


def _round(value: float, *, up: bool) -> float:
    """Round to a number people would name: 1, 2 or 5 times a power of ten apart, half a point on small scales."""
    if value <= 0:
        return value
    power = 10.0 ** np.floor(np.log10(value))
    step = power if value / power >= 5 else power / 2 if value / power >= 2 else power / 5
    rounded = (np.ceil if up else np.floor)(round(value / step, 6)) * step
    return round(float(rounded), 6)


def superlative(catalog: Catalog) -> str:
    """Return the superlative of the first number people order by: "cheapest", "lightest", "best rated"; "" for none."""
    numbers = [f for f in catalog.with_role(Role.NUMBER, Role.DATE) if f.coverage > 0.5 and f.low != f.high]
    for name, sense in _ENDS:
        dimension = dimensions()[name]
        if any(number_dimension(f, dimension) and (f.unit == "year") == (name == "year") for f in numbers):
            return _SAID.get(name) or str(dimension[sense][0])
    return ""


def flag_wish(catalog: Catalog, nouns: Nouns) -> tuple[str, Filter] | None:
    """Return "remote jobs" or "houses with garden" for a yes-or-no field that is yes for some items."""
    for name, (yes, _) in flags_of(catalog).items():
        field = catalog.fields[name]
        flag = spoken(field)
        if yes.lower() not in YES or not flag.replace(" ", "").isalpha() or len(flag) > 20:
            continue
        quality = field.label.lower().startswith("is ") or _QUALITY.search(flag)
        return f"{flag} {nouns[1]}" if quality else f"{nouns[1]} with {flag}", Filter(field=name, op="eq", value=yes)
    return None


def month_wish(catalog: Catalog, nouns: Nouns) -> str:
    """Return "events in December 2026" for a month in the middle of the catalogue's days; "" without days."""
    for field in catalog.with_role(Role.DATE):
        days = catalog.numbers(field.name)
        days = np.sort(days[np.isfinite(days)])
        if len(days) and (label_of(field) or field.label.lower() in ("date", "day", "when", "event date")):
            day = date.fromordinal(int(days[len(days) // 2]))
            return f"{nouns[1]} {label_of(field)} in {day:%B} {day.year}".replace("  ", " ")
    return ""


def _is_place(field: Field) -> bool:
    label = field.label.lower()
    return bool(_IN.search(label) or _FROM.search(label) or "language" in label or "venue" in label)
