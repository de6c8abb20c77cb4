"""Days written as numbers: seconds or milliseconds since 1970, and days since 1900 as spreadsheets count them."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.values.texts import notice

_RANGES = {"days": (20_000, 60_000), "seconds": (1e8, 4.2e9), "milliseconds": (1e11, 4.2e12)}
"""What numbers may be: 1954 to 2064, 1973 to 2103."""
_PER_DAY = {"days": 1, "seconds": 86_400, "milliseconds": 86_400_000}
_SINCE = {"days": "days since 1900", "seconds": "seconds since 1970", "milliseconds": "milliseconds since 1970"}
_SHEETS_BEGIN = date(1899, 12, 30).toordinal() - date(1970, 1, 1).toordinal()
_FIRST_DAY = date(1, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
_LAST_DAY = date(9998, 12, 31).toordinal() - date(1970, 1, 1).toordinal()
"""Days since 1970 that are real; the year 9999 only ever means "never"."""


def counted_in(values: np.ndarray) -> str:
    """Return which of "days", "seconds" and "milliseconds" numbers (NaN where unknown) count, "" where none."""
    known = values[np.isfinite(values)]
    if not len(known) or (np.floor(known) != known).any():
        return ""
    low, high = known.min(), known.max()
    return next((unit for unit, (least, most) in _RANGES.items() if least <= low and high <= most), "")


def told_moments(name: str, numbers: pa.Array) -> tuple[pa.Array, list[str]] | None:
    """Read numbers (float64) that count the time as days, with a notice; None where they do not."""
    values = numbers.to_numpy(zero_copy_only=False)
    unit = counted_in(values)
    if not unit:
        return None
    days, notices = read_moments(name, numbers, unit)
    first = int(np.flatnonzero(np.isfinite(values))[0])
    told = f"{values[first]:.0f} of {name} is read as {days[first].as_py():%-d %B %Y}, in {_SINCE[unit]}."
    return days, [told, *notices]


def read_moments(name: str, numbers: pa.Array, unit: str = "") -> tuple[pa.Array, list[str]]:
    """Read numbers (float64) as days; seconds and milliseconds are told apart by their size unless `unit` says."""
    values = numbers.to_numpy(zero_copy_only=False)
    known = values[np.isfinite(values)]
    unit = unit or ("milliseconds" if len(known) and np.median(np.abs(known)) > 1e11 else "seconds")
    days = np.floor(np.nan_to_num(values, posinf=0, neginf=0) / _PER_DAY[unit])
    days = (days + _SHEETS_BEGIN if unit == "days" else days).clip(_FIRST_DAY - 1, _LAST_DAY + 1)
    return real_days(name, pa.array(days.astype(np.int32), pa.int32(), mask=~np.isfinite(values)).cast(pa.date32()))


def real_days(name: str, days: pa.Array) -> tuple[pa.Array, list[str]]:
    """Make days outside the years 1 to 9998 unknown."""
    numbers = days.cast(pa.int32())
    lost = pc.or_(pc.less(numbers, _FIRST_DAY), pc.greater(numbers, _LAST_DAY))
    n = pc.sum(lost).as_py() or 0
    if not n:
        return days, []
    told = notice(name, n, len(days) - days.null_count, ("is no real date", "are no real dates"), "a year beyond 9998")
    return pc.if_else(lost, pa.scalar(None, pa.date32()), days), [told]
