"""What people call a column and in what its numbers are measured, from its name, its range and words beside them."""

import re

from retrieval.importing.names import words_of
from retrieval.importing.values.months import MONTHS

YEAR = "year"
MONEY = {
    "$": "usd", "us$": "usd", "usd": "usd", "dollar": "usd", "dollars": "usd", "€": "eur", "eur": "eur", "euro": "eur",
    "euros": "eur", "£": "gbp", "gbp": "gbp", "pound": "gbp", "pounds": "gbp", "¥": "jpy", "jpy": "jpy", "yen": "jpy",
    "cny": "cny", "rmb": "cny", "yuan": "cny", "₹": "inr", "inr": "inr", "rs": "inr", "rupees": "inr", "₽": "rub",
    "rub": "rub", "₩": "krw", "krw": "krw", "₺": "try", "try": "try", "₪": "ils", "ils": "ils", "r$": "brl",
    "brl": "brl", "a$": "aud", "au$": "aud", "aud": "aud", "c$": "cad", "ca$": "cad", "cad": "cad", "nz$": "nzd",
    "nzd": "nzd", "hk$": "hkd", "hkd": "hkd", "s$": "sgd", "sgd": "sgd", "mxn": "mxn", "chf": "chf", "fr": "chf",
    "sek": "sek", "nok": "nok", "dkk": "dkk", "kr": "kr", "zł": "pln", "pln": "pln", "kč": "czk", "czk": "czk",
    "huf": "huf", "zar": "zar", "thb": "thb", "฿": "thb",
}  # fmt: skip
"""Symbols, codes and words of currencies → the code in lower case."""
CURRENCIES = frozenset(MONEY.values())
_MEASURES = {
    "min": "min mins minute minutes", "hours": "h hr hrs hour hours", "s": "s sec secs second seconds",
    "days": "day days", "weeks": "week weeks", "months": "month months", "years": "year years yr yrs",
    "g": "g gr gram grams", "kg": "kg kgs kilo kilos kilogram kilograms", "mg": "mg", "lb": "lb lbs",
    "oz": "oz ounce ounces", "mm": "mm", "cm": "cm cms centimeter centimeters", "m": "m metre metres meters",
    "km": "km", "in": "in inch inches", "ft": "ft feet foot", "ml": "ml", "l": "l litre litres liter liters",
    "w": "w watt watts", "kw": "kw",
    "hp": "hp bhp", "sqm": "sqm sqmeters sqmetres m2 m²",
    "sqft": "sqft sqfeet ft2 ft²", "ha": "ha hectares", "acres": "acres acre",
    "km/h": "km/h kmh kph", "mph": "mph", "tb": "tb terabyte terabytes",
    "cl": "cl", "mi": "mi mile miles", "wh": "wh", "kwh": "kwh",
    "kcal": "kcal calories calorie cal", "kj": "kj",
    "bytes": "byte bytes", "kb": "kb kilobyte kilobytes", "mb": "mb megabyte megabytes", "gb": "gb gigabyte gigabytes",
    "kib": "kib", "mib": "mib", "gib": "gib", "°c": "°c ℃ celsius", "°f": "°f ℉ fahrenheit", "%": "% pct percent",
    "pages": "pages page pp pgs", "seasons": "seasons season", "episodes": "episodes episode eps",
    "players": "players player", "servings": "servings serving", "stars": "stars star", "points": "points pts",
}  # fmt: skip
_UNITS = {word: unit for unit, words in _MEASURES.items() for word in words.split()}
_NAMED = _UNITS.keys() | {word for word in MONEY if word.isalpha() and word not in ("rs", "fr", "kr", "try")}
_ALONE = {"pages", "minutes", "seasons", "calories", "kcal", "episodes", "players", "servings"}
"""Words that name a unit even where they are the whole name of a column."""
_KEPT_IN_LABEL = {"pages", "seasons", "episodes", "players", "servings", "stars", "points"}
_NEVER_LAST = {"s", "in", "mi", "ha", "pp", "eps", "star", "stars", "point", "points", "month", "day", "year", "years"}
"""Last words of names that are more often something else: "release_year", "check_in"."""
SCALES = {"k": 1e3, "thousand": 1e3, "mio": 1e6, "mln": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9,
          "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7}  # fmt: skip
SHORT_SCALES = {"m": 1e6, "mm": 1e6, "mn": 1e6, "b": 1e9}
"""Scales only of money and of counts; beside other numbers these letters are metres and more."""
FAMILIES: tuple[dict[str, float], ...] = (
    {"min": 1, "hours": 60, "s": 1 / 60, "days": 1440, "weeks": 10080},
    {"g": 1, "kg": 1000, "mg": 0.001},
    {"oz": 1, "lb": 16},
    {"cm": 1, "mm": 0.1, "m": 100, "km": 100_000},
    {"in": 1, "ft": 12},
    {"ml": 1, "cl": 10, "l": 1000},
    {"mb": 1, "kb": 0.001, "gb": 1000, "tb": 1e6, "bytes": 1e-6, "kib": 0.001024, "mib": 1.048576, "gib": 1073.741824},
)
"""Units that convert into each other, each with its size in the first one."""
DATA_SIZES = {"k": "kb", "m": "mb", "g": "gb", "t": "tb"}
"""What the short letters mean in a column of data sizes."""
SIZED = {"size", "filesize", "download", "storage", "memory", "ram", "disk"}
"""Words of the names of columns that may be of data sizes."""
_YEARS = {"year", "released", "published", "vintage"}
PAID = {"price", "budget", "revenue", "gross", "cost", "office", "msrp", "rrp"}
"""Words of the names of columns of money."""
_DROPPED_FIRST = {"num", "n", "number", "no", "total"}
_COUNTED = {"votes", "ratings", "reviews", "downloads", "views", "sales", "popularity", "favorites", "followers"}
_RANKED = {"mean", "average", "avg", "score", "stars"}


def unit_word(word: str) -> str:
    """Return the unit that a word beside a number stands for: "mins" → "min", "apples" → "apple", "" if it is none."""
    word = re.sub(r"^(?:sq|square)\.?\s*", "sq", word.lower().rstrip("."))
    if unit := MONEY.get(word) or _UNITS.get(word):
        return unit
    if word in MONTHS:  # "3 March" is a day without a year
        return ""
    return word.removesuffix("s") if re.fullmatch(r"[^\W\d_]{2,}", word) else ""


def unit_of(name: str, low: float, high: float) -> str:
    """Return the unit of a number: of its name's last word, or of what its name and range make likely; "" if none."""
    words = words_of(name)
    if _YEARS & set(words) and low >= 1000 and high <= 2200:
        return YEAR
    if unit := named_unit(name):
        return unit
    if {"runtime", "duration", "playtime"} & set(words) and low >= 1 and high <= 2000:
        return "min"
    if PAID & set(words):
        return next((MONEY[word] for word in words if word in MONEY and word in _NAMED), "usd")
    if {"score", "percent", "meter"} & set(words) and low >= 0 and 10 < high <= 100:
        return "%"
    return ""


def named_unit(name: str) -> str:
    """Return the unit that a name ends with, as of "runtime_min", "price (EUR)" and "alcohol %"; "" if none."""
    words = words_of(name)
    last = words[-1] if words else ""
    symbol = next((MONEY.get(char, char) for char in name if char in MONEY or char == "%"), "")
    if last in _NAMED and last not in _NEVER_LAST and (len(words) > 1 or last in _ALONE):
        return MONEY.get(last) or _UNITS[last]
    return symbol


def label_of(name: str, unit: str) -> str:
    """Return what people call it: "runtime_min" → "runtime", "published_year" → "published year"."""
    words = words_of(name)
    if len(words) > 1 and words[-1] in _NAMED - _NEVER_LAST and unit_word(words[-1]) not in _KEPT_IN_LABEL:
        words = words[:-1]
    if len(words) > 1 and words[0] in _DROPPED_FIRST:
        words = words[2:] if words[1] == "of" and len(words) > 2 else words[1:]
    return _as_written(words, name) or name


def _as_written(words: list[str], name: str) -> str:
    """Return words as the name writes them where it is no title but writes some with a capital: "Preis pro Nacht"."""
    written = re.findall(r"[^\W_]+", name)[: len(words)] if " " in name else []
    capitals = [word[:1].isupper() and not word.isupper() for word in written]
    is_sentence = capitals[:1] == [True] and any(capitals[1:]) and not all(capitals)
    if is_sentence and [word.casefold() for word in written] == words:
        return " ".join(written)
    return " ".join(words)


def is_count(name: str) -> bool:
    """Tell whether a number column counts how many people noticed an item."""
    words = set(words_of(name))
    counted = "count" in words and bool(words & {"rating", "review", "vote", "user", "download", "view"})
    return counted or (bool(words & _COUNTED) and not words & _RANKED)
