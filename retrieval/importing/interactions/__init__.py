"""A table of interactions → arrays over the rows of a catalogue, whichever of its ids the table speaks of."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.imported import InteractionReport, Interactions, Progress, no_progress
from retrieval.importing.interactions.item_ids import Match, find_items, spelt
from retrieval.importing.interactions.published import FIRST, SECOND, read_ratings
from retrieval.importing.interactions.ratings import look_like_counts, numbers, seconds
from retrieval.importing.names import words_of
from retrieval.importing.quarantine import require_few
from retrieval.importing.raw import RAW_CHARS, RawTable, Rejected
from retrieval.importing.readers.frames import as_raw, is_frame

_USER = (
    "userid user reviewerid reviewer customerid customer memberid member visitorid uid accountid account profileid "
    "personid sessionid u"
).split()
_RATING = "rating ratings bookrating overall score stars starrating ratingscore playcount r".split()
_TIME = (
    "timestamp unixreviewtime unixtime ts time datetime ratedat createdat date reviewtime reviewdate updatedat "
    "ratingtimestamp"
).split()


def read_interactions(
    source: Path | Any, ids: Mapping[str, pa.ChunkedArray], report: Progress = no_progress
) -> tuple[Interactions, InteractionReport]:
    """Read who chose what, from a file or a frame; of a repeated pair of user and item the last counts.

    `ids` are the columns that identify items, each in row order; the item column is the one whose values best match
    one of them. Raises CatalogError where there is no user column, or where less than 1 % of the lines match.
    """
    name = "the frame of interactions" if is_frame(source) else Path(source).name
    report("interactions", 0, 1)
    raw = as_raw(source) if is_frame(source) else read_ratings(Path(source), report)
    table = raw.table
    rating, time = _named(table, _RATING), _named(table, _TIME)
    user, match = _user_and_items(table, {rating, time}, ids, name)
    done = _begun(raw, user, match, {"rating": rating, "time": time})
    users, reasons = _users(table.column(user))
    reasons[(reasons == "") & match.missing] = "no item"
    ratings = _ratings(table, rating, reasons, done)
    done.rejected = [replace(row, file=row.file or name) for row in raw.rejected] + _rejected(raw, reasons, name)
    done.n_unmatched = int(((reasons == "") & (match.rows < 0)).sum())
    kept = np.flatnonzero((reasons == "") & (match.rows >= 0))
    stamps = np.zeros(table.num_rows, np.int64) if time is None else _stamps(table.column(time), kept, done)
    last = _last_of_pairs(users[kept], match.rows[kept], stamps[kept])
    done.n_repeated = len(kept) - len(last)
    kept = kept[last]
    report("interactions", 1, 1)
    found = Interactions(
        users[kept].astype(np.int32), match.rows[kept].astype(np.int32), ratings[kept].astype(np.float32), stamps[kept]
    )
    return found, done


def require_usable(done: InteractionReport, where: Path | None = None) -> None:
    """Raise CatalogError where more than 5 % of the lines cannot be used; `where` is the file that lists them."""
    if done.rejected:
        require_few(done.rejected, done.n_in, f"lines of {done.rejected[0].file}", where)


def _begun(raw: RawTable, user: str, match: Match, others: dict[str, str | None]) -> InteractionReport:
    done = InteractionReport(n_in=raw.table.num_rows + len(raw.rejected), unmatched=match.examples)
    done.columns = {"user": user, "item": f"{match.name} (the catalogue's {match.id_name})"}
    done.columns |= {role: column for role, column in others.items() if column}
    done.notices = [*raw.notices, *([f"{match.also} would have matched as well."] if match.also else [])]
    return done


def _named(table: pa.Table, wanted: list[str]) -> str | None:
    """Return the column called one of these, the earlier ones first; "User-ID" and "user_id:token" are "userid"."""
    plain = {"".join(words_of(name)): name for name in reversed(table.column_names)}
    return next((plain[name] for name in wanted if name in plain), None)


def _user_and_items(
    table: pa.Table, others: set[str | None], ids: Mapping[str, pa.ChunkedArray], name: str
) -> tuple[str, Match]:
    """Return the user column and where the items were found."""
    if table.column_names[:2] == [FIRST, SECOND]:
        match = find_items(table, [SECOND], ids) or find_items(table, [FIRST], ids)
        if match is None:
            raise CatalogError(_strangers(table, [FIRST, SECOND], ids, name))
        return FIRST if match.name == SECOND else SECOND, match
    user = _named(table, _USER)
    if user is None:
        columns = ", ".join(table.column_names[:12])
        wanted = "One of them must be called user_id, user or reviewerID."
        raise CatalogError(f"{name} names no user (its columns are {columns}). {wanted}")
    candidates = [column for column in table.column_names if column not in others | {user}]
    match = find_items(table, candidates, ids)
    if match is None:
        raise CatalogError(_strangers(table, candidates, ids, name))
    return user, match


def _strangers(table: pa.Table, candidates: list[str], ids: Mapping[str, pa.ChunkedArray], name: str) -> str:
    """Say that the lines are of other items than the catalogue's, with a few of either side."""

    def few(column: pa.ChunkedArray) -> str:
        return ", ".join(str(value) for value in column.slice(0, 3).to_pylist())

    theirs = "; ".join(f"{column!r} holds {few(table.column(column))}" for column in candidates[:3]) or "no item column"
    ours = "; ".join(f"{column!r} holds {few(values)}" for column, values in ids.items())
    return (
        f"Less than 1 % of the lines of {name} name an item of this catalogue: there {theirs}; in the catalogue "
        f"{ours}. Give the interactions that belong to it."
    )


def _users(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Return (n,) int64 numbers of the users, and why a line cannot be used ("" where it can)."""
    codes = spelt(column).indices
    reasons = np.full(len(column), "", object)
    reasons[np.asarray(pc.is_null(codes))] = "no user"
    return np.asarray(pc.fill_null(codes, 0)).astype(np.int64), reasons


def _ratings(table: pa.Table, name: str | None, reasons: np.ndarray, done: InteractionReport) -> np.ndarray:
    """Return (n,) float64 ratings; a line without one is rejected; all 1 where there are none, or only counts."""
    if name is None:
        return np.ones(table.num_rows)
    found = numbers(table.column(name))
    bad = (reasons == "") & ~np.isfinite(found)
    reasons[bad] = f"no number in {name!r}"
    known = found[np.isfinite(found)]
    if look_like_counts(known):
        done.notices.append(f"{name!r} looks like a count (up to {known.max():g}): every line counts as a like.")
        return np.ones(table.num_rows)
    return found


def _stamps(column: pa.ChunkedArray, kept: np.ndarray, done: InteractionReport) -> np.ndarray:
    found = seconds(column)
    n_unknown = int(np.isnan(found[kept]).sum())
    if n_unknown:
        done.notices.append(f"{n_unknown:,} times could not be read; they count as the earliest.")
    return np.nan_to_num(found).astype(np.int64)


def _rejected(raw: RawTable, reasons: np.ndarray, name: str) -> list[Rejected]:
    bad = np.flatnonzero(reasons != "")
    rows = raw.table.take(bad).to_pylist()
    return [
        Rejected(int(raw.lines[i]), reasons[i], ", ".join(f"{k}={v}" for k, v in row.items())[:RAW_CHARS], name)
        for i, row in zip(bad, rows, strict=True)
    ]


def _last_of_pairs(users: np.ndarray, rows: np.ndarray, stamps: np.ndarray) -> np.ndarray:
    """Return the positions of the last entry of every pair of user and row, ascending."""
    pairs = users * (int(rows.max(initial=0)) + 1) + rows
    order = np.lexsort((stamps, pairs))  # stable: of equal times, the later line is the last
    is_last = np.append(pairs[order][1:] != pairs[order][:-1], True)[: len(order)]
    return np.sort(order[is_last])
