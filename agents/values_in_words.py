"""Single values with their unit, as people write them: "€12.50", "1,024 pages", "2.1 kg", "3:45", "12 Mar 2026"."""

import html
import re
from datetime import date
from typing import Any

from retrieval.items import Field, Role
from retrieval.linking.dimensions import dimensions, number_dimension
from retrieval.linking.units import measure_of, plain

_MOST_NAMES = 3
_MOST_CHARS = 80
_SCALES = ((1e9, "billion"), (1e6, "million"))
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "inr": "₹", "krw": "₩", "try": "₺"}
_WRITTEN = {"gb": "GB", "tb": "TB", "mb": "MB", "m2": "m²", "km2": "km²", "sqm": "m²", "kw": "kW", "w": "W", "hz": "Hz",
            "khz": "kHz", "mhz": "MHz", "ghz": "GHz", "c": "°C", "mins": "min", "minutes": "min", "minute": "min",
            "hours": "h", "hour": "h", "inches": "in", "inch": "in", "kcal": "kcal", "l": "L", "lbs": "lb"}  # fmt: skip
_LONG_S = 3600
_MARKUP = re.compile(r"</?(?:br|p|i|b|em|strong|ul|ol|li|small|sup|sub)\s*/?>", re.I)


def describe_value(value: Any, field: Field | None = None) -> str:
    """Return a value with its unit: "117 min", "$1.2 million", "91%", "3.8"; of long lists the first three."""
    if isinstance(value, list | tuple):
        shown = [describe_value(v, field) for v in value[:_MOST_NAMES]]
        return ", ".join(shown) + (" …" if len(value) > _MOST_NAMES else "")
    if field and field.role is Role.DATE:
        return describe_day(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = as_text(str(value))
        return text if len(text) <= _MOST_CHARS else text[: _MOST_CHARS - 1] + "…"
    return _number(value, field) if field else plain_number(value)


def as_text(value: str) -> str:
    """Return a text on one line, without the entities and line breaks of HTML that sources leave in it."""
    return " ".join(_MARKUP.sub(" ", html.unescape(value) if "&" in value else value).split())


def _number(value: float, field: Field) -> str:
    unit = plain(field.unit)
    if unit == "year":
        return str(int(value))
    measure = measure_of(unit)
    if measure == "money":
        return _money(value, unit, exact=number_dimension(field, dimensions()["price"]))
    if unit == "s":
        return _clock(value)
    if unit == "%":
        return plain_number(value) + "%"
    said = _WRITTEN.get(unit, field.unit)
    if unit in _WRITTEN or (measure and measure not in ("time", "pages", "players", "servings")) or len(said) < 4:
        return f"{plain_number(value)} {said}".strip()
    return f"{plain_number(value)} {counted(value, said)}"


def describe_day(value: Any) -> str:
    """Return a day like "12 Mar 2026"; a bare year stays one."""
    try:
        day = date.fromisoformat(str(value)[:10])
    except ValueError:
        return str(int(value)) if isinstance(value, float) else str(value)
    return f"{day.day} {day:%b} {day.year}"


def counted(value: float, noun: str) -> str:
    """Return a noun in the number that fits: 1 season, 3 seasons."""
    one = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s") if not noun.endswith("ss") else noun
    if value == 1:
        return one
    return noun if noun.endswith("s") or " " in noun else noun + "s"


def _money(value: float, unit: str, *, exact: bool) -> str:
    sign = _SIGNS.get(unit)
    if not exact or abs(value) >= 1e9:
        for size, name in _SCALES:
            if abs(value) >= size:
                return _priced(f"{value / size:.1f}".removesuffix(".0") + f" {name}", sign, unit)
    amount = f"{value:,.2f}" if value != int(value) and abs(value) < 1e5 else f"{round(value):,}"
    return _priced(amount, sign, unit)


def _priced(amount: str, sign: str | None, unit: str) -> str:
    return f"{sign}{amount}" if sign else f"{amount} {unit.upper() if len(unit) == 3 else unit}".strip()


def _clock(seconds: float) -> str:
    whole = round(seconds)
    if whole >= _LONG_S:
        return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def plain_number(value: float) -> str:
    """Return a number with thousands set off and no more decimals than tell something."""
    if abs(value) >= 100 or value == int(value):
        return f"{round(value):,}"
    return f"{value:.1f}" if abs(value) >= 1 or value == 0 else f"{value:.2f}"


def broadest(values: list[Any]) -> list[Any]:
    """Leave out what another value says already: "American English" beside "English"."""
    words = [set(str(value).lower().split()) for value in values]
    return [value for value, own in zip(values, words, strict=True) if not any(other < own for other in words)]
