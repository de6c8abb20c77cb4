"""A file of ratings → arrays over the rows of a catalogue, whichever of its ids the file speaks of."""

import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from errors import CatalogError
from retrieval.importing.imported import Interactions
from retrieval.importing.raw import RawTable
from retrieval.importing.reading import read_table
from retrieval.importing.roles import words_of

_USER = {"user", "userid", "reviewer", "reviewerid", "member", "customer", "account", "u"}
_RATING = {"rating", "ratings", "score", "stars", "overall", "r"}
_TIME = {"timestamp", "ts", "time", "date", "unixreviewtime", "datetime"}
_MIN_MATCHED = 0.01
_MOST_BYTES = 2 << 30


def read_interactions(path: Path, ids: Mapping[str, pa.ChunkedArray]) -> tuple[Interactions, int]:
    """Read who rated what; return what belongs to an item, and how many lines there were.

    `ids` are the columns that identify items, each in row order; the file's item column is the one whose values
    best match one of them. Raises CatalogError where there is no user column or nothing matches.
    """
    raw = _read_ratings(path)
    table, n_bad = raw.table, len(raw.rejected)
    user = _named(table, _USER)
    if user is None:
        raise CatalogError(f"{path} names no user: one of its columns must be called user, user_id or userId.")
    rating, time = _named(table, _RATING), _named(table, _TIME)
    others = [name for name in table.column_names if name not in (user, rating, time)]
    rows = _best_match(table, others, ids)
    if rows is None:
        raise CatalogError(f"The items in {path} are none of the catalogue's: compared with {', '.join(ids)}.")
    numbers = np.ones(table.num_rows) if rating is None else _numbers(table.column(rating))
    stamps = np.zeros(table.num_rows) if time is None else _seconds(table.column(time))
    kept = (rows >= 0) & np.isfinite(numbers)
    users = table.column(user).combine_chunks().dictionary_encode().indices.to_numpy(zero_copy_only=False)
    kept &= np.isfinite(users.astype(np.float64))
    return (
        Interactions(
            users[kept].astype(np.int32), rows[kept].astype(np.int32), numbers[kept].astype(np.float32),
            stamps[kept].astype(np.int64),
        ),
        table.num_rows + n_bad,
    )  # fmt: skip


def _read_ratings(path: Path) -> RawTable:
    """Read a table, or the ratings.csv of a MovieLens archive as it is downloaded."""
    if path.suffix != ".zip":
        return read_table(path)
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            member = next((name for name in archive.namelist() if Path(name).name == "ratings.csv"), None)
            if member is None:
                raise CatalogError(f"{path} holds no ratings.csv. Unpack it and give the file of ratings.")
            if archive.getinfo(member).file_size > _MOST_BYTES:
                raise CatalogError(
                    f"{member} in {path} is larger than {_MOST_BYTES >> 30} GB. Unpack it and give that."
                )
            target = Path(folder) / "ratings.csv"
            with archive.open(member) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            return read_table(target)
    except (OSError, zipfile.BadZipFile) as error:
        raise CatalogError(f"{path} is no readable zip file ({error}).") from error


def _named(table: pa.Table, wanted: set[str]) -> str | None:
    for name in table.column_names:
        words = words_of(name)
        if name.lower() in wanted or (words and words[0] in wanted):
            return name
    return None


def _best_match(table: pa.Table, names: Sequence[str], ids: Mapping[str, pa.ChunkedArray]) -> np.ndarray | None:
    """Return an item row a line (-1 where unmatched) by the pair of columns that match most lines."""
    best, n_best = None, max(1, int(_MIN_MATCHED * table.num_rows)) - 1
    for name in names:
        if pa.types.is_nested(table.column(name).type):
            continue
        given = as_text(table.column(name))
        for column in ids.values():
            if pa.types.is_nested(column.type):
                continue
            rows = pc.fill_null(pc.index_in(given, as_text(column), skip_nulls=True), -1).to_numpy()
            if (rows >= 0).sum() > n_best:
                best, n_best = rows, int((rows >= 0).sum())
    return best


def as_text(column: pa.ChunkedArray) -> pa.Array:
    """Return ids as text, the way people write them: 1, not 1.0."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_floating(array.type):
        array = pc.cast(array, pa.int64(), safe=False)
    return pc.cast(array, pa.string())


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    try:
        found: np.ndarray = pc.cast(column, pa.float64()).to_numpy()
    except pa.ArrowInvalid as error:
        raise CatalogError(f"The ratings hold something that is no number ({error}).") from error
    return found


def _seconds(column: pa.ChunkedArray) -> np.ndarray:
    """Return seconds since 1970; milliseconds are told by their size, texts are read as dates, unknown is 0."""
    if pa.types.is_temporal(column.type):
        column = pc.cast(pc.cast(column, pa.timestamp("s")), pa.int64())
    elif not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        column = _seconds_of_texts(column)
    stamps: np.ndarray = np.nan_to_num(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False))
    return stamps / 1000 if len(stamps) and stamps.max() > 1e11 else stamps


def _seconds_of_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    try:
        return pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        pass
    try:
        return pc.cast(pc.cast(column, pa.timestamp("s")), pa.int64())
    except pa.ArrowInvalid as error:
        raise CatalogError(f"The times are neither seconds nor dates like 1999-12-31 ({error}).") from error
