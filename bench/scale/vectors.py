"""Vectors for a made catalogue of any size without embedding a text: the shipped ones of the demo, with noise."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.scale.made import origin
from retrieval.demo import VECTORS, load_demo
from retrieval.documents import content_hashes, telling_texts
from retrieval.embed import MiniLM, unit
from retrieval.importing import import_file
from retrieval.items import Role
from retrieval.known_vectors import reuse
from retrieval.manifest import catalogs_folder
from retrieval.unfinished import UnfinishedVectors

_NOISE = 0.5
"""Length of the noise beside a vector of length 1: a row and the one it was made from have a cosine of about 0.9."""
_AT_ONCE = 16_384
_SEED = 20261121


def leave_vectors(csv: Path, name: str, var_dir: Path) -> int:
    """Leave a vector for every row of `csv` as a build does that was stopped at its end; return how many.

    The build that follows finds each by the hash of its row's text, and embeds nothing.
    """
    embedder = MiniLM(var_dir / "cache")
    imported = import_file(csv)
    fields = imported.fields
    hashes = content_hashes(imported.table, fields, telling_texts(imported.table, fields))
    id_field = next(field for field in fields if field.role is Role.ID)
    item_ids = imported.table.column(id_field.name).to_pylist()
    folder = catalogs_folder(var_dir, name)
    folder.mkdir(parents=True)
    left = UnfinishedVectors(folder, embedder)
    for start, vectors in _made(item_ids, *_of_demo(embedder)):
        left.append(hashes[start : start + len(vectors)], vectors)
    return len(hashes)


def _of_demo(embedder: MiniLM) -> tuple[dict[str, int], np.ndarray]:
    """Return the row of every id of the demo, and the (n, dim) float32 vectors shipped with it."""
    demo = load_demo()
    hashes = content_hashes(demo.table, demo.fields, telling_texts(demo.table, demo.fields))
    vectors = np.zeros((len(hashes), embedder.dim), np.float32)
    if len(missing := reuse(hashes, embedder, [VECTORS], vectors)):
        raise SystemExit(f"{len(missing)} of the demo's vectors are not shipped. Run: make vectors")
    return {item_id: row for row, item_id in enumerate(demo.table.column("item_id").to_pylist())}, vectors


def _made(item_ids: list[str], row_of: dict[str, int], vectors: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    draw = np.random.default_rng(_SEED)
    for start in range(0, len(item_ids), _AT_ONCE):
        rows = [row_of[origin(item_id)] for item_id in item_ids[start : start + _AT_ONCE]]
        noise = draw.standard_normal((len(rows), vectors.shape[1]), np.float32)
        yield start, unit(vectors[rows] + _NOISE * unit(noise))
