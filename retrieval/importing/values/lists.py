"""Facets and names: what separates several values in one text is decided by column; every value is spelt one way."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.values.literals import are_written, flat, parts_of
from retrieval.importing.values.texts import Distinct, distinct, is_unknown, known, shown, strings, tidy
from retrieval.text import fold

PART_CHARS = 300
"""No filter takes a longer value."""
MOST_PARTS = 200
_MARKS = ("|", ";", "\n", " / ", ",")
_PLAIN_MARKS = {"|", "\n"}
"""Marks that nothing but a separator looks like."""
_MIN_SHARE_SPLIT = 0.05
_MIN_SHARE_RECURRING = 0.5
_MIN_SHARE_FREE = 0.6
_SIGNS = re.compile(r"[+#*<>≥≤=%$€£°]|^-(?=\d)|(?<=\w)-$|(?<=\d)[^\w\s](?=\d)")
_LISTED = ("['", '["')
_YES = frozenset({"yes", "y", "true", "t", "1", "1.0"})
_NO = frozenset({"no", "n", "false", "f", "0", "0.0"})
_SAMPLE = 5000


def read_lists(
    name: str, column: pa.ChunkedArray, *, people: bool = False, mark: str = ""
) -> tuple[pa.Array, list[str]]:
    """Return a column of facets or names, and notices of what was cut.

    The array is of text where no row has several values, else of lists of text; null, never empty, where nothing is
    known. `mark` is the separator that somebody has stated.
    """
    kind = column.type
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "yes", "no").combine_chunks(), []
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _spelt(name, *_flattened(column))
    if pa.types.is_nested(kind):
        return _spelt(name, *_joined([list(flat(value)) for value in column.to_pylist()], None))
    different = distinct(known(strings(column)))
    if not people and not mark and is_yes_no(different.texts):
        return _yes_no(name, different)
    split = split_all(different.texts, people=people, mark=mark)
    return _spelt(name, *_joined(split, different.at))


def is_yes_no(texts: Sequence[str]) -> bool:
    """Tell whether these different texts only say yes or no, in words or as 1 and 0."""
    said = {text.strip().lower() for text in texts}
    return bool(said) and said <= _YES | _NO and (bool(said - {"0", "1", "0.0", "1.0"}) or len(said) == 2)


def _yes_no(name: str, different: Distinct) -> tuple[pa.Array, list[str]]:
    says = np.array([text.strip().lower() in _YES for text in different.texts] + [False])[different.at]
    values = pa.array(np.where(says, "yes", "no"), pa.string(), mask=different.at < 0)
    written = [[shown(text) for text in different.texts if text.strip().lower() in words] for words in (_YES, _NO)]
    if max(map(len, written)) < 2:
        return values, []
    read = " and ".join(f"{', '.join(w)} as {to}" for w, to in zip(written, ("yes", "no"), strict=True) if w)
    return values, [f"{name} is read as yes or no: {read}."]


def split_all(texts: Sequence[str], *, people: bool = False, mark: str = "") -> list[list[Any]]:
    """Split different texts into parts: written lists by their own marks, others by the mark this column uses."""
    if mark:
        return [text.split(mark) for text in texts]
    sample = texts[:: max(1, len(texts) // _SAMPLE)]
    if are_written(sample):
        return [parts_of(text) for text in texts]
    mark = name_separator(sample) if people else separator(sample)
    return [parts_of(text) if text.startswith(_LISTED) else text.split(mark) if mark else [text] for text in texts]


def separator(values: Sequence[Any]) -> str:
    """Return what separates several values in one text, or "" where a value is one whole.

    A mark counts when it is used, and when the parts it leaves come back in other values: "Drama, Comedy" yes, "Me,
    Myself and I" no. A comma counts only where most parts also stand alone or in other places, as those of "Paris,
    France" do not.
    """
    wholes = {str(v) for v in values if v is not None}
    for mark in _MARKS:
        several = [whole.split(mark) for whole in wholes if mark in whole]
        if len(several) <= _MIN_SHARE_SPLIT * len(wholes):
            continue
        if mark in _PLAIN_MARKS:
            return mark
        free, recurring = _recurring([whole.split(mark) for whole in wholes])
        parts = [fold(part) for split in several for part in split]
        least = _MIN_SHARE_FREE if mark == "," else _MIN_SHARE_RECURRING
        if sum(part in (free if mark == "," else recurring) for part in parts) >= least * len(parts):
            return mark
    return ""


def _recurring(split: Iterable[Sequence[str]]) -> tuple[set[str], set[str]]:
    """Return the parts that stand alone or in several places from either end, and those that come back at all."""
    alone: set[str] = set()
    places: defaultdict[str, set[int]] = defaultdict(set)
    counts = Counter[str]()
    for parts in split:
        folded = [fold(part) for part in parts]
        counts.update(set(folded))
        if len(folded) == 1:
            alone.add(folded[0])
        for place, part in enumerate(folded):
            places[part] |= {place, place - len(folded)}
    recurring = {part for part, n in counts.items() if n > 1}
    moving = {p for p, at in places.items() if len({x for x in at if x >= 0}) > 1 and len({x for x in at if x < 0}) > 1}
    return recurring & (alone | moving), recurring


def name_separator(values: Sequence[Any]) -> str:
    """Return what separates names of people; a comma or a slash only where it leaves full names, not "Burton, Tim"."""
    names = [str(v) for v in values if v is not None]
    for mark in _MARKS[:-1]:
        if any(mark in v for v in names):
            return mark
    for mark in (",", "/"):
        parts = [part.strip() for v in names if mark in v for part in v.split(mark)]
        if parts and sum(" " in part for part in parts) >= _MIN_SHARE_RECURRING * len(parts):
            return mark
    return ""


def canonical(counts: Mapping[str, int]) -> dict[str, str]:
    """Map every spelling to the commonest one that folds alike ("Sci-Fi", "sci fi" → "Sci-Fi").

    Signs that tell values apart stay apart: "C" and "C++", "A" and "A+", "-5" and "5", "1-5" and "1.5".
    """
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for value in counts:
        alike[f"{fold(value) or value}{''.join(_SIGNS.findall(value)).replace(',', '.')}"].append(value)
    best = {key: min(spellings, key=lambda s: (-counts[s], s)) for key, spellings in alike.items()}
    return {value: best[key] for key, spellings in alike.items() for value in spellings}


def _flattened(column: pa.ChunkedArray) -> tuple[pa.Array, np.ndarray, int]:
    """Return the parts of all rows, the row of each, and the number of rows; lists in lists are one list."""
    lists = column.cast(pa.large_list(column.type.value_type)).combine_chunks()
    if pa.types.is_nested(lists.type.value_type):
        return _joined([list(flat(value)) for value in lists.to_pylist()], None)
    parts, rows = strings(pa.chunked_array([lists.flatten()])), _rows_of(lists)
    different = distinct(parts)
    if not are_written(different.texts[:_SAMPLE]):
        return parts, rows, len(lists)
    inner, places, _ = _joined([parts_of(text) for text in different.texts], different.at)
    return inner, rows[places], len(lists)


def _rows_of(lists: pa.Array) -> np.ndarray:
    rows: np.ndarray = pc.list_parent_indices(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows


def _joined(split: Sequence[Sequence[Any]], at: np.ndarray | None) -> tuple[pa.Array, np.ndarray, int]:
    """Return the parts of all rows, the row of each, and the number of rows; `at` is the position of each row's parts.

    Rows at -1 have no parts.
    """
    lists = pa.array([None if v is None else list(map(str, v)) for v in split], pa.large_list(pa.large_string()))
    if at is not None:
        lists = lists.take(pa.array(at, mask=at < 0))
    return lists.flatten(), _rows_of(lists), len(lists)


def _spelt(name: str, parts: pa.Array, rows: np.ndarray, n_rows: int) -> tuple[pa.Array, list[str]]:
    """Tidy every part, spell it one way, drop unknown and repeated ones, and put the rows together again."""
    different = distinct(parts)
    tidied = [tidy(part)[:PART_CHARS].strip() for part in different.texts]
    counts = Counter[str]()
    for part, n in zip(tidied, different.counts.tolist(), strict=True):
        if not is_unknown(part):
            counts[part] += n
    spelling = canonical(counts)
    spelt = list(dict.fromkeys(spelling.values()))
    places = {part: place for place, part in enumerate(spelt)}
    code_of = np.array([*(places[spelling[part]] if part in spelling else -1 for part in tidied), -1], np.int64)
    codes = code_of[different.at]
    rows, codes = rows[codes >= 0], codes[codes >= 0]
    _, first = np.unique(rows * max(len(spelt), 1) + codes, return_index=True)
    first.sort()
    rows, codes = rows[first], codes[first]
    sizes = np.bincount(rows, minlength=n_rows)
    notices = (
        [f"{n:,} values of {name} are cut to {PART_CHARS} characters."]
        if (n := sum(len(part) > PART_CHARS for part in different.texts))
        else []
    )
    if n := int((sizes > MOST_PARTS).sum()):
        notices.append(f"{n:,} rows have more than {MOST_PARTS} {name}; the first {MOST_PARTS} of each are kept.")
        place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        rows, codes = rows[place < MOST_PARTS], codes[place < MOST_PARTS]
        sizes = np.minimum(sizes, MOST_PARTS)
    return _assembled(pa.array(spelt, pa.string()), rows, codes, sizes), notices


def _assembled(spelt: pa.Array, rows: np.ndarray, codes: np.ndarray, sizes: np.ndarray) -> pa.Array:
    """Return text where every row has one part at most, else lists; null where a row has none."""
    if not len(sizes) or sizes.max() <= 1:
        at = np.full(len(sizes), -1, np.int64)
        at[rows] = codes
        return spelt.take(pa.array(at, mask=at < 0))
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    edges = pa.array(offsets, pa.int32(), mask=np.concatenate([sizes == 0, [False]]))
    return pa.ListArray.from_arrays(edges, spelt.take(pa.array(codes)))
