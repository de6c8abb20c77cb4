"""Numbers in a message, however people write them: "1,200", "the '70s", "seventies", "two hours", "3 million"."""

import re
from dataclasses import dataclass

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SPELLED = {word: str(i) for i, word in enumerate(_SMALL)} | {
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "fifty": "50",
}
_SPELLED |= {"hundred": "100", "dozen": "12"}
_TENS = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_DECADES = {word: 1920 + 10 * i for i, word in enumerate(_TENS)}
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_HOURS = {"h", "hr", "hrs", "hour", "hours"}
_NUMBER = re.compile(r"(?<![\w.])'?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)('?s\b)?\s*([a-z%]+)?")
_UPPER = frozenset("under below before less until till max maximum most shorter cheaper older within fewer up".split())
_LOWER = frozenset("over above after since more least min minimum longer newer from beyond exceeding later".split())
_DENIALS = frozenset("no not never nothing isnt dont".split())
"""Words that turn a bound round: "not older than 2000" is from 2000 on."""


@dataclass(frozen=True)
class Number:
    """A number a user wrote."""

    values: tuple[float, ...]
    """What it may mean: 2 hours is 2 and 120; a decade is its first and its last year."""
    decade: bool
    words: str
    direction: str
    """"upper" after "under", "lower" after "at least", "" otherwise."""


def numbers_in(text: str) -> list[Number]:
    """Return the numbers of a message in order."""
    low = re.sub(r"\ban hour", "1 hour", text.lower())
    low = re.sub(r"[a-z]+", lambda m: _SPELLED.get(m[0], m[0]), low)
    found = [(m.start(), _number(m, low)) for m in _NUMBER.finditer(low)]
    for match in re.finditer(r"\b(" + "|".join(_DECADES) + r")\b", low):
        start = float(_DECADES[match[1]])
        found.append((match.start(), Number((start, start + 9), True, match[0], _direction(low, match.start()))))
    return [number for _, number in sorted(found, key=lambda pair: pair[0])]


def _number(match: re.Match[str], text: str) -> Number:
    value, unit = float(match[1].replace(",", "")), match[3] or ""
    direction = _direction(text, match.start())
    if match[2] and value % 10 == 0:
        start = value if value >= 1000 else (1900 if value >= 20 else 2000) + value
        return Number((start, start + 9), True, match[0].strip(), direction)
    meanings = [value]
    if unit in _HOURS:
        meanings.append(value * 60)
    if unit in _SCALES:
        meanings.append(value * _SCALES[unit])
    return Number(tuple(meanings), False, match[0].strip(), direction)


def _direction(text: str, start: int) -> str:
    words = re.findall(r"[a-z]+", re.split(r"[,;.!?]", text[:start].replace("'", ""))[-1])[-5:]
    for i in range(len(words) - 1, max(-1, len(words) - 4), -1):
        way = "upper" if words[i] in _UPPER else "lower" if words[i] in _LOWER else ""
        if way and _DENIALS & set(words[max(0, i - 2) : i]):
            return "lower" if way == "upper" else "upper"
        if way:
            return way
    return ""
