"""Vectors of a build that did not end, kept beside the builds so that the next one need not embed those texts again.

var/catalogs/NAME/unfinished-<embedder>.vectors      records of hash, checksum, float16 vector, appended by chunks
"""

import hashlib
import os
import zlib
from pathlib import Path

import numpy as np

from retrieval.embed import Embedder, Vectors

_PATTERN = "unfinished-*.vectors"


class UnfinishedVectors:
    """The file of one catalogue and embedder; written by one build at a time, readable after a kill at any moment."""

    def __init__(self, parent: Path, embedder: Embedder) -> None:
        """Use the folder of all builds of a catalogue; the file need not be there."""
        known_as = hashlib.blake2b(f"{embedder.name}/{embedder.dim}".encode(), digest_size=6).hexdigest()
        self.path = parent / _PATTERN.replace("*", known_as)
        self._n_whole: int | None = None
        self._record = np.dtype([("hash", "<u8"), ("crc", "<u4"), ("vector", "<f2", (embedder.dim,))])

    def read(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (hashes, float16 vectors) up to the first record that is torn or damaged. Raises OSError."""
        raw = self.path.read_bytes()
        records = np.frombuffer(raw, self._record, count=len(raw) // self._record.itemsize)
        whole = next((i for i, record in enumerate(records) if record["crc"] != _crc(record)), len(records))
        return records["hash"][:whole], records["vector"][:whole]

    def append(self, hashes: np.ndarray, vectors: Vectors) -> None:
        """Add one chunk and push it to the disk; what is torn at the end of the file goes first."""
        records = np.zeros(len(hashes), self._record)
        records["hash"], records["vector"] = hashes, vectors
        records["crc"] = [_crc(record) for record in records]
        if self._n_whole is None:
            self._n_whole = len(self.read()[0]) if self.path.exists() else 0
        with self.path.open("r+b" if self._n_whole else "wb") as file:
            file.truncate(self._n_whole * self._record.itemsize)
            file.seek(0, os.SEEK_END)
            file.write(records.tobytes())
            file.flush()
            os.fsync(file.fileno())
        self._n_whole += len(records)


def forget_unfinished(parent: Path) -> None:
    """Remove what was kept for the next build, whatever its embedder."""
    for path in parent.glob(_PATTERN):
        path.unlink(missing_ok=True)


def _crc(record: np.void) -> int:
    return zlib.crc32(record["vector"].tobytes(), int(record["hash"]) & 0xFFFFFFFF)
