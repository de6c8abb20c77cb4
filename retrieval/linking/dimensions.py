"""What numbers speak of – time, price, weight, size – and which field of a catalogue does so."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from retrieval.items import Field, Role
from retrieval.linking.lexicon import described, lexicon
from retrieval.linking.units import measure_of

_WHOLE_OF_IT = ("total", "overall", "max", "maximum", "final")
_PART_OF_IT = ("original", "old", "list", "shipping", "discount", "previous", "min", "minimum", "per")

Dimension = Mapping[str, Any]


@cache
def dimensions() -> dict[str, Dimension]:
    """Return the dimensions of the lexicon by name."""
    found: dict[str, Dimension] = lexicon()["dimensions"]
    return found


def number_dimension(field: Field, dimension: Dimension) -> bool:
    """Whether a number or date field is of this dimension ("time", "rating" …), by its unit or by its name."""
    words = described(field)
    if "not_fields" in dimension and re.search(dimension["not_fields"], words):
        return False
    measure = measure_of(field.unit) if field.role is Role.NUMBER else ""
    if measure and "measures" in dimension:
        if measure not in dimension["measures"]:
            return False
        if dimension.get("alone"):
            return True
    return re.search(dimension["fields"], words) is not None


def field_of(name: str, fields: list[Field]) -> Field | None:
    """Return the field of a dimension: the best covered number (or date) whose words fit, the whole before a part."""
    dimension = dimensions()[name]
    fitting = [f for f in fields if f.role in (Role.NUMBER, Role.DATE) and number_dimension(f, dimension)]
    if name == "year":
        fitting = [f for f in fitting if f.unit == "year" or f.role is Role.DATE]
    else:
        fitting = [f for f in fitting if f.unit != "year" and f.role is Role.NUMBER]
    return max(fitting, key=lambda field: _preference(field, dimension), default=None)


def _preference(field: Field, dimension: Dimension) -> tuple[bool, bool, float, bool, int]:
    """Put a field that goes by its unit alone behind one that its name tells."""
    words = described(field)
    parts = set(words.split())
    named = re.search(dimension["fields"], words) is not None
    whole = bool(parts & set(_WHOLE_OF_IT))
    return not parts & set(_PART_OF_IT), named, field.coverage, whole, -len(parts)


def asked_about(words: list[str], fields: list[Field]) -> list[Field]:
    """Return the fields that a question's words ask about by dimension: "how heavy" → the weight."""
    there = set(words)
    found = []
    for name, dimension in dimensions().items():
        said = {*dimension.get("asks", ()), *dimension["names"], *dimension["greater"], *dimension["less"]}
        said |= {*dimension["greatest"], *dimension["least"]}
        if there & said and (field := field_of(name, fields)):
            found.append(field)
    return list({field.name: field for field in found}.values())
