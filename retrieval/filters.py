"""A list of filters → one parameterised SELECT over the items table.

Facets, persons, titles and texts are compared in folded form (see text.fold) through shadow columns named "~field".
"""

import difflib
import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from errors import FilterError
from retrieval.items import Field, Filter, Role
from retrieval.text import fold

MAX_FILTERS = 40
MAX_VALUES = 200
MAX_VALUE_CHARS = 300

_WORDY = {Role.TITLE, Role.TEXT, Role.FACET, Role.PERSON, Role.ID, Role.LINK, Role.IMAGE}
_FOLDED = {Role.TITLE, Role.FACET, Role.PERSON}
_OPS_OF_NUMBERS = {"eq", "ne", "in", "not_in", "gte", "lte", "between", "known", "unknown"}
_OPS_OF_WORDS = {"eq", "ne", "in", "not_in", "contains", "not_contains", "known", "unknown"}

Clause = tuple[str, list[Any]]


def quoted(name: str) -> str:
    """Quote a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def compile_filters(filters: Sequence[Filter], fields: dict[str, Field]) -> tuple[str, list[Any], str, list[Any]]:
    """Compile filters into (where, params, unknown_where, unknown_params).

    `where` selects the rows that satisfy every filter; `unknown_where` those that only fail because a
    field is unknown. Raises FilterError naming the bad field, operator or value.
    """
    if len(filters) > MAX_FILTERS:
        raise FilterError(f"{len(filters)} filters are too many; give at most {MAX_FILTERS}.")
    clauses = [_clause(f, field_named(f.field, fields)) for f in filters]
    where = " AND ".join(sql for sql, _ in clauses) or "TRUE"
    params = [value for _, values in clauses for value in values]
    open_ended = [f for f in filters if f.op not in ("known", "unknown")]
    if not open_ended:
        return where, params, "FALSE", []
    nulls = [f"{quoted(f.field)} IS NULL" for f in open_ended]
    closed = [c for f, c in zip(filters, clauses, strict=True) if f.op in ("known", "unknown")]
    kept = [c for f, c in zip(filters, clauses, strict=True) if f.op not in ("known", "unknown")]
    relaxed = [f"({sql} OR {null})" for (sql, _), null in zip(kept, nulls, strict=True)] + [sql for sql, _ in closed]
    unknown = " AND ".join([*relaxed, "(" + " OR ".join(nulls) + ")"])
    return where, params, unknown, [v for _, values in [*kept, *closed] for v in values]


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
    if given.op == "between":
        low, high = _pair(given)
        return f"{column} BETWEEN ? AND ?", [_scalar(low, field, first=True), _scalar(high, field, first=False)]
    if given.op in ("in", "not_in"):
        values = [_scalar(v, field, first=True) for v in _several(given)]
        marks = ", ".join("?" * len(values))
        return f"{column} {'NOT IN' if given.op == 'not_in' else 'IN'} ({marks})", values
    if field.role is Role.DATE and given.op in ("eq", "ne"):
        bounds = [_scalar(given.value, field, first=True), _scalar(given.value, field, first=False)]
        return f"{column} {'NOT BETWEEN' if given.op == 'ne' else 'BETWEEN'} ? AND ?", bounds
    sign = {"eq": "=", "ne": "<>", "gte": ">=", "lte": "<="}[given.op]
    return f"{column} {sign} ?", [_scalar(given.value, field, first=given.op != "lte")]


def _word_clause(given: Filter, field: Field) -> Clause:
    if given.op not in _OPS_OF_WORDS:
        raise _bad_op(given, field, _OPS_OF_WORDS)
    values = _several(given) if given.op in ("in", "not_in") else [given.value]
    folded = [_folded(value, given) for value in values]
    negated = given.op in ("ne", "not_in", "not_contains")
    column = quoted(field.name)
    shadow = quoted("~" + field.name)
    params: list[Any]
    if field.role is Role.ID:
        marks = ", ".join("?" * len(values))
        positive, params = f"{column} IN ({marks})", [str(v) for v in values]
    elif field.many:
        positive, params = f"list_has_any({shadow}, ?)", [folded]
    elif given.op in ("contains", "not_contains") and field.role is not Role.FACET:
        target = shadow if field.role in _FOLDED else f"strip_accents(lower({column}))"
        positive, params = f"contains({target}, ?)", [folded[0] if field.role in _FOLDED else str(values[0]).lower()]
    else:
        marks = ", ".join("?" * len(folded))
        target = shadow if field.role in _FOLDED else f"lower({column})"
        positive, params = f"{target} IN ({marks})", folded
    if negated:
        return f"({column} IS NOT NULL AND NOT {positive})", params
    return positive, params


def _several(given: Filter) -> list[Any]:
    values = given.value if isinstance(given.value, list | tuple) else [given.value]
    if not values or len(values) > MAX_VALUES:
        raise FilterError(f"{given.op} on {given.field!r} takes 1 to {MAX_VALUES} values, not {len(values)}.")
    return list(values)


def _pair(given: Filter) -> tuple[Any, Any]:
    if not isinstance(given.value, list | tuple) or len(given.value) != 2:
        raise FilterError(f"between on {given.field!r} takes [low, high], not {given.value!r}.")
    return given.value[0], given.value[1]


def _folded(value: Any, given: Filter) -> str:
    if isinstance(value, list | dict) or value is None or len(str(value)) > MAX_VALUE_CHARS:
        raise FilterError(f"{given.op} on {given.field!r} takes a short text, not {str(value)[:40]!r}.")
    return fold(str(value))


def _scalar(value: Any, field: Field, *, first: bool) -> Any:
    """Bind a number, or a date; a bare year becomes its first or last day."""
    if field.role is Role.DATE:
        return _day(value, field, first=first)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number) or isinstance(value, bool):
        raise FilterError(f"{field.name!r} takes a number, not {str(value)[:40]!r}.")
    return number


def _day(value: Any, field: Field, *, first: bool) -> date:
    text = str(int(value)) if isinstance(value, int | float) and math.isfinite(value) else str(value)
    try:
        if len(text) == 4:
            return date(int(text), 1, 1) if first else date(int(text), 12, 31)
        return date.fromisoformat(text[:10])
    except ValueError:
        raise FilterError(f"{field.name!r} takes a year or a date like 1999-12-31, not {text[:40]!r}.") from None


def _bad_op(given: Filter, field: Field, ops: set[str]) -> FilterError:
    return FilterError(f"{given.op!r} does not fit {field.name!r}, a {field.role}; use one of {', '.join(sorted(ops))}.")
