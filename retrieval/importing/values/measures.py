"""A column of numbers → one field a unit: the decimal mark, the units and the clock are decided from all its values."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.names import words_of
from retrieval.importing.values.marks import reading_of
from retrieval.importing.values.numbers import Amount, amount, is_range
from retrieval.importing.values.texts import Distinct, distinct, known, notice, shown, strings
from retrieval.importing.values.units import CURRENCIES, FAMILIES, unit_word

_PLAIN = r"^-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,2})?$"
_MIN_SHARE = 0.01
_MOST_UNITS = 4
_RARE = 10
"""A unit of so many times fewer values than have none is not theirs."""


class Measured(NamedTuple):
    """One field made of a column of numbers."""

    name: str
    values: pa.Array
    """float64 or int64, null where unknown."""
    unit: str = ""


class _Amounts(NamedTuple):
    """What the rows of a column say."""

    values: np.ndarray
    """(n,) float64, NaN where unknown."""
    units: np.ndarray
    """(n,) positions in `names`; any where the value is unknown."""
    names: list[str]
    """Units, the first "" for none."""


def read_numbers(
    name: str, column: pa.ChunkedArray, *, decimal: str = "", unit: str = "", form: str = ""
) -> tuple[list[Measured], list[str]]:
    """Return the fields of a column of numbers, and notices of what was assumed or is unknown.

    `decimal`, `unit` and `form` (how 1:45 is written, "%H:%M" or "%M:%S") are what somebody says of the column.
    """
    kind = column.type
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        return [Measured(name, column.cast(pa.int64()).combine_chunks(), unit)], []
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind) or pa.types.is_uint64(kind):
        values, notices = _finite(name, column.cast(pa.float64(), safe=False).combine_chunks())
        return [Measured(name, whole(values), unit)], notices
    texts = known(strings(column))
    n_known = len(texts) - texts.null_count
    plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN), False)
    odd = distinct(texts.filter(pc.invert(plain)))
    reading, notices = reading_of(name, texts.filter(plain), odd, decimal, form)
    if reading.mark == ",":  # the point of "1.299" may separate thousands then
        plain, odd = pc.and_(plain, False), distinct(texts)
    amounts = _counted(name, [amount(text, reading) for text in odd.texts])
    notices += _unread(name, odd, amounts, n_known)
    amounts, told = _converted(name, odd, amounts, unit)
    fields, more = _by_unit(name, texts, _spread(texts, plain, odd, amounts), unit)
    return fields, notices + told + more


def _counted(name: str, amounts: Sequence[Amount | None]) -> list[Amount | None]:
    """Drop a unit that only repeats the name: "4 servings" of servings is 4."""
    own = {unit_word(word) for word in words_of(name)} - CURRENCIES - {unit for family in FAMILIES for unit in family}
    return [found._replace(unit="") if found and found.unit in own else found for found in amounts]


def _finite(name: str, values: pa.Array) -> tuple[pa.Array, list[str]]:
    """Make NaN and the infinities unknown, and -0 zero."""
    finite = pc.is_finite(values)
    lost = pc.invert(finite)
    n_lost = pc.sum(lost).as_py() or 0
    if not n_lost:
        return pc.add(values, 0.0), []
    n_known, example = len(values) - values.null_count, values.filter(lost)[0].as_py()
    notices = [notice(name, n_lost, n_known, ("is not finite", "are not finite"), example)]
    return pc.add(pc.if_else(finite, values, pa.scalar(None, pa.float64())), 0.0), notices


def whole(values: pa.Array) -> pa.Array:
    """Return floats as int64 where all are whole and small enough to be exact."""
    if values.null_count == len(values):
        return values
    exact = pc.and_(pc.equal(pc.trunc(values), values), pc.less(pc.abs(values), 2.0**53))
    return values.cast(pa.int64()) if pc.all(exact).as_py() else values


def _unread(name: str, odd: Distinct, amounts: Sequence[Amount | None], n_known: int) -> list[str]:
    """Tell of texts that are no numbers, of ranges, and of numbers that are only bounds."""
    ranges, others, bounds = Counter[str](), Counter[str](), Counter[str]()
    for text, found, n in zip(odd.texts, amounts, odd.counts.tolist(), strict=True):
        if found is None:
            (ranges if is_range(text) else others)[text] += n
        elif found.at_least:
            bounds[text] += n
    notices = [
        notice(name, lost.total(), n_known, what, lost.most_common(1)[0][0])
        for lost, what in (
            (others, ("is no number", "are no numbers")),
            (ranges, ("is a range, not one number", "are ranges, not one number")),
        )
        if lost
    ]
    if bounds:
        example = shown(bounds.most_common(1)[0][0])
        notices.append(
            f"{bounds.total():,} of {n_known:,} values of {name} are bounds, such as {example}, and read so."
        )
    return notices


def _converted(
    name: str, odd: Distinct, amounts: Sequence[Amount | None], wanted: str
) -> tuple[list[Amount | None], list[str]]:
    """Convert units of one sort into one: minutes and hours, grams and kilograms; into `wanted` if that is one."""
    counts = Counter[str]()
    for found, n in zip(amounts, odd.counts.tolist(), strict=True):
        if found:
            counts[found.unit] += n
    into: dict[str, tuple[str, float]] = {}
    notices = []
    for family in FAMILIES:
        there = [unit for unit, _ in counts.most_common() if unit in family]
        if not there or there == [wanted] or (len(there) == 1 and wanted not in family):
            continue
        usual = "mb" if "mb" in family else "min" if {"min", "hours"} & set(there) else there[0]
        target = wanted if wanted in family else usual
        others = [unit for unit in there if unit != target]
        into |= {unit: (target, family[unit] / family[target]) for unit in others}
        if others:
            notices.append(f"{' and '.join(others)} of {name} are converted into {target}.")
    changed = [
        found._replace(unit=into[found.unit][0], value=round(found.value * into[found.unit][1], 6))
        if found and found.unit in into
        else found
        for found in amounts
    ]
    return changed, notices


def _spread(texts: pa.Array, plain: pa.Array, odd: Distinct, amounts: Sequence[Amount | None]) -> _Amounts:
    """Return the numbers of the rows; those of `plain` texts are cast, the others looked up."""
    names = ["", *dict.fromkeys(found.unit for found in amounts if found and found.unit)]
    places = {unit: place for place, unit in enumerate(names)}
    is_plain = plain.to_numpy(zero_copy_only=False)
    values, units = np.full(len(texts), np.nan), np.zeros(len(texts), np.int32)
    values[is_plain] = texts.filter(plain).cast(pa.float64()).to_numpy(zero_copy_only=False)
    found_values = np.array([*(found.value if found else np.nan for found in amounts), np.nan])
    found_units = np.array([*(places[found.unit] if found else 0 for found in amounts), 0], np.int32)
    values[~is_plain], units[~is_plain] = found_values[odd.at], found_units[odd.at]
    values[~np.isfinite(values)] = np.nan
    return _Amounts(values + 0.0, units, names)


def _by_unit(name: str, texts: pa.Array, found: _Amounts, wanted: str) -> tuple[list[Measured], list[str]]:
    """Make a field of every common unit; of only one, numbers without a unit belong to it."""
    read, n_known = np.isfinite(found.values), len(texts) - texts.null_count
    counts = np.bincount(found.units[read], minlength=len(found.names))
    order = [int(place) for place in np.argsort(-counts[1:], kind="stable") + 1]
    common = [place for place in order if counts[place] >= max(1, _MIN_SHARE * n_known)][:_MOST_UNITS]
    if wanted and wanted in found.names:
        common = [found.names.index(wanted)]
    elif common and counts[0] > counts[common[0]] * (1 if len(common) > 1 else _RARE):
        # Numbers alone are the rule, and no unit goes with them; a price may have its sign left out.
        common = [place for place in common if len(common) == 1 and found.names[place] in CURRENCIES]
    several = len(common) > 1
    kept = {*common} if several else {0, *common}
    notices = _other_units(name, texts, found, kept) if read.any() else []
    if not several:
        values = np.where(np.isin(found.units, [*kept]), found.values, np.nan)
        said = wanted or (_said(found.names[common[0]]) if common else "")
        return [Measured(name, _array(values), said)], notices
    fields = [
        Measured(
            f"{name}_{found.names[place].replace('/', 'of_')}",
            _array(np.where(found.units == place, found.values, np.nan)),
            _said(found.names[place]),
        )
        for place in common
    ]
    kinds = ", ".join(f"{made.name} ({pc.count(made.values).as_py():,})" for made in fields)
    return fields, [*notices, f"The values of {name} are in several units, each a field of its own: {kinds}."]


def _other_units(name: str, texts: pa.Array, found: _Amounts, kept: set[int]) -> list[str]:
    """Tell of numbers that no field has taken, for want of a unit or for another one."""
    lost = np.isfinite(found.values) & ~np.isin(found.units, [*kept])
    notices = []
    for where, said in ((lost & (found.units == 0), "without a unit"), (lost & (found.units > 0), "in other units")):
        if n := int(where.sum()):
            what = (f"is {said}", f"are {said}")
            example = texts[int(np.flatnonzero(where)[0])].as_py()
            notices.append(notice(name, n, len(texts) - texts.null_count, what, example))
    return notices


def _array(values: np.ndarray) -> pa.Array:
    return whole(pa.array(values, pa.float64(), from_pandas=True))


def _said(unit: str) -> str:
    return "" if unit.startswith("/") else unit
