"""Limits and facts in the words of people: for chips, reasons and replies everywhere."""

import calendar
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from agents.values_in_words import broadest, counted, describe_day, describe_value, plain_number
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.linking.dimensions import dimensions, number_dimension
from retrieval.linking.flags import NO, YES, spoken
from retrieval.linking.units import measure_of, plain

__all__ = [
    "describe_fact",
    "describe_filter",
    "describe_value",
    "dates_the_item",
    "flag_in_words",
    "is_flag",
    "join",
    "label_of",
    "reads_as_adjective",
    "value_said",
]

_BY_LABEL = {
    "actor": "with {}",
    "cast": "with {}",
    "performer": "with {}",
    "director": "directed by {}",
    "writer": "written by {}",
    "author": "by {}",
    "artist": "by {}",
    "creator": "by {}",
    "instructor": "by {}",
    "teacher": "by {}",
    "designer": "designed by {}",
    "language": "in {}",
    "city": "in {}",
    "location": "in {}",
    "venue": "at {}",
    "country": "from {}",
    "countrie": "from {}",
    "region": "from {}",
    **dict.fromkeys(("stadt", "ort", "ville", "ciudad", "città"), "in {}"),
    **dict.fromkeys(("land", "país", "paese"), "from {}"),
    "decade": "from the {}",
}
_STANDALONE = frozenset(
    "language country countrie decade city location venue region stadt ort ville ciudad città land país paese".split()
)
_DESCRIBED = re.compile(r"\b(?:genre|style|colou?r|grape|flavou?r|cuisine|mood)s?\b")
_DATED_BY = re.compile(r"\b(year|released?|published|publication|vintage|edition|issued|premiered?)\b")
_NOT_DATED_BY = re.compile(r"\b(built|founded|established|posted|added|updated|born|starts?|ends?|event)\b")
_DAY_WORDS = {"at", "on", "date", "day", "time", "datetime", "timestamp", "year", "when"}
_DOING = re.compile(r"(?:ed|starts?|ends?|opens?|closes?|begins?|due|built|founded)$")
_ADJECTIVE = re.compile(
    r"(?:able|ible|ed|ic|al|ian|ive|ous|ful|free|proof|less|ote|door|doors|cit|made|new|used|open|an)$"
)


def describe_filter(given: Filter, field: Field) -> str:
    """Return a limit as a short phrase: "from 1970 to 1979", "at most 120 min", "without Tom Hanks", "in French"."""
    if given.op in ("known", "unknown"):
        return f"{field.label} {given.op}"
    if field.role is Role.DATE or field.unit == "year":
        return _led(_time_phrase(given, field), field)
    if field.role is Role.NUMBER:
        return _number_phrase(given, field)
    if is_flag(field, given.value):
        yes = str(given.value).lower() in YES
        return flag_in_words(field, "yes" if yes != (given.op in NEGATIVE_OPS) else "no")
    return _word_phrase(given, field)


def is_flag(field: Field, value: Any) -> bool:
    """Whether this is a yes or a no."""
    return field.role is Role.FACET and not field.many and field.n_values <= 2 and str(value).lower() in YES | NO


def flag_in_words(field: Field, value: Any) -> str:
    """Return a yes or a no as what it says: "garden", "no garden", "remote", "not remote"."""
    name = spoken(field)
    if str(value).lower() in YES:
        return name
    is_quality = field.label.lower().startswith("is ") or _ADJECTIVE.search(name)
    return f"{'not' if is_quality else 'no'} {name}"


def dates_the_item(field: Field) -> bool:
    """Whether a year or date says when the item itself came about, so that it can stand by its title: "Emma (1815)"."""
    dated = field.unit == "year" or field.role is Role.DATE
    words = f"{field.label} {field.name}".lower().replace("_", " ")
    return dated and bool(_DATED_BY.search(words)) and not _NOT_DATED_BY.search(words)


def label_of(field: Field) -> str:
    """Return what a number or date is called before its value: "price", "built", "posted"; "" where that says all."""
    if field.role is not Role.DATE and field.unit != "year":
        return field.label
    core = " ".join(word for word in field.label.split() if word.lower() not in _DAY_WORDS)
    return core if _DOING.search(core) else ""


def _led(phrase: str, field: Field) -> str:
    label = label_of(field)
    return f"{label} {phrase}" if label and not _DATED_BY.search(label) else phrase


def _time_phrase(given: Filter, field: Field) -> str:
    values = [describe_value(v, field) for v in several(given.value)]
    if given.op == "between" or _is_run(given.value):
        span = _calendar_span(given.value) or f"from {values[0]} to {values[-1]}"
        return f"{'not ' if given.op in NEGATIVE_OPS else ''}{span}"
    one = "on" if field.role is Role.DATE and "-" in str(given.value) else "from" if not label_of(field) else "in"
    phrases = {"gte": "from {} on", "lte": "up to {}", "ne": f"not {one} {{}}", "not_in": f"not {one} {{}}"}
    return phrases.get(given.op, f"{one} {{}}").format(join(values, "or"))


def _calendar_span(value: Any) -> str:
    """Return whole months by name, and say a month or year that both ends share only once; "" for bare years."""
    try:
        low, high = (date.fromisoformat(str(end)[:10]) for end in value)
    except ValueError:
        return ""
    last = calendar.monthrange(high.year, high.month)[1]
    if (low.day, high.day) == (1, last) and (low.year, low.month) == (high.year, high.month):
        return f"in {low:%B} {low.year}"
    if (low.year, low.month) == (high.year, high.month):
        return f"from {low.day} to {describe_day(high)}"
    return f"from {describe_day(low).removesuffix(f' {high.year}')} to {describe_day(high)}"


def _is_run(value: Any) -> bool:
    """Whether these are three or more whole numbers in a row: the years of a refused decade."""
    if not isinstance(value, list) or len(value) < 3 or not all(isinstance(v, int) for v in value):
        return False
    return value == list(range(value[0], value[-1] + 1))


def _number_phrase(given: Filter, field: Field) -> str:
    if given.op in ("eq", "lte") and _is_free(field, given.value):
        return "free"
    counts = _counts(field)
    values = [plain_number(v) if counts else describe_value(v, field) for v in several(given.value)]
    if given.op == "between" or _is_run(given.value):
        phrase = f"{'not ' if given.op in NEGATIVE_OPS else ''}between {values[0]} and {values[-1]}"
    else:
        words = {"gte": "at least {}", "lte": "at most {}", "ne": "not {}", "not_in": "not {}"}.get(given.op, "{}")
        phrase = words.format(join(values, "or"))
    if counts:
        return f"{phrase} {counted(several(given.value)[-1], field.label)}"
    return phrase if _says_itself(field) else f"{field.label} {phrase}"


def _says_itself(field: Field) -> bool:
    """Whether the unit says what is measured: minutes, pages, bpm under the label bpm."""
    return plain(field.unit) in ("min", "pages", "page") or (
        bool(field.unit) and plain(field.unit) in field.label.lower()
    )


def _counts(field: Field) -> bool:
    """Whether the label names what is counted: "bedrooms", "servings"; then it stands behind the number."""
    words = field.label.lower().split()
    whole = all(bound is None or bound == int(bound) for bound in (field.low, field.high))
    plural = bool(words) and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))
    return not field.unit and field.role is Role.NUMBER and whole and plural and len(words) <= 2 and words[0] not in (
        "min", "max", "minimum", "maximum", "average", "avg", "critic", "critics",
    )  # fmt: skip


def _word_phrase(given: Filter, field: Field) -> str:
    stem = field.label.lower().removesuffix("s")
    values = several(given.value)
    names = join([describe_value(v) for v in (broadest(values) if stem in _STANDALONE else values)], "or")
    if field.role in (Role.TITLE, Role.TEXT):
        return f"{field.label} {'without' if given.op in NEGATIVE_OPS else 'with'} “{names}”"
    if given.op not in NEGATIVE_OPS:
        bare = field.role is Role.FACET and field.many and _speaks_for_itself(given.value)
        return _BY_LABEL.get(stem, "{}" if bare else field.label + ": {}").format(names)
    if stem in _STANDALONE:
        return "not " + _BY_LABEL[stem].format(names)
    return f"{'without' if field.role is Role.PERSON else 'no'} {names}"


def _speaks_for_itself(value: Any) -> bool:
    """Whether values need no label: "Comedy" says what it is, "B12", "PG" and "yes" do not."""
    said = [str(v) for v in several(value)]
    return all(len(v) > 3 and not any(c.isdigit() for c in v) and v.lower() not in ("true", "false") for v in said)


def describe_fact(field: Field, value: Any) -> str:
    """Return what an item has: "directed by Jane Campion", "Comedy, Drama", "117 min", "3 bedrooms", "price €9.50"."""
    said = describe_value(value, field)
    if field.role is Role.DATE or field.unit == "year":
        return _dated(field, said)
    if field.role is Role.NUMBER:
        if _is_free(field, value):
            return "free"
        if _counts(field):
            return f"{plain_number(value)} {counted(value, field.label)}"
        return said if _says_itself(field) else f"{field.label} {said}"
    if is_flag(field, value):
        return flag_in_words(field, value)
    stem = field.label.lower().removesuffix("s")
    if field.role is Role.FACET and (stem in _STANDALONE or field.many and _speaks_for_itself(value)):
        return _BY_LABEL.get(stem, "{}").format(said)
    if field.role is Role.PERSON:
        return _BY_LABEL.get(stem, field.label + " {}").format(said)
    return f"{field.label} {said}"


def value_said(field: Field, value: str) -> str:
    """Return a value of a facet as it is said of an item: "in Oslo", "from France", "Comedy"."""
    stem = field.label.lower().removesuffix("s")
    return _BY_LABEL[stem].format(value) if stem in _STANDALONE else value


def reads_as_adjective(field: Field, value: str) -> bool:
    """Whether a value can stand before what an item is called: "a Comedy film", not "a Korean TV Shows title"."""
    one = " " not in value and value.isalpha() and (not value.endswith("s") or value.endswith("ss"))
    return one and bool(_DESCRIBED.search(field.label.lower()))


def _is_free(field: Field, value: Any) -> bool:
    return value == 0 and measure_of(field.unit) == "money" and number_dimension(field, dimensions()["price"])


def _dated(field: Field, said: str) -> str:
    if field.unit == "year":
        label = label_of(field)
        return f"{label} in {said}" if label and not _DATED_BY.search(label) else f"from {said}"
    core = " ".join(word for word in field.label.split() if word.lower() not in _DAY_WORDS - {"date"})
    return f"{core} {said}" if core and core.lower() != "date" else said


def join(parts: Sequence[str], word: str = "and") -> str:
    """Join as people do: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def several(value: Any) -> list[Any]:
    """Return the values of a filter or of an item's field, one or many; none of an unknown one."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
