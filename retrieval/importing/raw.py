"""What every reader yields: a table as it is written, where each row stood, and what could not be read."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

RAW_CHARS = 2000
"""At most so much of a rejected row is kept."""


@dataclass(frozen=True)
class Rejected:
    """One row of the source that is not in the catalogue."""

    line: int
    """Where the row begins in its file, from 1: a line of a text file, else the number of the row."""
    reason: str
    """One clause that people understand: "5 values where the header names 4 columns"."""
    raw: str
    """The row as it stands in the file, cut to RAW_CHARS; bytes that are no text are written as \\xNN."""
    file: str = ""
    """Name of the file, where the source is a folder."""


@dataclass
class RawTable:
    """n_in = table.num_rows + len(rejected): a reader drops no row without a word."""

    table: pa.Table
    """Columns as written: text files give text (empty is null, "NULL" and "00012" stay text), Parquet its own types."""
    lines: np.ndarray
    """(n_rows,) int64: where each row of `table` begins in its file, as in `Rejected.line`."""
    rejected: list[Rejected] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    """What was converted, cut or assumed on the way, one sentence each: "Read as UTF-16 and converted"."""
    files: list[tuple[int, str]] = field(default_factory=list)
    """Where the source is a folder: the first row of each file in `table`, and its name."""

    def file_of(self, position: int) -> str:
        """Return the name of the file that a row of `table` comes from, or "" where the source is one file."""
        return next((name for first, name in reversed(self.files) if first <= position), "")
