"""What an import yields, whatever it came from: typed columns, who liked what, and what was left out."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from retrieval.importing.raw import Rejected
from retrieval.importing.roles.evidence import Evidence
from retrieval.items import Field

if TYPE_CHECKING:
    from retrieval.importing.columns import Hint
    from retrieval.importing.roles.guess import Guess

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
class InteractionReport:
    """How the lines of the interactions fared: n_in = n_matched + n_unmatched + rejected, always."""

    n_in: int = 0
    n_unmatched: int = 0
    """Lines of items that the catalogue lacks."""
    n_repeated: int = 0
    """Matched lines of a user and item that a later line tells anew; the last counts."""
    rejected: list[Rejected] = field(default_factory=list)
    """Lines that could not be used."""
    unmatched: tuple[str, ...] = ()
    """Up to three of the items that the catalogue lacks."""
    columns: dict[str, str] = field(default_factory=dict)
    """user, item, rating, time → the column that was taken for it."""
    notices: list[str] = field(default_factory=list)

    @property
    def n_matched(self) -> int:
        """Lines of items in the catalogue."""
        return self.n_in - self.n_unmatched - len(self.rejected)

    def lines(self) -> list[str]:
        """Return one line a fact for people."""
        examples = f" ({', '.join(self.unmatched)})" if self.unmatched else ""
        named = ", ".join(f"{role} = {column}" for role, column in self.columns.items())
        lines = [f"Interactions: {named}".rstrip()]
        lines.append(
            f"  {self.n_in:,} in = {self.n_matched:,} of items here + {self.n_unmatched:,} of others{examples} + "
            f"{len(self.rejected):,} quarantined"
        )
        causes = Counter(row.reason for row in self.rejected)
        lines += [f"  {n:,} quarantined: {cause}" for cause, n in causes.most_common(5)]
        if self.n_repeated:
            lines.append(f"  {self.n_repeated:,} repeat a user and item; the last of each was kept")
        return lines + [f"  {notice}" for notice in self.notices]


@dataclass
class ImportReport:
    """How the rows of the source fared: n_in = n_loaded + n_rejected, always."""

    n_in: int = 0
    n_loaded: int = 0
    """Rows that are in the catalogue; n_loaded - n_merged items."""
    n_merged: int = 0
    """Loaded rows that repeat an item, told once."""
    rejected: list[Rejected] = field(default_factory=list)
    """Rows left out, in the order of the source."""
    notices: list[str] = field(default_factory=list)
    """What was converted, cut or assumed, a sentence each."""
    ignored: dict[str, str] = field(default_factory=dict)
    """Columns left out, with the cause."""
    interactions: InteractionReport | None = None
    """How the interactions fared, where there are any."""

    @property
    def n_rejected(self) -> int:
        """Rows left out for any cause."""
        return len(self.rejected)

    @property
    def n_interactions_in(self) -> int:
        """Lines in the source of the interactions."""
        return self.interactions.n_in if self.interactions else 0

    @property
    def n_interactions(self) -> int:
        """Those that belong to a loaded item."""
        return self.interactions.n_matched if self.interactions else 0

    @property
    def outcome(self) -> str:
        """How the import ended: "ok" or "ok with N quarantined"; the third way to end is a CatalogError."""
        n = self.n_rejected + (len(self.interactions.rejected) if self.interactions else 0)
        return f"ok with {n:,} quarantined" if n else "ok"

    def lines(self, *, columns: bool = True) -> list[str]:
        """Return one line a fact for people; `columns` lists those left out."""
        merged = f" ({self.n_merged:,} of them repeat another)" if self.n_merged else ""
        lines = [f"{self.n_in:,} rows in = {self.n_loaded:,} loaded{merged} + {self.n_rejected:,} quarantined"]
        causes = Counter(row.reason for row in self.rejected)
        lines += [f"  {n:,} quarantined: {cause}" for cause, n in causes.most_common(5)]
        lines += [f"  {notice}" for notice in self.notices]
        if columns and self.ignored:
            lines.append("  columns left out: " + ", ".join(f"{name} ({why})" for name, why in self.ignored.items()))
        return lines + (self.interactions.lines() if self.interactions else [])


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
    columns: tuple[Evidence, ...] = ()
    """How every column of the file was read, and why."""
    guesses: "Mapping[str, Guess]" = field(default_factory=dict)
    hints: "Mapping[str, Hint]" = field(default_factory=dict)
    """What somebody said of columns beside their roles, here or in catalog.toml."""
    found: "Mapping[str, Hint]" = field(default_factory=dict)
    """How columns turned out to be written, whether or not somebody said it."""
    noun: tuple[str, ...] = ()
    """Singular and plural of what the items are called, where catalog.toml says it."""
