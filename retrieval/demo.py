"""The demo catalogue: films with facts from one pinned wheel, ratings from another, loglines and tags of our own."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from retrieval.building import BuildReport, build_bundle
from retrieval.demo_sources import FACTS, RATINGS, Film, Ratings, join, path_of, read_films, read_ratings
from retrieval.embed import Embedder
from retrieval.importing import prominence_of
from retrieval.importing.imported import Imported, ImportReport, InteractionReport, Interactions, Progress, no_progress
from retrieval.importing.values.fields import as_array, describe
from retrieval.importing.values.lists import read_lists
from retrieval.importing.values.texts import is_unknown, tidy
from retrieval.items import Role
from retrieval.manifest import sha256_of

NAME = "demo"
LOGLINES = Path(__file__).with_name("demo_loglines.jsonl")
VECTORS = Path(__file__).with_name("demo_vectors.npz")
MODEL = Path(__file__).with_name("demo_model")
"""A trained model of what comes next; its ids are those of the demo's films, or it is not used."""

_COMMA = re.compile(r", (?!(?:Jr\.|Sr\.|III|PhD)(?:,|$))")
_MIN_RATINGS = 5
"""A mean of fewer ratings says too little to order items by it."""
_MIN_BOX_OFFICE = 1000
"""Six films come with a few dollars, which are millions or thousands: better unknown than wrong."""

# name, role, unit, label
_FIELDS: list[tuple[str, Role, str, str]] = [
    ("item_id", Role.ID, "", "id"),
    ("title", Role.TITLE, "", "title"),
    ("year", Role.NUMBER, "year", "year"),
    ("logline", Role.TEXT, "", "logline"),
    ("genres", Role.FACET, "", "genres"),
    ("tags", Role.FACET, "", "tags"),
    ("directors", Role.PERSON, "", "directors"),
    ("cast", Role.PERSON, "", "cast"),
    ("writers", Role.PERSON, "", "writers"),
    ("countries", Role.FACET, "", "countries"),
    ("languages", Role.FACET, "", "languages"),
    ("runtime_min", Role.NUMBER, "min", "runtime"),
    ("rated", Role.FACET, "", "rated"),
    ("critic_score", Role.NUMBER, "%", "critic score"),
    ("critic_reviews", Role.NUMBER, "", "critic reviews"),
    ("rating_mean", Role.NUMBER, "", "average rating"),
    ("rating_count", Role.NUMBER, "", "ratings"),
    ("oscars", Role.NUMBER, "", "oscars"),
    ("box_office_usd", Role.NUMBER, "usd", "box office"),
    ("studios", Role.FACET, "", "studios"),
]


def build_demo(var_dir: Path, report: Progress | None = None, embedder: Embedder | None = None) -> BuildReport:
    """Build the demo catalogue from installed packages alone. Raises CatalogError where one is missing."""
    return build_bundle(load_demo, NAME, var_dir, report=report, embedder=embedder, known=VECTORS, model=MODEL)


def load_demo(report: Progress = no_progress) -> Imported:
    """Read, join and type the demo's items and ratings."""
    report("reading films", 0, 1)
    records = read_films()
    report("reading films", 1, 1)
    report("reading ratings", 0, 1)
    ratings = read_ratings()
    report("reading ratings", 1, 1)
    films = list({film.item_id: film for film in reversed(records)}.values())[::-1]
    rated = _rated(films, ratings, join(records, ratings.names))
    done = ImportReport(
        n_in=len(records), n_loaded=len(records), n_merged=len(records) - len(films),
        interactions=InteractionReport(len(ratings.keys), n_unmatched=len(ratings.keys) - len(rated.rows)),
    )  # fmt: skip
    table, fields = _typed(films, rated, report)
    prominence = prominence_of(table, fields, None)
    source = "films from " + " + ".join(package for package, _ in (FACTS, RATINGS))
    return Imported(table, fields, prominence, done, rated, source, _sources_sha256(), noun=("film", "films"))


def _sources_sha256() -> str:
    parts = [sha256_of(path) for path in (path_of(*FACTS), path_of(*RATINGS), LOGLINES)]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _rated(films: Sequence[Film], ratings: Ratings, joined: dict[int, str]) -> Interactions:
    row_of = {film.item_id: row for row, film in enumerate(films)}
    row_of_key = {key: row_of[item_id] for key, item_id in joined.items()}
    rows = np.array([row_of_key.get(key, -1) for key in ratings.keys.tolist()], np.int32)
    kept = rows >= 0
    return Interactions(ratings.users[kept], rows[kept], ratings.ratings[kept], ratings.timestamps[kept])


def _typed(films: Sequence[Film], rated: Interactions, report: Progress) -> tuple[pa.Table, list[Any]]:
    values = _facts(films) | _means(rated, len(films)) | _loglines([film.item_id for film in films])
    values["cast"] = best_known_first(values["cast"], values["rating_count"])
    fields = []
    columns = {}
    for done, (name, role, unit, label) in enumerate(_FIELDS):
        report("columns", done, len(_FIELDS))
        columns[name] = as_array(role, values[name])
        fields.append(describe(name, role, columns[name], unit, label))
    report("columns", len(_FIELDS), len(_FIELDS))
    return pa.table(columns), fields


def _facts(films: Sequence[Film]) -> dict[str, list[Any]]:
    values: dict[str, list[Any]] = {name: [getattr(film, name) for film in films] for name in Film._fields}
    for name, role, _, _ in _FIELDS:
        if name in values and role in (Role.FACET, Role.PERSON) and name != "rated":
            values[name] = _lists([_parts(text) for text in values[name]])
    values["title"] = [tidy(title or "") or "?" for title in values["title"]]
    values["rated"] = [rated and not is_unknown(rated) and tidy(rated) or None for rated in values["rated"]]
    values["box_office_usd"] = [
        usd if usd is not None and usd >= _MIN_BOX_OFFICE else None for usd in values["box_office_usd"]
    ]
    return values


def best_known_first(casts: Sequence[list[str] | None], counts: Sequence[int]) -> list[list[str] | None]:
    """Order each cast by how many ratings all films of a person have; the source has no order of billing."""
    known: Counter[str] = Counter()
    for cast, n_ratings in zip(casts, counts, strict=True):
        for person in cast or []:
            known[person] += n_ratings + 1
    return [cast and sorted(cast, key=lambda person: (-known[person], person)) for cast in casts]


def _parts(text: str | None) -> list[str]:
    """Split a list at its commas, but for those before the suffix of a name: "Harry Connick, Jr." is one person."""
    return _COMMA.split(text) if text else []


def _means(rated: Interactions, n_items: int) -> dict[str, list[Any]]:
    counts = np.bincount(rated.rows, minlength=n_items)
    sums = np.bincount(rated.rows, weights=rated.ratings, minlength=n_items)
    means = [round(float(total / n), 2) if n >= _MIN_RATINGS else None for total, n in zip(sums, counts, strict=True)]
    return {"rating_count": counts.tolist(), "rating_mean": means}


def read_loglines() -> list[dict[str, Any]]:
    """Return our own sentences: {"item_id", "logline", "tags"}; the first line of the file holds their licence."""
    with LOGLINES.open(encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    return [line for line in lines if "item_id" in line]


def _loglines(ids: Sequence[str]) -> dict[str, list[Any]]:
    written = {line["item_id"]: line for line in read_loglines()}
    found = [written.get(item_id, {}) for item_id in ids]
    return {
        "logline": [line.get("logline") for line in found],
        "tags": _lists([line.get("tags") for line in found]),
    }


def _lists(parts: Sequence[list[str] | None]) -> list[Any]:
    """Spell the parts of every row one way."""
    spelt: list[Any] = read_lists("", pa.chunked_array([pa.array(parts, pa.list_(pa.string()))]))[0].to_pylist()
    return spelt
