"""A user's file → typed columns, guessed roles, and a report of what was left out and why."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from errors import CatalogError
from retrieval.importing.columns import type_columns
from retrieval.importing.imported import Imported, ImportReport, Interactions, Progress, no_progress
from retrieval.importing.interactions import read_interactions
from retrieval.importing.raw import RawTable
from retrieval.importing.reading import read_table
from retrieval.importing.roles import guess_roles
from retrieval.importing.units import is_count
from retrieval.items import Field, Role
from retrieval.manifest import sha256_of

_BAD_SHARE = 0.05
"""A larger share of unreadable lines means that the file is not what its name says."""


def import_file(
    path: Path,
    interactions: Path | None = None,
    roles: Mapping[str, str] | None = None,
    report: Progress = no_progress,
) -> Imported:
    """Read a catalogue file and, if given, the ratings that go with it.

    `roles` (column → role, or "ignore") overrules what is guessed. Raises CatalogError naming what is wrong.
    """
    raw = read_table(path, report)
    n_bad, n_in = len(raw.rejected), raw.table.num_rows + len(raw.rejected)
    if n_bad > _BAD_SHARE * n_in:
        raise CatalogError(f"{n_bad:,} of {n_in:,} lines of {path} cannot be read. Check the file.")
    return import_table(
        raw.table, interactions, roles, report, n_bad=n_bad, source=path.name, source_sha256=sha256_of(path)
    )


def import_table(
    table: pa.Table,
    interactions: Path | None = None,
    roles: Mapping[str, str] | None = None,
    report: Progress = no_progress,
    *,
    n_bad: int = 0,
    source: str = "",
    source_sha256: str = "",
) -> Imported:
    """Do the same with a table in memory; `n_bad` lines of its source could not be read."""
    guesses = guess_roles(table, roles or {})
    raw = RawTable(table, np.arange(1, table.num_rows + 1, dtype=np.int64))
    typed = type_columns(raw, guesses, {}, report)
    skipped = Counter(rejected.reason for rejected in typed.rejected)
    done = ImportReport(table.num_rows + n_bad, typed.table.num_rows, skipped, typed.ignored)
    if n_bad:
        done.skipped["unreadable line"] = n_bad
    rated = None
    if interactions is not None:
        report("ratings", 0, 1)
        others = [name for name, why in typed.ignored.items() if why == "another id" and name in table.column_names]
        ids = {f.name: typed.table.column(f.name) for f in typed.fields if f.role is Role.ID}
        rated, done.n_interactions_in = read_interactions(
            interactions, ids | {name: table.column(name).take(typed.kept) for name in others}
        )
        done.n_interactions = len(rated.rows)
        report("ratings", 1, 1)
    prominence = prominence_of(typed.table, typed.fields, rated)
    return Imported(typed.table, typed.fields, prominence, done, rated, source, source_sha256)


def prominence_of(table: pa.Table, fields: list[Field], rated: Interactions | None) -> np.ndarray:
    """Return (n_items,) float32 in 0–1: the mean rank of an item among counts of ratings, votes and reviews.

    An item that a count says nothing about is left out of that mean; one that no count knows is at 0. All are at
    0.5 where there are no counts.
    """
    signals = [
        np.array([np.nan if v is None else v for v in table.column(f.name).to_pylist()], np.float64)
        for f in fields
        if f.role is Role.NUMBER and is_count(f.name)
    ]
    if rated is not None and len(rated.rows):
        signals.append(np.bincount(rated.rows, minlength=table.num_rows).astype(np.float64))
    if not signals:
        return np.full(table.num_rows, 0.5, np.float32)
    ranks = np.stack([_rank(signal) for signal in signals])
    known = np.isfinite(ranks)
    mean = np.where(known, ranks, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return mean.astype(np.float32)


def _rank(values: np.ndarray) -> np.ndarray:
    """Return which share of the known values is smaller, 0–1; NaN stays NaN."""
    known = np.isfinite(values)
    ordered = np.sort(values[known])
    ranks = np.full(len(values), np.nan)
    ranks[known] = np.searchsorted(ordered, values[known]) / max(len(ordered) - 1, 1)
    return ranks
