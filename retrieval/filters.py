"""A list of filters → one parameterised SELECT over the items table.

Facets, persons, titles and texts are compared in folded form (see text.fold) through shadow columns (see shadow_of).
"""

import difflib
import math
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from errors import FilterError
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.text import fold

MAX_FILTERS = 40
MAX_VALUES = 200
MAX_VALUE_CHARS = 300
_FEW = 4
"""Up to so many values, asking a list for one after the other takes less time than asking it for any of them."""

_WORDY = {Role.TITLE, Role.TEXT, Role.FACET, Role.PERSON, Role.ID, Role.LINK, Role.IMAGE}
_FOLDED = {Role.TITLE, Role.FACET, Role.PERSON}
_OPS_OF_NUMBERS = {"eq", "ne", "in", "not_in", "gte", "lte", "between", "known", "unknown"}
_OPS_OF_WORDS = {"eq", "ne", "in", "not_in", "contains", "not_contains", "known", "unknown"}

_HALF = re.compile(r"[\ud800-\udfff]")
"""Half a pair of characters: JSON can carry it alone, SQL cannot."""

Clause = tuple[str, list[Any]]


def quoted(name: str) -> str:
    """Quote a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def shadow_of(name: str) -> str:
    """Return the column that holds a field in folded form; "~row" and "~prominence" are columns of their own."""
    return ("~~" if name.lower() in ("row", "prominence") else "~") + name


def _told_by(field: Field) -> str:
    """Return the column that tells whether a field is known: the one compared with, for a second one takes time."""
    return quoted(shadow_of(field.name) if field.role in _FOLDED else field.name)


def comparable(text: str) -> str:
    """Return the form in which facets, persons and titles are compared: folded, or as it is if nothing is left.

    A price range of "$" or "$$" has no letter or digit, yet is a value like any other.
    """
    return fold(text) or text.strip().lower()


def compile_filters(filters: Sequence[Filter], fields: dict[str, Field]) -> tuple[str, list[Any], str]:
    """Compile filters into (where, params, unknown).

    `where` selects the rows that satisfy every filter or fail only because a field is unknown; the condition `unknown`,
    which takes no parameters, tells the latter apart. Raises FilterError naming the bad field, operator or value.
    """
    if len(filters) > MAX_FILTERS:
        raise FilterError(f"{len(filters)} filters are too many; give at most {MAX_FILTERS}.")
    clauses: list[str] = []
    params: list[Any] = []
    nulls: list[str] = []
    for given in filters:
        sql, values = _clause(given, field_named(given.field, fields))
        if given.op not in ("known", "unknown"):
            nulls.append(f"{_told_by(fields[given.field])} IS NULL")
            sql = f"({sql} OR {nulls[-1]})"
        clauses.append(sql)
        params += values
    return " AND ".join(clauses) or "TRUE", params, " OR ".join(nulls) or "FALSE"


def field_named(name: str, fields: dict[str, Field]) -> Field:
    """Return the field of this name. Raises FilterError naming the nearest field, or all of them."""
    if name in fields:
        return fields[name]
    near = difflib.get_close_matches(name, fields, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "the fields are " + ", ".join(sorted(fields)) + "."
    raise FilterError(f"There is no field {name[:60]!r}; {hint}")


def _clause(given: Filter, field: Field) -> Clause:
    column = quoted(field.name)
    if given.op == "known":
        return f"{column} IS NOT NULL", []
    if given.op == "unknown":
        return f"{column} IS NULL", []
    if field.role in _WORDY:
        return _word_clause(given, field)
    return _number_clause(given, field)


def _number_clause(given: Filter, field: Field) -> Clause:
    if given.op not in _OPS_OF_NUMBERS:
        raise _bad_op(given, field, _OPS_OF_NUMBERS)
    column = quoted(field.name)
    if given.op in ("gte", "lte"):
        sign = ">=" if given.op == "gte" else "<="
        return f"{column} {sign} ?", [_scalar(given.value, field, first=given.op == "gte")]
    if given.op == "between":
        ranges = [_pair(given)]
    else:
        values = _several(given) if given.op in ("in", "not_in") else [given.value]
        ranges = [(value, value) for value in values]
    # Every value is a range, since a bare year among dates means all its days.
    positive = " OR ".join([f"{column} BETWEEN ? AND ?"] * len(ranges))
    bounds = [(_scalar(low, field, first=True), _scalar(high, field, first=False)) for low, high in ranges]
    return f"{'NOT ' if given.op in NEGATIVE_OPS else ''}({positive})", [end for pair in bounds for end in pair]


def _word_clause(given: Filter, field: Field) -> Clause:
    if given.op not in _OPS_OF_WORDS:
        raise _bad_op(given, field, _OPS_OF_WORDS)
    values = _several(given) if given.op in ("in", "not_in") else [given.value]
    texts = [_text(value, given, folded=field.role in _FOLDED) for value in values]
    sql, params = _positive(given, field, texts)
    return (f"NOT ({sql})" if given.op in NEGATIVE_OPS else sql), params


def _positive(given: Filter, field: Field, texts: list[str]) -> Clause:
    column = quoted(shadow_of(field.name) if field.role in _FOLDED else field.name)
    if field.many and len(texts) <= _FEW:
        return " OR ".join([f"list_contains({column}, ?)"] * len(texts)), texts
    if field.many:
        return f"list_has_any({column}, ?)", [texts]
    if field.role is Role.ID:
        return f"{column} IN ({', '.join('?' * len(texts))})", texts
    part = given.op in ("contains", "not_contains") and field.role is not Role.FACET
    if field.role in _FOLDED:
        return (f"contains({column}, ?)", texts) if part else (f"{column} IN ({', '.join('?' * len(texts))})", texts)
    plain = "strip_accents(lower({}))"
    if part:
        return f"contains({plain.format(column)}, {plain.format('?')})", texts
    return f"{plain.format(column)} IN ({', '.join([plain.format('?')] * len(texts))})", texts


def _several(given: Filter) -> list[Any]:
    values = given.value if isinstance(given.value, list | tuple) else [given.value]
    if not values or len(values) > MAX_VALUES:
        raise FilterError(f"{given.op} on {given.field!r} takes 1 to {MAX_VALUES} values, not {len(values)}.")
    return list(values)


def _pair(given: Filter) -> tuple[Any, Any]:
    if not isinstance(given.value, list | tuple) or len(given.value) != 2:
        raise FilterError(f"between on {given.field!r} takes [low, high], not {given.value!r}.")
    return given.value[0], given.value[1]


def _text(value: Any, given: Filter, *, folded: bool) -> str:
    if isinstance(value, list | dict) or value is None or len(str(value)) > MAX_VALUE_CHARS or not str(value).strip():
        raise FilterError(f"{given.op} on {given.field!r} takes a short text, not {str(value)[:40]!r}.")
    if _HALF.search(str(value)):
        raise FilterError(f"{given.op} on {given.field!r} takes a text; half a character of a pair is none.")
    return comparable(str(value)) if folded else str(value)


def _scalar(value: Any, field: Field, *, first: bool) -> Any:
    """Bind a number, or a date; a bare year becomes its first or last day."""
    if field.role is Role.DATE:
        return _day(value, field, first=first)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise FilterError(f"{field.name!r} takes a number, not {str(value)[:40]!r}.")
    return number


def _day(value: Any, field: Field, *, first: bool) -> date:
    text = str(int(value)) if isinstance(value, float) and math.isfinite(value) else str(value)
    try:
        if len(text) == 4:
            return date(int(text), 1, 1) if first else date(int(text), 12, 31)
        return date.fromisoformat(text[:10])
    except ValueError:
        raise FilterError(f"{field.name!r} takes a year or a date like 1999-12-31, not {text[:40]!r}.") from None


def _bad_op(given: Filter, field: Field, ops: set[str]) -> FilterError:
    fitting = ", ".join(sorted(ops))
    return FilterError(f"{given.op!r} does not fit {field.name!r}, a {field.role}; use one of {fitting}.")
