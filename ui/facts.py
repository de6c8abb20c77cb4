"""Which fields items are chosen by, for cards: the same kinds in the same order wherever a catalogue has them."""

import re
from collections.abc import Mapping

from agents.wording import label_of
from retrieval.items import Field, Role
from retrieval.linking.dimensions import dimensions, number_dimension

_PRICE, _DAY, _PLACE, _RATING, _MEASURED, _OTHER, _KEPT_DAY = range(7)
_MOST_PLACES = 2
_WHERE = re.compile(r"\b(?:city|town|location|venue|area|place|stadt|ort|ville|ciudad|città)\b")
_FROM = re.compile(r"\b(?:country|region|land|pays|país|paese)\b")
_KEPT = re.compile(r"\b(?:added|updated|posted|since|modified|created|shop|stock|open(?:ed|s)?|eröffnet|founded)\b")
_ON_A_MAP = re.compile(r"(?:lat|lon|lng|latitude|longitude|x|y)(?:_?deg)?")


def facts_of(fields: Mapping[str, Field]) -> list[str]:
    """Return the fields items are chosen by, in order: price, day, place, rating, what has a unit, other numbers.

    Countries count where no nearer place is known; days of the keeping of a catalogue ("updated") come last.
    """
    places = [name for name, field in fields.items() if _rank(field) == _PLACE]
    places.sort(key=lambda name: not _WHERE.search(fields[name].label.lower()))
    within = any(_WHERE.search(fields[name].label.lower()) for name in places)
    hidden = places[_MOST_PLACES:] if within else places[1:]
    hidden += [name for name in places if within and not _WHERE.search(fields[name].label.lower())]
    ranks = {name: rank for name, field in fields.items() if (rank := _rank(field)) is not None}
    return [name for name in sorted(ranks, key=lambda name: ranks[name]) if name not in hidden]


def _rank(field: Field) -> int | None:
    """Place a field among the facts of an item; None for what is no fact to choose by."""
    label = field.label.lower()
    if field.role is Role.DATE:
        return _KEPT_DAY if _KEPT.search(label) or not (label_of(field) or "date" in label) else _DAY
    if field.role is Role.FACET:
        return _PLACE if not field.many and (_WHERE.search(label) or _FROM.search(label)) else None
    if field.role is not Role.NUMBER or _ON_A_MAP.fullmatch(field.name.lower()):
        return None
    if number_dimension(field, dimensions()["price"]):
        return _PRICE
    if number_dimension(field, dimensions()["rating"]):
        return _RATING
    return _MEASURED if field.unit else _OTHER
