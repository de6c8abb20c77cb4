"""Raw values of a column → values of its role: parsed, split, stripped, spelt one way; unknown is always None."""

import ast
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from retrieval.text import fold

Values = list[Any]

_SEPARATORS = ("|", ";", ",")
_MIN_SHARE_SPLIT = 0.05
_MIN_SHARE_RECURRING = 0.5
_NOTHING = frozenset({"", "n/a", "na", "nan", "none", "null", "unknown", "-", "?"})
_NUMBER = re.compile(r"^[$€£]?\s*(-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*%?$", re.IGNORECASE)
_MEASURE = re.compile(r"^(\d+(?:\.\d+)?)\s*([a-z]+)\.?$", re.IGNORECASE)
_DATE_FORMS = ("%Y-%m-%d", "%B %d, %Y", "%d-%b-%y", "%m/%d/%Y", "%d.%m.%Y", "%d %B %Y", "%b %d, %Y")


def text(value: Any) -> str | None:
    """Return the text with single spaces, or None where there is none."""
    if value is None or isinstance(value, float) and math.isnan(value):
        return None
    return " ".join(str(value).split()) or None


def word(value: Any) -> str | None:
    """Return the text like `text`, or None where it only says that nothing is known ("N/A", "none")."""
    stripped = text(value)
    return None if stripped is None or stripped.lower() in _NOTHING else stripped


def number(value: Any) -> float | None:
    """Return a finite number; texts like "1,234" and "$9.99" count."""
    if isinstance(value, str):
        match = _NUMBER.match(value.strip())
        value = match.group(1).replace(",", "") if match else None
    if value is None or isinstance(value, bool):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def measure(value: Any) -> tuple[float, str] | None:
    """Return number and unit of a text like "90 min" or "2 Seasons" (→ 2, "season")."""
    match = _MEASURE.match(value.strip()) if isinstance(value, str) else None
    if not match:
        return None
    unit = match.group(2).lower()
    return float(match.group(1)), unit if unit in ("cms", "lbs") else unit.removesuffix("s")


def day(value: Any) -> date | None:
    """Return the day of a date, a timestamp or a text in one of a few common forms."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or value is None:
        return value
    stripped = str(value).strip()
    try:
        return date.fromisoformat(stripped[:10])
    except ValueError:
        pass
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(stripped, form).date()
        except ValueError:
            continue
    return None


def share(values: Sequence[Any], parse: Callable[[Any], Any], sample: int = 2000) -> float:
    """Return which share of the known values (of an even sample) parse."""
    known = [v for v in values if word(v) is not None]
    known = known[:: max(1, len(known) // sample)]
    return sum(parse(v) is not None for v in known) / len(known) if known else 0.0


def lists(values: Sequence[Any], *, people: bool = False) -> Values:
    """Split every value into its parts, by the separator that this column uses, and spell them one way."""
    written = next((v for v in values if isinstance(v, str) and v.strip()), "").strip().startswith("[")
    if any(isinstance(v, list) for v in values):
        split = [v or [] for v in values]
    elif written:
        split = [_literal(v) for v in values]
    else:
        mark = name_separator(values) if people else separator(values)
        split = [[] if v is None else str(v).split(mark) if mark else [v] for v in values]
    cleaned = [[part for part in map(word, parts) if part] for parts in split]
    spelling = canonical(part for parts in cleaned for part in parts)
    merged = [list(dict.fromkeys(spelling[part] for part in parts)) for parts in cleaned]
    return [parts or None for parts in merged]


def separator(values: Sequence[Any]) -> str:
    """Return what separates several values in one text, or "" where a value is one whole.

    A mark counts when it is used, and when the parts it leaves come back in other values: "Drama, Comedy" yes,
    "Me, Myself and I" no.
    """
    wholes = {str(v) for v in values if v is not None}
    for mark in _SEPARATORS:
        several = [whole for whole in wholes if mark in whole]
        if len(several) <= _MIN_SHARE_SPLIT * len(wholes):
            continue
        parts = Counter(fold(part) for whole in wholes for part in set(whole.split(mark)))
        occurring = [parts[fold(part)] for whole in several for part in whole.split(mark)]
        if sum(n > 1 for n in occurring) >= _MIN_SHARE_RECURRING * len(occurring):
            return mark
    return ""


def name_separator(values: Sequence[Any]) -> str:
    """Return what separates names of people; a comma only where it leaves full names, not "Burton, Tim"."""
    known = [str(v) for v in values if v is not None]
    for mark in _SEPARATORS[:2]:
        if any(mark in v for v in known):
            return mark
    parts = [part.strip() for v in known if "," in v for part in v.split(",")]
    return "," if parts and sum(" " in part for part in parts) >= _MIN_SHARE_RECURRING * len(parts) else ""


def canonical(values: Any) -> dict[str, str]:
    """Map every spelling to the commonest one that folds alike ("Sci-Fi", "sci fi" → "Sci-Fi")."""
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for value in values:
        counted[fold(value) or value][value] += 1
    best = {key: min(spellings, key=lambda s: (-spellings[s], s)) for key, spellings in counted.items()}
    return {value: best[key] for key, spellings in counted.items() for value in spellings}


def _literal(value: Any) -> list[Any]:
    """Read a list written as JSON or Python; anything else is one value."""
    if value is None:
        return []
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, list):
            return [x.get("name") if isinstance(x, dict) else x for x in found]
    return [value]
