"""A column of dates → days: one form a column, decided from all its values and then applied strictly."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.names import words_of
from retrieval.importing.values.moments import read_moments, real_days, told_moments
from retrieval.importing.values.months import MONTHS
from retrieval.importing.values.texts import Distinct, distinct, known, notice, shown, strings

DAY_FIRST, MONTH_FIRST, EITHER = "day first", "month first", "day or month first"
_TIME = r"(?:[t,]?\s*\d{1,2}:\d{2}.*)?"
_DAY_NAME = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_YEAR = r"[.,]*[\s-]+(?:de\s+)?(?P<y>\d{4}|\d{2})" + _TIME
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_NAMED = "month by name"
_FORMS = (
    ("year first", re.compile(r"(?P<y>\d{4})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})(?:[t ].*|z)?")),
    ("digits only", re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})")),
    (EITHER, re.compile(r"(?P<a>\d{1,2})(?P<by>[./-])\s?(?P<b>\d{1,2})(?P=by)\s?(?P<y>\d{4}|\d{2})" + _TIME)),
    (_NAMED, re.compile(_DAY_NAME + r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.)?[\s-]+(?:(?:of|de)\s+)?" + _MONTH + _YEAR)),
    (_NAMED, re.compile(_DAY_NAME + _MONTH + r"\.?[\s-]+(?P<d>\d{1,2})(?:st|nd|rd|th)?" + _YEAR)),
    ("month and year", re.compile(_MONTH + r"[.,]*[\s/-]+(?P<y>\d{4})")),
    ("year and month", re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})")),
    ("year", re.compile(r"(?P<y>\d{4})")),
)
_COARSE = {"month and year": "the first of the month", "year and month": "the first of the month", "year": "1 January"}
_EPOCH_NAMES = {"timestamp", "ts", "epoch", "unix", "time", "seconds", "ms", "millis", "at"}


class Found(NamedTuple):
    """A text in one of the forms: what day it is, or two where day and month may be either."""

    form: str
    day: date | None
    other: date | None = None
    """The day if the month stands first, of the form EITHER; `day` is the one if the day stands first."""
    short: bool = False
    """Whether its year has two digits."""


def read_dates(name: str, column: pa.ChunkedArray, form: str = "") -> tuple[pa.Array, list[str]]:
    """Return a column as date32, null where unknown, and notices of what was assumed or is unknown.

    `form` is a strptime format that somebody stated ("%s" for seconds since 1970). Raises CatalogError on a bad one.
    """
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return real_days(name, column.cast(pa.date32()).combine_chunks())
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    if is_number and (form == "%s" or set(words_of(name)) & _EPOCH_NAMES):
        return read_moments(name, column.cast(pa.float64(), safe=False).combine_chunks())
    texts = known(strings(column))
    if form in ("", "%s"):
        digits = pc.match_substring_regex(texts, r"^-?\d{1,15}$")
        numbers = pc.if_else(digits, texts, pa.scalar(None, texts.type)).cast(pa.float64())
        if form == "%s":
            return read_moments(name, numbers)
        if pc.all(digits).as_py() and (moments := told_moments(name, numbers)):
            return moments
    # Only the day counts, and days are few where moments are many.
    moment = pc.fill_null(pc.match_substring_regex(texts, r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d"), False)
    different = distinct(texts if form else pc.if_else(moment, pc.utf8_slice_codeunits(texts, 0, 10), texts))
    n_known = len(texts) - texts.null_count
    days, notices = _stated(name, different, form, n_known) if form else _decided(name, different, n_known)
    epoch = date(1970, 1, 1).toordinal()
    numbers = np.array([*(day.toordinal() - epoch if day else 0 for day in days), 0], np.int32)
    unknown = np.array([*(day is None for day in days), True])
    return pa.array(numbers[different.at], pa.int32(), mask=unknown[different.at]).cast(pa.date32()), notices


def day_of(text: str) -> Found | None:
    """Return the form and the day of a text, or None where it has none of the known forms."""
    text = text.strip().lower()
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(text):
            return _found(form, match.groupdict())
    return None


def _found(form: str, parts: dict[str, str | None]) -> Found:
    written = parts["y"] or ""
    year, short = int(written), len(written) == 2
    if short:
        year += 1900 if year > 68 else 2000
    if form == EITHER:
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        sort = DAY_FIRST if parts["by"] == "." else EITHER
        return Found(sort, _date(year, second, first), None if sort == DAY_FIRST else _date(year, first, second), short)
    month = MONTHS[str(parts["month"])] if parts.get("month") else int(parts.get("m") or 1)
    return Found(form, _date(year, month, int(parts.get("d") or 1)), None, short)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year < 9999 else None
    except ValueError:
        return None


def _decided(name: str, different: Distinct, n_known: int) -> tuple[list[date | None], list[str]]:
    """Keep the days of the commonest form; tell what that leaves unknown."""
    found = [day_of(text) for text in different.texts]
    counts = Counter[str]()
    for one, n in zip(found, different.counts.tolist(), strict=True):
        if one and (one.day or one.other):
            counts[_sort(one)] += n
    first, told = _which_first(name, different, found, counts)
    if first:
        counts[first] += counts.pop(EITHER, 0)
    form = max(counts, key=lambda sort: (counts[sort], sort == "year first"), default="")
    if form == EITHER:
        form = ""
    days: list[date | None] = []
    odd, unreal = Counter[str](), Counter[str]()
    for text, one, n in zip(different.texts, found, different.counts.tolist(), strict=True):
        day = _in_form(one, form, first)
        days.append(day)
        if day is None and one is not None and one.day is None and one.other is None:
            unreal[text] += n
        elif day is None and not (one and _sort(one) == EITHER and told and not first):
            odd[text] += n
    return days, told + _tell(name, form, found, different, odd, unreal, n_known)


def _sort(found: Found) -> str:
    """Return the form; of two numbers first, which one is the day where that is plain."""
    if found.form != EITHER or (found.day and found.other):
        return found.form
    return DAY_FIRST if found.day else MONTH_FIRST


def _in_form(found: Found | None, form: str, first: str) -> date | None:
    if found is None or not form:
        return None
    if found.form == EITHER:
        if form not in (DAY_FIRST, MONTH_FIRST) or form != first:
            return None
        return found.day if first == DAY_FIRST else found.other
    return found.day if found.form == form else None


def _which_first(
    name: str, different: Distinct, found: Sequence[Found | None], counts: Counter[str]
) -> tuple[str, list[str]]:
    """Decide whether the day or the month stands first in "03/04/2020", where any value gives it away."""
    slashed = [
        (_sort(one), text, one) for text, one in zip(different.texts, found, strict=True)
        if one and one.form == EITHER and (one.day or one.other)
    ]  # fmt: skip
    shows = {sort: text for sort, text, _ in reversed(slashed)}
    plain = [sort for sort in (DAY_FIRST, MONTH_FIRST) if sort in shows]
    if plain:
        first = max(plain, key=lambda sort: counts[sort])
        return first, [f"{name} is read {first}, as {shown(shows[first])} shows."]
    text, one = next(((text, one) for _, text, one in slashed if one.day != one.other), ("", None))
    if one is None:
        return DAY_FIRST if slashed else "", []
    by = next(char for char in text if not char.isdigit())
    year = "%y" if one.short else "%Y"
    return "", [
        f"{shown(text)} of {name} may be {one.day:%-d %B} or {one.other:%-d %B}; {counts[EITHER]:,} such values are "
        "unknown. "
        f'Say which in catalog.toml: format = "%d{by}%m{by}{year}" or format = "%m{by}%d{by}{year}".'
    ]


def _tell(
    name: str, form: str, found: Sequence[Found | None], different: Distinct, odd: Counter[str], unreal: Counter[str],
    n_known: int,
) -> list[str]:  # fmt: skip
    notices = []
    if form in _COARSE:
        notices.append(f"{name} names no day; {_COARSE[form]} stands for it.")
    short = next((text for text, one in zip(different.texts, found, strict=True) if one and one.short), "")
    if short:
        notices.append(f"Years of two digits in {name}, such as {shown(short)}, are read as 1969 to 2068.")
    if odd:
        example = odd.most_common(1)[0][0]
        like = next((t for t, one in zip(different.texts, found, strict=True) if one and _sort(one) == form), "")
        form = f"written like {shown(like)}" if like else "in a known form of dates (format in catalog.toml states it)"
        notices.append(notice(name, odd.total(), n_known, (f"is not {form}", f"are not {form}"), example))
    if unreal:
        what = ("is no real date", "are no real dates")
        notices.append(notice(name, unreal.total(), n_known, what, unreal.most_common(1)[0][0]))
    return notices


def _stated(name: str, different: Distinct, form: str, n_known: int) -> tuple[list[date | None], list[str]]:
    """Read every text by a stated format."""
    try:
        datetime.strptime(date(2000, 12, 31).strftime(form), form)
    except ValueError as error:
        raise CatalogError(
            f"The format {form!r} of {name} is none for dates ({error}). Write one like %d/%m/%Y."
        ) from None
    days = [_strptime(text, form) for text in different.texts]
    odd = Counter({t: n for t, d, n in zip(different.texts, days, different.counts.tolist(), strict=True) if d is None})
    if not odd:
        return days, []
    what = (f"is not written as {form}", f"are not written as {form}")
    return days, [notice(name, odd.total(), n_known, what, odd.most_common(1)[0][0])]


def _strptime(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()
    except ValueError:
        return None
