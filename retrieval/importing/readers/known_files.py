"""Published data sets whose files name no columns: what their files are called, and what stands in them."""

from collections.abc import Sequence
from pathlib import PurePath

import pyarrow as pa

_GENRES_100K = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
_FLAG = "genre:"
_COLUMNS = {
    "movies.dat": ("item_id", "title", "genres"),
    "ratings.dat": ("user_id", "item_id", "rating", "timestamp"),
    "users.dat": ("user_id", "gender", "age", "occupation", "zip_code"),
    "u.data": ("user_id", "item_id", "rating", "timestamp"),
    "u.user": ("user_id", "age", "gender", "occupation", "zip_code"),
    "u.item": (
        "item_id", "title", "release_date", "video_release_date", "link", *(_FLAG + genre for genre in _GENRES_100K),
    ),
}  # fmt: skip
_ITEM_STEMS = ("items", "movies", "u.item")
"""Of the files of one data set, those that describe its items (GroupLens names them so)."""


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns of a file without a header that is known by its name, else ()."""
    return _COLUMNS.get(PurePath(name).name.lower(), ())


def describing_items(names: Sequence[str]) -> str | None:
    """Return the one of several files that describes the items of a known data set."""
    found = [
        name
        for name in names
        if PurePath(name).name.lower().split(".csv")[0].split(".dat")[0] in _ITEM_STEMS or name.endswith(".item")
    ]
    return found[0] if len(found) == 1 else None


def with_genres(table: pa.Table) -> pa.Table:
    """Turn the nineteen 0/1 columns of u.item into one list of names."""
    flags = [name for name in table.column_names if name.startswith(_FLAG)]
    if not flags:
        return table
    genres: list[list[str]] = [[] for _ in range(table.num_rows)]
    for flag in flags:
        for row, value in enumerate(table.column(flag).to_pylist()):
            if value == "1":
                genres[row].append(flag.removeprefix(_FLAG))
    return table.drop_columns(flags).append_column("genres", pa.array(genres, pa.list_(pa.string())))
