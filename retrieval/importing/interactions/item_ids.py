"""Which column of a table of interactions names the items of a catalogue, and by which of its ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from retrieval.importing.names import words_of

MIN_MATCHED = 0.01
"""Fewer lines that match are an accident."""
_AS_GOOD = 0.9
_SAMPLE = 20_000
_LONG = 64
"""Values longer than this on the mean are no ids."""
_ID_WORDS = frozenset({"id", "item", "product", "isbn", "asin", "sku", "ean", "gtin"})


@dataclass(frozen=True)
class Match:
    """Where the items of a table of interactions were found."""

    name: str
    """The column of the table."""
    id_name: str
    """The catalogue's column whose values it holds."""
    rows: np.ndarray
    """(n_lines,) int64: the catalogue's row, -1 where it has none such."""
    missing: np.ndarray
    """(n_lines,) bool: no item is named."""
    examples: tuple[str, ...]
    """Up to three items that the catalogue lacks."""
    also: str = ""
    """Another column that matches about as well, or ""."""


def find_items(table: pa.Table, names: Sequence[str], ids: Mapping[str, pa.ChunkedArray]) -> Match | None:
    """Return the best pair of a column among `names` and one of `ids`, or None where less than 1 % of lines match.

    A pair of the same name, then a column named like an id, goes before one that matches up to twice as often:
    small whole numbers match by accident.
    """
    step = max(1, table.num_rows // _SAMPLE)
    sample = table.take(np.arange(0, table.num_rows, step))
    known = {id_name: spelt(column) for id_name, column in ids.items() if _may_name(column)}
    shares: dict[tuple[str, str], float] = {}
    for name in names:
        if not _may_name(sample.column(name)):
            continue
        given = spelt(sample.column(name))
        for id_name, column in known.items():
            found = pc.index_in(given.dictionary, column.dictionary).take(given.indices)
            shares[name, id_name] = 1 - found.null_count / max(1, len(found))
    shares = {pair: share for pair, share in shares.items() if share >= MIN_MATCHED}
    if not shares:
        return None
    most = max(shares.values())
    ranked = sorted((pair for pair in shares if shares[pair] >= most / 2), key=lambda p: (_likeness(*p), -shares[p]))
    best = ranked[0]
    also = [pair for pair in ranked[1:] if pair[0] != best[0] or pair[1] != best[1]]
    also = [p for p in also if shares[p] >= _AS_GOOD * shares[best] and _likeness(*p) <= _likeness(*best)]
    rows, missing, examples = _rows(table.column(best[0]), known[best[1]])
    return Match(*best, rows, missing, examples, f"{also[0][0]!r} as {also[0][1]!r}" if also else "")


def _likeness(name: str, id_name: str) -> int:
    words = words_of(name)
    if words == words_of(id_name):
        return 0
    return 1 if _ID_WORDS & set(words) else 2


def spelt(column: pa.ChunkedArray | pa.Array) -> pa.DictionaryArray:
    """Return ids as people write them, each text once: 1, not 1.0, without spaces around; "" is null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    texts = pc.utf8_trim_whitespace(pc.cast(_whole(coded.dictionary), pa.string()))
    if pc.any(pc.ends_with(texts, ".0")).as_py():
        texts = pc.replace_substring_regex(texts, r"^(-?\d+)\.0$", r"\1")
    texts = pc.if_else(pc.equal(texts, ""), None, texts)
    return texts.take(coded.indices).dictionary_encode()


def _whole(values: pa.Array) -> pa.Array:
    """Turn whole floats into integers, as a column of ids with gaps is read."""
    if not pa.types.is_floating(values.type):
        return values
    known = values.drop_null()
    if pc.all(pc.equal(pc.floor(known), known)).as_py() is False or pc.any(pc.greater(pc.abs(known), 2.0**63)).as_py():
        return values
    return pc.cast(values, pa.int64(), safe=False)


def _may_name(column: pa.ChunkedArray) -> bool:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return True
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        return False
    mean = pc.mean(pc.utf8_length(column.slice(0, _SAMPLE))).as_py()
    return mean is not None and mean <= _LONG


def _rows(column: pa.ChunkedArray, known: pa.DictionaryArray) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return the catalogue's row of every line (-1), which lines name none, and three items that are not there."""
    first_row = np.full(len(known.dictionary), -1, np.int64)
    codes = np.asarray(pc.fill_null(known.indices, -1))
    valid = np.flatnonzero(codes >= 0)
    first_row[codes[valid][::-1]] = valid[::-1]
    given = spelt(column)
    places = np.asarray(pc.fill_null(pc.index_in(given.dictionary, known.dictionary), -1))
    rows_of = np.where(places >= 0, first_row[places], -1) if len(first_row) else np.full(len(places), -1)
    item_codes = np.asarray(pc.fill_null(given.indices, -1))
    missing = item_codes < 0
    rows = np.where(missing, -1, rows_of[item_codes] if len(rows_of) else -1)
    strangers = given.dictionary.take(np.flatnonzero(rows_of < 0)[:3])
    return rows.astype(np.int64), missing, tuple(strangers.to_pylist())
