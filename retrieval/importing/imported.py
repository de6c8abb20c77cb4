"""What an import yields, whatever it came from: typed columns, who liked what, and what was left out."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from retrieval.items import Field

Progress = Callable[[str, int, int], None]
"""Told (stage, done, total) while something long runs; a stage begins with 0 done."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Interactions:
    """Ratings as four arrays of one length; `rows` are row numbers of the catalogue."""

    users: np.ndarray
    """int32, 0 … n_users-1."""
    rows: np.ndarray
    """int32."""
    ratings: np.ndarray
    """float32, on the scale of the source; all 1 where the source has none."""
    timestamps: np.ndarray
    """int64 seconds; all 0 where the source has none."""


@dataclass
class ImportReport:
    """How the rows of the source fared: n_loaded + n_skipped = n_in."""

    n_in: int = 0
    n_loaded: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    """Rows left out, by cause."""
    ignored: dict[str, str] = field(default_factory=dict)
    """Columns left out, with the cause."""
    n_interactions_in: int = 0
    n_interactions: int = 0
    """Ratings in the source, and those that belong to a loaded item."""

    @property
    def n_skipped(self) -> int:
        """Rows left out for any cause."""
        return sum(self.skipped.values())

    def lines(self) -> list[str]:
        """Return one line a fact for people."""
        lines = [f"{self.n_loaded:,} of {self.n_in:,} rows loaded, {self.n_skipped:,} skipped"]
        lines += [f"  skipped {n:,}: {cause}" for cause, n in self.skipped.most_common()]
        if self.ignored:
            lines.append("  columns left out: " + ", ".join(f"{name} ({why})" for name, why in self.ignored.items()))
        if self.n_interactions_in:
            lines.append(f"{self.n_interactions:,} of {self.n_interactions_in:,} ratings belong to a loaded item")
        return lines


@dataclass(frozen=True)
class Imported:
    """A catalogue ready to be written: `table` and `prominence` as `write_catalog` wants them."""

    table: pa.Table
    fields: list[Field]
    prominence: np.ndarray
    report: ImportReport
    interactions: Interactions | None = None
    source: str = ""
    """Name of the file it came from, or ""."""
    source_sha256: str = ""
