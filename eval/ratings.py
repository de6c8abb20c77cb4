"""MovieLens ratings joined with a catalogue: one history a user, the last liked item held out."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from agents.profile.rated import Rated
from agents.stateless import LIKED_FROM
from errors import InputError
from retrieval.catalog import Catalog

_LEAST = 20
"""Rated items before the one held out."""


@dataclass(frozen=True)
class History:
    """What one user rated before the item held out."""

    user: str
    rated: list[Rated]
    """Oldest first."""
    target: int
    """Row of the last item the user liked; what came after it is not used at all."""
    today: date


@dataclass(frozen=True)
class Ratings:
    """All ratings of items the catalogue has, as parallel arrays in the order of time."""

    users: np.ndarray
    rows: np.ndarray
    ratings: np.ndarray
    times: np.ndarray
    n_unknown: int
    """Ratings of items it has not."""


def read_ratings(path: Path, catalog: Catalog) -> Ratings:
    """Read ratings.csv and links.csv of a MovieLens archive; items are joined by their IMDb id. Raises InputError."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {Path(name).name: name for name in archive.namelist()}
            tables = {}
            for name in ("ratings.csv", "links.csv"):
                with archive.open(names[name]) as file:
                    tables[name] = list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))
        row_of = {line["movieId"]: catalog.row_of(f"tt{line['imdbId'].zfill(7)}") for line in tables["links.csv"]}
        known = [line for line in tables["ratings.csv"] if row_of.get(line["movieId"]) is not None]
        users = np.array([line["userId"] for line in known])
        rows = np.array([row_of[line["movieId"]] for line in known], np.int64)
        ratings = np.array([float(line["rating"]) for line in known])
        times = np.array([int(line["timestamp"]) for line in known])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is no MovieLens archive with ratings.csv and links.csv ({error}).") from error
    if not len(rows):
        raise InputError(f"No item of {path} is in the catalogue {catalog.name!r}: its ids must be IMDb ids.")
    order = np.argsort(times, kind="stable")
    return Ratings(users[order], rows[order], ratings[order], times[order], len(tables["ratings.csv"]) - len(known))


def histories(given: Ratings, catalog: Catalog, seed: int) -> list[History]:
    """Return the users with at least 20 ratings before their last like, shuffled by the seed."""
    found = []
    for user in np.unique(given.users):
        places = np.flatnonzero(given.users == user)
        liked = places[given.ratings[places] >= LIKED_FROM]
        before = places[places < liked[-1]] if len(liked) else places[:0]
        if len(before) < _LEAST:
            continue
        rated = [Rated(catalog.ids[given.rows[i]], float(given.ratings[i]), _day(int(given.times[i]))) for i in before]
        found.append(History(str(user), rated, int(given.rows[liked[-1]]), _day(int(given.times[liked[-1]]))))
    return [found[i] for i in np.random.default_rng(seed).permutation(len(found))]


def without_held_out(given: Ratings, held: list[History]) -> np.ndarray:
    """Return a mask of the ratings to fit on: of users asked about, only what came before the item held out."""
    keep = np.ones(len(given.rows), bool)
    for history in held:
        places = np.flatnonzero(given.users == history.user)
        keep[places[len(history.rated) :]] = False
    return keep


def _day(time: int) -> date:
    return datetime.fromtimestamp(time, UTC).date()
