"""A catalogue as a map: its best known items on a plane, what is alike side by side; worked out once a build."""

import os
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agents.values_in_words import as_text
from agents.wishes import browsed_by
from errors import NotFound
from retrieval.atlas import lay_out, nearest, place
from retrieval.bundle import Bundle
from retrieval.items import Field, Role

MOST = 3_000
"""So many items are laid out; any other is put amid the nearest of them."""
_KINDS = 6
"""Values of the first facet that have a colour."""
_LANDMARKS = 16
_APART = 0.16
"""Landmarks stand at least so far from each other, the width of the map being 1."""
_NEIGHBOURS = 3
_working_out = threading.Lock()


@dataclass(frozen=True)
class Spot:
    """One item on the map; both coordinates are within 0 … 1."""

    item_id: str
    title: str
    x: float
    y: float
    near: tuple[str, ...] = ()
    """Titles of the best known items about it."""


@dataclass(frozen=True)
class TasteMap:
    """The map, and where some items stand on it."""

    kinds: list[str]
    """The values that have a colour, the commonest first."""
    dots: list[tuple[float, float, int]]
    """x, y and the place of its kind; -1 for any other."""
    landmarks: list[Spot]
    spots: list[Spot]
    """The items asked for, in their order."""


def taste_map(bundle: Bundle, cache: Path, item_ids: Sequence[str]) -> TasteMap:
    """Return the map with these items on it; the first time it takes some seconds.

    Raises NotFound for a catalogue without vectors.
    """
    if bundle.dense is None:
        raise NotFound("This catalogue was built without vectors, so there is no map of it.")
    rows, spots = _laid_out(bundle, cache)
    field = _facet(bundle)
    values = bundle.catalog.column(field.name) if field else []
    firsts = [_first(values[row]) if field else "" for row in rows]
    kinds = [value for value, _ in Counter(filter(None, firsts)).most_common(_KINDS)]
    places = {value: i for i, value in enumerate(kinds)}
    dots = [(float(x), float(y), places.get(first, -1)) for (x, y), first in zip(spots, firsts, strict=True)]
    landmarks = [_spot(int(rows[i]), spots[i], bundle) for i in _landmarks(rows, spots, bundle)]
    return TasteMap(kinds, dots, landmarks, _asked(item_ids, rows, spots, bundle))


def _laid_out(bundle: Bundle, cache: Path) -> tuple[np.ndarray, np.ndarray]:
    """Rows and their spots, from the cache where this build was laid out before."""
    assert bundle.dense is not None
    path = cache / "maps" / f"{bundle.manifest.build_id}.npz"
    with _working_out:
        if path.is_file():
            with np.load(path, allow_pickle=False) as kept:
                return kept["rows"], kept["spots"]
        known = np.argsort(-bundle.catalog.prominence, kind="stable")[:MOST]
        rows = np.sort(known).astype(np.int32)
        spots = lay_out(np.asarray(bundle.dense.vectors[rows], np.float32))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(unfinished, rows=rows, spots=spots)
        unfinished.replace(path)
    return rows, spots


def _facet(bundle: Bundle) -> Field | None:
    """Return the facet that people browse by; it gives the colours."""
    facets = bundle.catalog.with_role(Role.FACET)
    return min(facets, key=lambda field: (not browsed_by(field), not field.many), default=None)


def _first(value: object) -> str:
    first = value[0] if isinstance(value, list) and value else value
    return as_text(str(first)) if first not in (None, "", []) else ""


def _landmarks(rows: np.ndarray, spots: np.ndarray, bundle: Bundle) -> list[int]:
    """Choose the best known items that stand apart."""
    chosen: list[int] = []
    for i in np.argsort(-bundle.catalog.prominence[rows], kind="stable"):
        if all(np.abs(spots[i] - spots[other]).max() >= _APART for other in chosen):
            chosen.append(int(i))
        if len(chosen) == _LANDMARKS:
            break
    return chosen


def _asked(item_ids: Sequence[str], rows: np.ndarray, spots: np.ndarray, bundle: Bundle) -> list[Spot]:
    assert bundle.dense is not None
    wanted = bundle.catalog.rows_of(dict.fromkeys(item_ids))
    if not wanted:
        return []
    laid = np.asarray(bundle.dense.vectors[rows], np.float32)
    vectors = np.asarray(bundle.dense.vectors[wanted], np.float32)
    at = {int(row): spots[i] for i, row in enumerate(rows)}
    placed = place(vectors, laid, spots)
    near = nearest(vectors, laid, _NEIGHBOURS + 1)
    titles = bundle.catalog.titles
    return [
        _spot(
            row, at.get(row, placed[i]), bundle,
            tuple(as_text(titles[rows[j]]) for j in near[i] if rows[j] != row)[:_NEIGHBOURS],
        )
        for i, row in enumerate(wanted)
    ]  # fmt: skip


def _spot(row: int, at: np.ndarray, bundle: Bundle, near: tuple[str, ...] = ()) -> Spot:
    catalog = bundle.catalog
    return Spot(catalog.ids[row], as_text(catalog.titles[row]), float(at[0]), float(at[1]), near)
