"""What a number is measured in, and every way of writing an amount of it, scaled to the field's own unit."""

from typing import NamedTuple

from retrieval.items import Field, Role
from retrieval.linking.dimensions import dimensions, number_dimension
from retrieval.linking.lexicon import described, lexicon
from retrieval.linking.message import words_of
from retrieval.linking.units import Unit, measure_of, plain, units

MONEY = "money"
_WHOLE = {"players", "pages", "servings"}
_SAID_WITHOUT = {"count", "number", "total", "num", "avg", "average", "mean", "max", "min", "maximum", "minimum", "of"}
"""Words of a label that people leave out: "3 bedrooms" for a column "bedroom count"."""


class Surface(NamedTuple):
    """A way of writing amounts of a field."""

    field: Field
    factor: float
    """What one of it is in the unit of the field."""
    own: bool
    """Whether it is the field's own unit: euros where prices are in euros."""


def kind_of(field: Field) -> str:
    """Return what a number field measures; money also by its name, for prices often come without a unit."""
    if field.role is not Role.NUMBER:
        return ""
    if field.unit:
        return measure_of(field.unit)
    return MONEY if number_dimension(field, dimensions()["price"]) else ""


def surfaces(fields: list[Field]) -> dict[str, list[Surface]]:
    """Return, for every way a unit is written (folded), the fields it may speak of."""
    found: dict[str, list[Surface]] = {}
    for field in fields:
        measure = kind_of(field)
        own = units().get(plain(field.unit), Unit(measure, 1.0))
        for table in lexicon()["measures"]:
            for size, *names in table["units"] if table["name"] == measure else ():
                is_own = plain(field.unit) in {plain(name) for name in names}
                for name in names:
                    if not name.startswith("="):
                        found.setdefault(plain(name), []).append(Surface(field, size / own.size, is_own))
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


def described_words(field: Field) -> set[str]:
    """Return the words a field goes by, without its unit."""
    return set(words_of(described(field.model_copy(update={"unit": ""}))))
