"""Units by every name they go by, and what they measure."""

from functools import cache
from typing import NamedTuple

from retrieval.linking.lexicon import lexicon
from retrieval.text import fold


class Unit(NamedTuple):
    """A unit: what it measures, and how many of the measure's first unit it is."""

    measure: str
    size: float


@cache
def units() -> dict[str, Unit]:
    """Return every unit by each of its names; where two measures share one ("m"), the one it is short for first."""
    found: dict[str, Unit] = {}
    tables = [(table["name"], row) for table in lexicon()["measures"] for row in table["units"]]
    for name, (size, first, *_) in tables:
        found.setdefault(plain(first), Unit(name, float(size)))
    for name, (size, *names) in tables:
        for spelling in names:
            found.setdefault(plain(spelling), Unit(name, float(size)))
    return found


@cache
def measure_of(unit: str) -> str:
    """Return what a unit measures ("time", "money", "mass" …), "" for one nobody knows."""
    known = units().get(plain(unit))
    return known.measure if known else ""


def plain(unit: str) -> str:
    """Fold a unit like a message: "m²" → "m2", "GB" → "gb"; signs stay."""
    unit = unit.removeprefix("=")
    return (fold(unit) if unit.replace(" ", "").isalnum() else unit).lower()
