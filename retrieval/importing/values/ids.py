"""Which rows become items: ids as text, repeated ids merged or rejected, and an account of every row."""

import json
import re
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.raw import RAW_CHARS, RawTable, Rejected
from retrieval.importing.values.texts import distinct, strings, tidy

ID_CHARS = 256
_ODD = r"^\s|\s$|^$|[\x00-\x1f\x7f-\x{a0}]|^[\p{Z}\p{Cf}]*$|^\p{Z}|\p{Z}$"
"""Finds every id that is not kept as it is."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CELL_CHARS = 300
"""At most so much of each value of a rejected row is shown."""
_EXACT = 2.0**53


class Account(NamedTuple):
    """What becomes of the rows: kept + merged + rejected are all of them."""

    kept: np.ndarray
    """(n_kept,) int64 positions, ascending."""
    n_merged: int
    rejected: list[Rejected]


def as_ids(name: str, column: pa.ChunkedArray) -> tuple[pa.Array, list[str]]:
    """Return ids as they are written, without white space around them; null where there is none.

    Whole numbers stored as floats lose their ".0", with a notice.
    """
    texts, notices = strings(column), []
    odd = pc.fill_null(pc.match_substring_regex(texts, _ODD), False)
    if pc.any(odd).as_py():
        before = texts.filter(odd).to_pylist()
        after = [_trimmed(text) for text in before]
        texts = pc.replace_with_mask(texts, odd, pa.array(after, pa.large_string()))
        if n := sum(bool(_CONTROL.search(text.strip())) for text in before):
            notices.append(f"{n:,} ids in {name} held control characters, which were removed.")
    if pa.types.is_floating(column.type) and texts.null_count < len(texts):
        notices.append(f"The ids in {name} are stored as floating numbers; they are read without the .0 at their end.")
        if (pc.max(pc.abs(column.cast(pa.float64()))).as_py() or 0) >= _EXACT:
            notices.append(f"Ids in {name} have more digits than a floating number keeps; store them as text.")
    return texts, notices


def _trimmed(text: str) -> str | None:
    kept = _CONTROL.sub("", text).strip()
    return kept if tidy(kept) else None


def account(raw: RawTable, ids: pa.Array, titles: pa.Array, id_name: str, title_name: str) -> Account:
    """Decide of every row whether it is kept, merged with an identical one before it, or rejected, and why.

    `ids` and `titles` are the texts of the rows, null where missing.
    """
    reasons: dict[int, str] = {}
    long = pc.fill_null(pc.greater(pc.utf8_length(ids), ID_CHARS), False)
    no_id, no_title = (pc.is_null(texts).to_numpy(zero_copy_only=False) for texts in (ids, titles))
    too_long = long.to_numpy(zero_copy_only=False)
    for position in np.flatnonzero(no_id | no_title | too_long).tolist():
        if no_id[position]:
            reasons[position] = f"no id in the column {id_name}"
        elif too_long[position]:
            reasons[position] = f"an id of more than {ID_CHARS} characters in the column {id_name}"
        else:
            reasons[position] = f"no title in the column {title_name}"
    usable = np.flatnonzero(~(no_id | no_title | too_long))
    first, repeated = _repeated(ids, usable)
    same = _identical(raw.table, repeated, first)
    for position, other in zip(repeated[~same].tolist(), first[~same].tolist(), strict=True):
        shown = str(ids[position].as_py())[:60]
        reasons[position] = f"the id {shown!r} is that of line {int(raw.lines[other]):,}, which differs"
    kept = np.setdiff1d(usable, repeated, assume_unique=True)
    return Account(kept, int(same.sum()), _rejected(raw, reasons))


def _repeated(ids: pa.Array, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return positions of rows whose id came before, and beside them the positions where it came first."""
    at = distinct(ids.take(pa.array(usable))).at
    _, first, inverse = np.unique(at, return_index=True, return_inverse=True)
    leaders = first[inverse]
    repeats = leaders != np.arange(len(usable))
    return usable[leaders[repeats]], usable[repeats]


def _identical(table: pa.Table, positions: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Tell of pairs of rows whether every value is the same."""
    same = np.ones(len(positions), bool)
    if not len(positions):
        return same
    both = table.take(np.concatenate([positions, others]))
    for column in both.columns:
        if pa.types.is_null(column.type):
            continue
        at = distinct(strings(column)).at
        same &= at[: len(positions)] == at[len(positions) :]
    return same


def _rejected(raw: RawTable, reasons: dict[int, str]) -> list[Rejected]:
    """List rejected rows in their order, as JSON."""
    positions = sorted(reasons)
    found = []
    for start in range(0, len(positions), 1000):
        some = positions[start : start + 1000]
        rows = raw.table.take(some).to_pylist()
        found += [
            Rejected(int(raw.lines[position]), reasons[position], _as_json(row), raw.file_of(position))
            for position, row in zip(some, rows, strict=True)
        ]
    return found


def _as_json(row: dict[str, Any]) -> str:
    short = {name: _short(value) for name, value in row.items() if value is not None}
    return json.dumps(short, ensure_ascii=False, default=str)[:RAW_CHARS]


def _short(value: Any) -> Any:
    if isinstance(value, str | bytes):
        return value[:_CELL_CHARS]
    return value
