"""What a number is measured in, and every way of writing an amount of it, scaled to the field's own unit."""

from functools import cache
from typing import NamedTuple

from retrieval.items import Field, Role
from retrieval.linking.lexicon import described, lexicon, number_dimension
from retrieval.linking.message import words_of
from retrieval.text import fold

MONEY = "money"
_WHOLE = {"players", "pages"}
_SAID_WITHOUT = {"count", "number", "total", "num", "avg", "average", "mean", "max", "min", "maximum", "minimum", "of"}
"""Words of a label that people leave out: "3 bedrooms" for a column "bedroom count"."""


class Surface(NamedTuple):
    """A way of writing amounts of a field."""

    field: Field
    factor: float
    """What one of it is in the unit of the field."""
    own: bool
    """Whether it is the field's own unit: euros where prices are in euros."""


class _Unit(NamedTuple):
    measure: str
    size: float


@cache
def _units() -> dict[str, _Unit]:
    """Return every unit by each of its names; where two measures share one ("m"), the one it is short for first."""
    units: dict[str, _Unit] = {}
    tables = [(table["name"], row) for table in lexicon()["measures"] for row in table["units"]]
    for name, (size, first, *_) in tables:
        units.setdefault(first.removeprefix("="), _Unit(name, float(size)))
    for name, (size, *names) in tables:
        for spelling in names:
            units.setdefault(spelling.removeprefix("="), _Unit(name, float(size)))
    return units


@cache
def measure_of(unit: str) -> str:
    """Return what a unit measures ("time", "money", "mass" …), "" for one nobody knows."""
    known = _units().get(_plain(unit))
    return known.measure if known else ""


def kind_of(field: Field) -> str:
    """Return what a number field measures; money also by its name, for prices often come without a unit."""
    if field.role is not Role.NUMBER:
        return ""
    if field.unit:
        return measure_of(field.unit)
    return MONEY if number_dimension(field, lexicon()["dimensions"]["price"]) else ""


def in_unit(value: float, unit: str, other: str) -> float:
    """Convert an amount from one unit to another of the same measure."""
    return value * _units()[_plain(unit)].size / _units()[_plain(other)].size


def surfaces(fields: list[Field]) -> dict[str, list[Surface]]:
    """Return, for every way a unit is written (folded), the fields it may speak of."""
    found: dict[str, list[Surface]] = {}
    for field in fields:
        measure = kind_of(field)
        own = _units().get(_plain(field.unit), _Unit(measure, 1.0))
        for table in lexicon()["measures"]:
            for size, *names in table["units"] if table["name"] == measure else ():
                is_own = _plain(field.unit) in {name.removeprefix("=") for name in names}
                for name in names:
                    if not name.startswith("="):
                        found.setdefault(_plain(name), []).append(Surface(field, size / own.size, is_own))
        if measure == "time":
            found.setdefault(":", []).append(Surface(field, _clock_factor(field, own.size), True))
        if not measure or measure in _WHOLE:
            for form in counted_names(field):
                found.setdefault(form, []).append(Surface(field, 1.0, True))
    return found


def counted_names(field: Field) -> set[str]:
    """Return what a number without a measure counts, as it stands behind the number: "3 bedrooms"."""
    forms: set[str] = set()
    for text in (field.label, field.unit):
        words = words_of(text)
        said = [word for word in words if word not in _SAID_WITHOUT]
        for name in (" ".join(words), " ".join(said)):
            forms |= {name, name.removesuffix("s"), name.removesuffix("s") + "s"} if len(name) > 2 else {name}
        if len(said) > 1:
            forms |= {f"{said[0].removesuffix('s')} {' '.join(said[1:])}"}
    return {form for form in forms if form and not form.isdigit() and form != "s"}


def _clock_factor(field: Field, own: float) -> float:
    """Return what "1:30" is worth, read as 90 seconds: minutes and seconds, or hours and minutes of long things."""
    seconds = (field.high or 0) * own
    return (1.0 if seconds <= 3600 else 60.0) / own


def _plain(unit: str) -> str:
    """Fold a unit like a message: "m²" → "m2", "GB" → "gb"; signs stay."""
    return (fold(unit) if any(c.isalnum() for c in unit) and "/" not in unit and "°" not in unit else unit).lower()


def described_words(field: Field) -> set[str]:
    """Return the words a field goes by, without its unit."""
    return set(words_of(described(field.model_copy(update={"unit": ""}))))
