"""Any column → texts as people wrote them: single spaces, nothing invisible or endless, blanks unknown."""

import json
import re
import unicodedata
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.limits import MAX_CELL_CHARS

TITLE_CHARS = 500
TEXT_CHARS = MAX_CELL_CHARS
_MARKS = 8
"""Combining marks that one letter may carry; real writing needs fewer."""
_ODD = (
    r"^[\p{Z}\p{Cc}\p{Cf}]*$|^\s|\s$|\s\s|\p{M}{9}|"
    r"[\x00-\x1f\x7f-\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"
)
"""Finds every text that `tidy` would change, so that the others pass untouched."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_UNKNOWN = {"", "n/a", "na", "nan", "none", "null", "unknown", "-", "--", "?", "#n/a", "nat", "<na>"}


class Tidied(NamedTuple):
    """Texts (large_string, null where nothing is left) and what was done to them."""

    values: pa.Array
    notices: list[str]


def tidy(text: str) -> str:
    """Return the text with single spaces, without control characters and without towers of combining marks.

    A text of nothing that can be seen (zero-width characters, spaces) becomes "".
    """
    text = " ".join(_CONTROL.sub("", text).split())
    if all(unicodedata.category(c) in ("Cf", "Zs") for c in text):
        return ""
    return text if text.isascii() else _thinned(text)


def _thinned(text: str) -> str:
    kept, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        if run <= _MARKS:
            kept.append(char)
    return "".join(kept)


def strings(column: pa.ChunkedArray) -> pa.Array:
    """Return any column as one large_string array: text as it is, whole floats without ".0", lists and records as JSON.

    Not a number is null.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_floating(kind):
        texts = pa.array(map(_plain, column.to_pylist()), pa.large_string())
    elif pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = pa.array(map(_written, column.to_pylist()), pa.large_string())
    else:
        texts = column.cast(pa.large_string())
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _plain(value: float | None) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    return json.dumps(value, ensure_ascii=False, default=str)


def cleaned(name: str, column: pa.ChunkedArray, most: int, *, unknown: bool = False) -> Tidied:
    """Tidy every text and cut it to `most` characters; `unknown` tells to leave out "N/A", "none" and the like.

    Notices tell how many values lost control characters or marks, and how many were cut.
    """
    texts = strings(column)
    odd = pc.fill_null(pc.match_substring_regex(texts, _ODD), False)
    notices = []
    if pc.any(odd).as_py():
        before = texts.filter(odd).to_pylist()
        after = [tidy(text) for text in before]
        texts = pc.replace_with_mask(texts, odd, pa.array([text or None for text in after], pa.large_string()))
        if n := sum(bool(_CONTROL.search(text)) for text in before):
            notices.append(f"{n:,} {_values(n)} of {name} held control characters, which were removed.")
        if n := sum(_has_tower(text) for text in before):
            notices.append(f"{n:,} {_values(n)} of {name} held over {_MARKS} combining marks in a row; more are cut.")
    if unknown:
        texts = known(texts)
    long = pc.fill_null(pc.greater(pc.utf8_length(texts), most), False)
    if n := pc.sum(long).as_py() or 0:
        notices.append(f"{n:,} {_values(n)} of {name} held more than {most:,} characters; the rest is cut.")
        texts = pc.utf8_slice_codeunits(texts, 0, most)
    return Tidied(texts, notices)


def _has_tower(text: str) -> bool:
    return not text.isascii() and len(_thinned(text)) < len(text)


def _values(n: int) -> str:
    return "value" if n == 1 else "values"


def known(texts: pa.Array) -> pa.Array:
    """Return the texts trimmed, with null for blanks and for what only says that nothing is known."""
    trimmed = pc.utf8_trim_whitespace(texts)
    nothing = pc.is_in(pc.utf8_lower(trimmed), pa.array(sorted(_UNKNOWN), trimmed.type))
    return pc.if_else(pc.fill_null(nothing, True), pa.scalar(None, trimmed.type), trimmed)


def is_unknown(text: str) -> bool:
    """Tell whether a text only says that nothing is known: "N/A", "none", "-"."""
    return text.strip().lower() in _UNKNOWN


def links(name: str, column: pa.ChunkedArray) -> Tidied:
    """Keep addresses that begin with http:// or https://; of a list the first. All else is unknown, with a notice."""
    texts = known(strings(column))
    first = pc.extract_regex(texts, r"^[\[(\s'\"]*(?P<link>(?i:https?)://[^\s'\"<>|]+)").field("link")
    found = pc.if_else(pc.is_valid(first), first, pa.scalar(None, first.type))
    found = pc.if_else(pc.equal(found, ""), pa.scalar(None, found.type), found)
    lost = pc.and_(pc.is_valid(texts), pc.is_null(found))
    return Tidied(found, told(name, texts, lost, ("is no link to http or https", "are no links to http or https")))


class Distinct(NamedTuple):
    """The different texts of a column: text → how often, and for every row the position among them (-1 for null)."""

    texts: list[str]
    counts: np.ndarray
    at: np.ndarray


def distinct(texts: pa.Array) -> Distinct:
    """Return the different texts, in the order of their first row."""
    encoded = texts.dictionary_encode()
    at = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    values = encoded.dictionary.to_pylist()
    return Distinct(values, np.bincount(at[at >= 0], minlength=len(values)), at)


def told(name: str, texts: pa.Array, lost: pa.Array, what: tuple[str, str]) -> list[str]:
    """Return a notice with count and example where any value was `lost` (a mask), else none."""
    n = pc.sum(lost).as_py() or 0
    if not n:
        return []
    example = texts.filter(lost)[0].as_py()
    return [notice(name, n, len(texts) - texts.null_count, what, example)]


def notice(name: str, n: int, n_known: int, what: tuple[str, str], example: Any) -> str:
    """Say which values are unknown now: "12 of 3,000 values of price are no numbers, such as 'call us'; …"."""
    end = "it is unknown" if n == 1 else "they are unknown"
    return f"{n:,} of {n_known:,} values of {name} {what[n > 1]}, such as {shown(example)}; {end}."


def shown(value: Any) -> str:
    """Return an example in quotes, cut to 40 characters."""
    text = " ".join(str(value).split())
    return repr(text if len(text) <= 40 else text[:39] + "…")
