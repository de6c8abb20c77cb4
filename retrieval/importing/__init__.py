"""A user's file → typed columns, guessed roles, and a report of what was left out and why."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from retrieval.importing.columns import Hint, Typed, type_columns
from retrieval.importing.imported import Imported, ImportReport, Interactions, Progress, no_progress
from retrieval.importing.interactions import read_interactions, require_usable
from retrieval.importing.quarantine import require_few, write_quarantine
from retrieval.importing.raw import RawTable
from retrieval.importing.readers import read_table
from retrieval.importing.readers.frames import as_raw
from retrieval.importing.roles import guess_roles
from retrieval.importing.roles.catalog_toml import wishes_for
from retrieval.importing.roles.evidence import evidence_of
from retrieval.importing.roles.found import found_hints
from retrieval.importing.roles.made import with_made
from retrieval.importing.roles.questions import Ask, nobody, settle_formats, settle_roles
from retrieval.importing.values.units import is_count
from retrieval.items import Field, Role
from retrieval.manifest import sha256_of


def import_file(
    path: Path,
    interactions: Path | Any | None = None,
    roles: Mapping[str, str] | None = None,
    report: Progress = no_progress,
    *,
    hints: Mapping[str, Hint] | None = None,
    force: bool = False,
    table: str = "",
    quarantine: Path | None = None,
    settings: Path | None = None,
    ask: Ask = nobody,
) -> Imported:
    """Read a catalogue file and, if given, the ratings that go with it.

    `roles` (column → role, or "ignore") and `hints` overrule what is guessed; `table` names one of several tables in
    a file; rows that cannot be used are listed in `quarantine`; `settings` is a catalog.toml, if there is one; `ask`
    decides what names and values leave open, which is otherwise assumed and reported. Raises CatalogError naming what
    is wrong, also where more than 5 % of the rows cannot be used, unless `force`.
    """
    raw = read_table(path, report, table=table)
    return import_table(
        raw, interactions, roles, report, hints=hints, force=force, quarantine=quarantine, settings=settings, ask=ask,
        source=path.name, source_sha256=sha256_of(path),
    )  # fmt: skip


def import_table(
    table: Any,
    interactions: Path | Any | None = None,
    roles: Mapping[str, str] | None = None,
    report: Progress = no_progress,
    *,
    hints: Mapping[str, Hint] | None = None,
    force: bool = False,
    quarantine: Path | None = None,
    settings: Path | None = None,
    ask: Ask = nobody,
    source: str = "",
    source_sha256: str = "",
) -> Imported:
    """Do the same with a table in memory: a RawTable, or any frame that speaks Arrow (pandas, polars, pyarrow)."""
    raw = table if isinstance(table, RawTable) else as_raw(table)
    wishes = wishes_for(raw.table, settings, roles or {}, hints or {})
    guesses = guess_roles(raw.table, roles or {}, wishes.roles)
    guesses, assumed = settle_roles(guesses, ask)
    raw = with_made(raw, guesses)
    told = settle_formats(raw.table, guesses, wishes.hints, ask)
    typed = type_columns(raw, guesses, told, report)
    rejected = sorted([*raw.rejected, *typed.rejected], key=lambda row: (row.file, row.line))
    n_in = raw.table.num_rows + len(raw.rejected)
    done = ImportReport(
        n_in=n_in, n_loaded=n_in - len(rejected), n_merged=typed.n_merged, rejected=rejected,
        notices=[*raw.notices, *wishes.notices, *assumed, *typed.notices], ignored=typed.ignored,
    )  # fmt: skip
    settle(done, force=force, quarantine=quarantine)
    rated = None
    if interactions is not None:
        ids = _ids(raw, typed)
        rated, done.interactions = read_interactions(interactions, ids, report)
        if quarantine is not None and done.interactions.rejected:
            write_quarantine(quarantine, [*done.rejected, *done.interactions.rejected])
        if not force:
            require_usable(done.interactions, quarantine)
    prominence = prominence_of(typed.table, typed.fields, rated)
    return Imported(
        typed.table, typed.fields, prominence, done, rated, source, source_sha256,
        columns=tuple(evidence_of(raw.table, guesses, typed.fields)), guesses=guesses, hints=told,
        noun=tuple(wishes.noun), found=found_hints(raw.table, typed, guesses),
    )  # fmt: skip


def _ids(raw: RawTable, typed: Typed) -> dict[str, pa.ChunkedArray]:
    """Return the columns by which interactions may name an item, each in row order."""
    fields = [f for role in (Role.ID, Role.TITLE) for f in typed.fields if f.role is role]
    others = [name for name, why in typed.ignored.items() if why == "another id" and name in raw.table.column_names]
    ids = {f.name: typed.table.column(f.name) for f in fields}
    return ids | {name: raw.table.column(name).take(typed.kept) for name in others}


def settle(done: ImportReport, *, force: bool = False, quarantine: Path | None = None) -> None:
    """List the rejected rows in `quarantine`, or remove it where there are none.

    Raises CatalogError where more than 5 % of the rows were rejected, unless `force`.
    """
    if quarantine is not None:
        write_quarantine(quarantine, done.rejected)
    if not force:
        require_few(done.rejected, done.n_in, "rows", quarantine)


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
