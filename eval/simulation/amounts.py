"""Limits on numbers, years and days in the words of people."""

from eval.simulation.task import several
from retrieval.items import Field, Filter, Role
from retrieval.linking.units import measure_of, plain

_SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}
_MONEY = {"usd": "dollars", "eur": "euros", "gbp": "pounds"}
_WHEN = {"year", "date", "on", "at", "day", "the"}
_WORDS = {60: "an hour", 90: "an hour and a half", 120: "two hours", 150: "two and a half hours", 180: "three hours"}
_DECADES = {1920: "twenties", 1930: "thirties", 1940: "forties", 1950: "fifties", 1960: "sixties", 1970: "seventies",
            1980: "eighties", 1990: "nineties"}  # fmt: skip


def amounts(given: Filter, field: Field) -> list[str]:
    """Return ways to say a limit on a number or a day, each to stand behind the noun."""
    if field.role is Role.DATE or field.unit == "year":
        return _times(given, field)
    unit, value = plain(field.unit), float(several(given.value)[0])
    if unit == "min":
        return _lasting(given.op, value)
    if measure_of(unit) == "money":
        return _costing(given.op, value, unit, field)
    if unit in ("pages", "page"):
        return _bounded(given.op, f"{_number(value)} pages")
    if not unit and _counts(field):
        return _counted(given.op, value, field.label)
    return _measured(given.op, f"{_number(value)}{_unit(field)}", field)


def _times(given: Filter, field: Field) -> list[str]:
    years = [int(str(one)[:4]) for one in several(given.value)]
    core = " ".join(word for word in field.label.lower().split() if word not in _WHEN)
    said = f"{core} " if core and not core.endswith("release") else ""
    if field.label.lower().startswith("on "):
        said = f"{field.label.lower()} "
    if given.op == "gte":
        first = years[0]
        return [f"{said or 'from '}after {first - 1}", f"{said}since {first}",
                f"{said}from {first} or later".strip()]  # fmt: skip
    if given.op == "lte":
        return [f"{said or 'from '}before {years[0] + 1}", f"{said}in {years[0]} or earlier" if said else
                f"from {years[0]} or earlier"]  # fmt: skip
    if years[0] == years[-1]:
        return [f"{said}in {years[0]}" if said else f"from {years[0]}"]
    return _decade(years[0], said)


def _decade(first: int, said: str) -> list[str]:
    lead, short = said + "in" if said else "from", f"{first % 100:02d}s"
    ways = [f"{lead} the {first}s", f"{said}between {first} and {first + 9}"]
    if 1920 <= first < 2000:
        ways += [f"{lead} the {short}", f"{lead} the {_DECADES[first]}"]
    return ways


def _lasting(op: str, minutes: float) -> list[str]:
    said = [f"{_number(minutes)} minutes", *([_WORDS[int(minutes)]] if minutes in _WORDS else [])]
    if op == "eq":
        return [f"exactly {one} long" for one in said]
    if op == "lte":
        ways: tuple[str, ...] = ("under {}", "shorter than {}", "at most {} long", "no longer than {}")
    else:
        ways = ("at least {} long", "longer than {}", "over {} long")
    return [way.format(one) for way in ways for one in said]


def _costing(op: str, value: float, unit: str, field: Field) -> list[str]:
    amount = f"{value / 1e6:g} million" if value >= 1e6 else _number(value)
    said = [f"{_SIGNS[unit]}{amount}", f"{amount} {_MONEY[unit]}"] if unit in _SIGNS else [f"{amount} {field.unit}"]
    priced = any(word in field.label.lower() for word in ("price", "preis", "cost", "fee", "rent"))
    if not priced:
        return [way for one in said for way in _measured(op, one, field)]
    if op == "lte":
        ways: tuple[str, ...] = ("under {}", "for at most {}", "for no more than {}", "that costs less than {}")
    else:
        ways = ("for at least {}", "that costs more than {}", "over {}")
    return [way.format(one) for way in ways for one in said]


def _bounded(op: str, said: str) -> list[str]:
    if op == "eq":
        return [f"with exactly {said}", f"with {said}"]
    if op == "lte":
        return [f"under {said}", f"with at most {said}", f"with no more than {said}"]
    return [f"with at least {said}", f"with more than {said}", f"over {said}"]


def _counts(field: Field) -> bool:
    last = field.label.lower().split()[-1]
    whole = all(bound is None or float(bound).is_integer() for bound in (field.low, field.high))
    return whole and last.endswith("s") and not last.endswith(("ss", "us", "is"))


def _counted(op: str, value: float, label: str) -> list[str]:
    noun = label.lower()
    said = f"{_number(value)} {noun[:-1] if value == 1 and noun.endswith('s') else noun}"
    if op == "eq":
        return [f"with {said}", f"with exactly {said}"]
    return [f"with at {'least' if op == 'gte' else 'most'} {said}", f"with {_number(value)} or "
            f"{'more' if op == 'gte' else 'fewer'} {noun}"]  # fmt: skip


def _measured(op: str, said: str, field: Field) -> list[str]:
    label = field.label.lower()
    article = "an" if label[0] in "aeiou" else "a"
    if op == "eq":
        return [f"with {article} {label} of {said}", f"with {label} {said}"]
    if op == "lte":
        return [f"with {article} {label} of at most {said}", f"with {article} {label} under {said}",
                f"with {article} {label} of no more than {said}"]  # fmt: skip
    return [f"with {article} {label} of at least {said}", f"with {article} {label} over {said}",
            f"with {article} {label} of {said} or more"]  # fmt: skip


def _unit(field: Field) -> str:
    unit = field.unit.removeprefix("=")
    if not unit or unit.lower() in field.label.lower():
        return ""
    return unit if unit == "%" else f" {unit.upper() if unit == 'l' else unit}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:g}"
