"""Phrase → (row, exactness) pairs in flat arrays: some fifteen bytes a pair, where dictionaries take two hundred."""

import hashlib
import zlib
from array import array
from collections.abc import Mapping

import numpy as np

_BITS_A_PHRASE = 16


class PhraseWriter:
    """Collects pairs; of a pair given twice the higher exactness counts."""

    def __init__(self) -> None:
        self._hashes, self._sums, self._rows, self._codes = array("Q"), array("I"), array("i"), array("B")
        self._code: dict[float, int] = {}

    def add(self, phrase: str, row: int, exactness: float) -> None:
        """Let a phrase stand for a row."""
        raw = phrase.encode()
        self._hashes.append(_hash(raw))
        self._sums.append(zlib.crc32(raw))
        self._rows.append(row)
        self._codes.append(self._code.setdefault(exactness, len(self._code)))

    def packed(self) -> "PackedPhrases":
        """Return what was collected, sorted."""
        levels = np.array([*self._code, 0.0])
        hashes, rows = np.frombuffer(self._hashes, np.uint64), np.frombuffer(self._rows, np.int32)
        codes = np.frombuffer(self._codes, np.uint8)
        order = np.lexsort((-levels[codes], rows, hashes))
        hashes, rows, codes = hashes[order], rows[order], codes[order]
        again = (hashes[1:] == hashes[:-1]) & (rows[1:] == rows[:-1])
        first = np.flatnonzero(np.concatenate([np.ones(min(len(rows), 1), bool), ~again]))
        hashes, rows, codes = hashes[first], rows[first], codes[first]
        begins = np.flatnonzero(np.concatenate([np.ones(min(len(rows), 1), bool), hashes[1:] != hashes[:-1]]))
        bits = np.zeros(1 << max(3, int(len(begins) * _BITS_A_PHRASE).bit_length()), bool)
        bits[np.frombuffer(self._sums, np.uint32) & (len(bits) - 1)] = True
        return PackedPhrases(
            {
                "hashes": hashes[begins], "ends": np.append(begins, len(rows)).astype(np.int64), "rows": rows,
                "codes": codes, "levels": levels, "bits": np.packbits(bits, bitorder="little"),
            }
        )  # fmt: skip


class PackedPhrases:
    """Pairs by phrase. A phrase is known by 64 bits of a hash: of 10¹² strange ones, one finds one of ten million."""

    def __init__(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Use PhraseWriter, or give the `arrays` of another."""
        self.arrays = dict(arrays)
        """Everything there is, to be saved."""
        self._hashes, self._ends, self._rows = arrays["hashes"], arrays["ends"], arrays["rows"]
        self._codes = arrays["codes"]
        self._levels: list[float] = arrays["levels"].tolist()
        self._bits = arrays["bits"].tobytes()
        self._mask = len(self._bits) * 8 - 1

    def __contains__(self, phrase: object) -> bool:
        """Whether the phrase stands for anything."""
        return isinstance(phrase, str) and self._find(phrase) >= 0

    def get(self, phrase: str) -> list[tuple[int, float]] | None:
        """Return the pairs of a phrase by row, or None where it stands for nothing."""
        at = self._find(phrase)
        if at < 0:
            return None
        part = slice(self._ends[at], self._ends[at + 1])
        return [
            (row, self._levels[code]) for row, code in zip(self._rows[part].tolist(), self._codes[part], strict=True)
        ]

    def _find(self, phrase: str) -> int:
        raw = phrase.encode()
        bit = zlib.crc32(raw) & self._mask
        # Nearly every phrase asked for is none; one bit tells so ten times as fast as the search does.
        if not self._bits[bit >> 3] >> (bit & 7) & 1:
            return -1
        wanted = np.uint64(_hash(raw))
        at = int(self._hashes.searchsorted(wanted))
        return at if at < len(self._hashes) and self._hashes[at] == wanted else -1


def _hash(raw: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")
