"""What people call a column and in what its numbers are measured, from its name and its range."""

from retrieval.importing.roles import words_of

YEAR = "year"
_MONEY = {"usd": "usd", "dollars": "usd", "eur": "eur", "euros": "eur", "gbp": "gbp", "pounds": "gbp", "jpy": "jpy"}
_YEARS = {"year", "released", "published", "vintage"}
_SUFFIXES = _MONEY | {
    "min": "min", "mins": "min", "minutes": "min", "minute": "min", "h": "h", "hours": "h", "hour": "h", "seconds": "s",
    "g": "g", "kg": "kg", "lbs": "lb", "cm": "cm", "mm": "mm", "inches": "in", "ml": "ml", "kcal": "kcal",
    "pct": "%", "percent": "%", "pages": "pages", "page": "pages", "seasons": "seasons", "season": "seasons",
}  # fmt: skip
_PAID = {"price", "budget", "revenue", "gross", "cost", "office"}
_DROPPED_FIRST = {"num", "n", "number", "no", "total"}
_COUNTED = {"votes", "ratings", "reviews", "downloads", "views", "sales", "popularity", "favorites", "followers"}
_RANKED = {"mean", "average", "avg", "score", "stars"}


def unit_of(name: str, low: float, high: float) -> str:
    """Return the unit of a number: of its name's last word, or of what its name and range make likely; "" if none."""
    words = words_of(name)
    if _YEARS & set(words) and low >= 1000 and high <= 2200:
        return YEAR
    last = words[-1] if words else ""
    if last in _SUFFIXES and (len(words) > 1 or last in ("pages", "minutes", "seasons")):
        return _SUFFIXES[last]
    if {"runtime", "duration", "playtime"} & set(words) and low >= 1 and high <= 2000:
        return "min"
    if _PAID & set(words):
        return "usd"
    if {"score", "percent", "meter"} & set(words) and low >= 0 and 10 < high <= 100:
        return "%"
    return ""


def label_of(name: str, unit: str) -> str:
    """Return what people call it: "runtime_min" → "runtime", "published_year" → "published year"."""
    words = words_of(name)
    if len(words) > 1 and words[-1] in _SUFFIXES and words[-1] not in ("pages", "seasons"):
        words = words[:-1]
    if len(words) > 1 and words[0] in _DROPPED_FIRST:
        words = words[1:]
    return " ".join(words) or name


def is_count(name: str) -> bool:
    """Tell whether a number column counts how many people noticed an item."""
    words = set(words_of(name))
    counted = "count" in words and bool(words & {"rating", "review", "vote", "user", "download", "view"})
    return counted or (bool(words & _COUNTED) and not words & _RANKED)
