"""Columns of ratings and times → numbers and seconds; what cannot be read is NaN."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_COUNT_MEDIAN = 0.1
"""The median of ratings lies above this share of their scale, that of counts below it."""
_MOST_SCALE = 20
_TIME_FORMS = ("%m %d, %Y", "%Y/%m/%d", "%Y/%m/%d %H:%M:%S", "%b %d, %Y", "%B %d, %Y", "%d %b %Y")
_TEXTS = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "like": 1.0, "liked": 1.0, "dislike": 0.0}


def numbers(column: pa.ChunkedArray) -> np.ndarray:
    """Return (n,) float64 ratings; "4,5" and "4.5" count, true is 1."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        if pa.types.is_boolean(kind):
            column = pc.cast(column, pa.int8())
        return np.asarray(pc.fill_null(pc.cast(column, pa.float64(), safe=False), np.nan))
    return _each(column, _number)


def look_like_counts(ratings: np.ndarray) -> bool:
    """Tell counts (plays, clicks) from ratings: whole numbers with a long tail, most of them at its very beginning."""
    positive = ratings[ratings > 0]
    if not len(positive) or (positive != np.floor(positive)).any() or ratings.min() < 0:
        return False
    top = np.percentile(positive, 99)
    return bool(top > _MOST_SCALE and np.median(positive) < _COUNT_MEDIAN * top)


def seconds(column: pa.ChunkedArray) -> np.ndarray:
    """Return (n,) float64 seconds since 1970; milli-, micro- and nanoseconds are told by their size."""
    if pa.types.is_temporal(column.type):
        whole = pc.cast(pc.cast(column, pa.timestamp("s"), safe=False), pa.int64())
        return np.asarray(pc.fill_null(pc.cast(whole, pa.float64()), np.nan))
    found = numbers(column) if not pa.types.is_string(column.type) else _seconds_of_texts(column)
    known = found[np.isfinite(found)]
    size = float(np.median(np.abs(known))) if len(known) else 0.0
    return found / next((unit for least, unit in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)) if size >= least), 1)


def _seconds_of_texts(column: pa.ChunkedArray) -> np.ndarray:
    for kind in (pa.float64(), pa.timestamp("s")):
        try:
            found = pc.cast(column, kind)
        except pa.ArrowInvalid:
            continue
        return np.asarray(pc.fill_null(pc.cast(pc.cast(found, pa.int64(), safe=False), pa.float64()), np.nan))
    return _each(column, _moment)


def _each(column: pa.ChunkedArray, read: Callable[[str], float]) -> np.ndarray:
    """Read every different text once."""
    if not pa.types.is_string(column.type):
        return np.full(len(column), np.nan)
    coded = column.combine_chunks().dictionary_encode()
    values = np.array([read(text) for text in coded.dictionary.to_pylist()] + [np.nan])
    return values[np.asarray(pc.fill_null(coded.indices, len(values) - 1))]


def _number(text: str) -> float:
    bare = text.strip().lower()
    if bare in _TEXTS:
        return _TEXTS[bare]
    try:
        return float(bare.replace(",", ".") if "." not in bare else bare)
    except ValueError:
        return np.nan


def _moment(text: str) -> float:
    bare = text.strip()
    try:
        return float(bare)
    except ValueError:
        pass
    try:
        return _utc(datetime.fromisoformat(bare))
    except ValueError:
        pass
    for form in _TIME_FORMS:
        try:
            return _utc(datetime.strptime(bare, form))
        except ValueError:
            continue
    return np.nan


def _utc(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
