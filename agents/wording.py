"""Limits and values in the words of people: for chips, reasons and replies everywhere."""

from collections.abc import Sequence
from typing import Any

from retrieval.items import NEGATIVE_OPS, Field, Filter, Role

_MOST_NAMES = 3
_MOST_CHARS = 80
_BY_LABEL = {
    "actor": "with {}",
    "cast": "with {}",
    "director": "directed by {}",
    "writer": "written by {}",
    "author": "by {}",
    "artist": "by {}",
    "creator": "by {}",
    "language": "in {}",
    "country": "from {}",
    "countrie": "from {}",
    "decade": "from the {}",
}
_SCALES = ((1e9, "billion"), (1e6, "million"))


def describe_filter(given: Filter, field: Field) -> str:
    """Return a limit as a short phrase: "from 1970 to 1979", "at most 120 min", "without Tom Hanks", "in French"."""
    if given.op == "known":
        return f"{field.label} known"
    if given.op == "unknown":
        return f"{field.label} unknown"
    if field.role is Role.DATE or field.unit == "year":
        return _year_phrase(given, field)
    if field.role is Role.NUMBER:
        return _number_phrase(given, field)
    return _word_phrase(given, field)


def _year_phrase(given: Filter, field: Field) -> str:
    values = [describe_value(v, field) for v in _several(given.value)]
    if given.op == "between" or _is_run(given.value):
        return f"{'not ' if given.op in NEGATIVE_OPS else ''}from {values[0]} to {values[-1]}"
    phrases = {"gte": "from {} on", "lte": "up to {}", "ne": "not from {}", "not_in": "not from {}"}
    return phrases.get(given.op, "from {}").format(join(values, "or"))


def _is_run(value: Any) -> bool:
    """Whether these are three or more whole numbers in a row: the years of a refused decade."""
    if not isinstance(value, list) or len(value) < 3 or not all(isinstance(v, int) for v in value):
        return False
    return value == list(range(value[0], value[-1] + 1))


def _number_phrase(given: Filter, field: Field) -> str:
    values = [describe_value(v, field) for v in _several(given.value)]
    if given.op == "between" or _is_run(given.value):
        phrase = f"{'not ' if given.op in NEGATIVE_OPS else ''}between {values[0]} and {values[-1]}"
    else:
        words = {"gte": "at least {}", "lte": "at most {}", "ne": "not {}", "not_in": "not {}"}.get(given.op, "{}")
        phrase = words.format(join(values, "or"))
    return phrase if field.unit in ("min", "pages") else f"{field.label} {phrase}"


def _word_phrase(given: Filter, field: Field) -> str:
    names = join([describe_value(v) for v in _several(given.value)], "or")
    stem = field.label.lower().removesuffix("s")
    if field.role in (Role.TITLE, Role.TEXT):
        return f"{field.label} {'without' if given.op in NEGATIVE_OPS else 'with'} “{names}”"
    if given.op not in NEGATIVE_OPS:
        bare = field.role is Role.FACET and field.many and _speaks_for_itself(given.value)
        return _BY_LABEL.get(stem, "{}" if bare else field.label + ": {}").format(names)
    if stem in ("language", "country", "countrie", "decade"):
        return "not " + _BY_LABEL[stem].format(names)
    return f"{'without' if field.role is Role.PERSON else 'no'} {names}"


def _speaks_for_itself(value: Any) -> bool:
    """Whether values need no label: "Comedy" says what it is, "B12", "PG" and "yes" do not."""
    said = [str(v) for v in _several(value)]
    return all(len(v) > 3 and not any(c.isdigit() for c in v) and v.lower() not in ("true", "false") for v in said)


def describe_fact(field: Field, value: Any) -> str:
    """Return what an item has: "directed by Jane Campion", "Comedy, Drama", "117 min", "from 1993", "box office $9"."""
    said = describe_value(value, field)
    if field.role is Role.DATE or field.unit == "year":
        return f"from {said}"
    if field.role is Role.NUMBER:
        return said if field.unit in ("min", "pages") else f"{field.label} {said}"
    if field.role is Role.FACET and field.many and _speaks_for_itself(value):
        stem = field.label.lower().removesuffix("s")
        return _BY_LABEL.get(stem, "{}").format(said)
    if field.role is Role.PERSON:
        return _BY_LABEL.get(field.label.lower().removesuffix("s"), field.label + " {}").format(said)
    return f"{field.label} {said}"


def describe_value(value: Any, field: Field | None = None) -> str:
    """Return a value with its unit: "117 min", "$1.2 million", "91%", "3.8"; of long lists the first three."""
    if isinstance(value, list | tuple):
        shown = [describe_value(v, field) for v in value[:_MOST_NAMES]]
        return ", ".join(shown) + (" …" if len(value) > _MOST_NAMES else "")
    unit = field.unit if field else ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = " ".join(str(value).split())
        return text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…"
    if unit == "year" or (field and field.role is Role.DATE):
        return str(int(value))
    if unit == "usd":
        return "$" + _scaled(value)
    if unit == "%":
        return _plain_number(value) + "%"
    return f"{_plain_number(value)} {unit}".strip()


def _scaled(value: float) -> str:
    for size, name in _SCALES:
        if abs(value) >= size:
            return f"{value / size:.1f}".removesuffix(".0") + f" {name}"
    return _plain_number(value)


def _plain_number(value: float) -> str:
    return f"{round(value):,}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"


def join(parts: Sequence[str], word: str = "and") -> str:
    """Join as people do: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
