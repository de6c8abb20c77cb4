"""Vectors known from an earlier build, a stopped one or a shipped artefact, found by the hash of the embedded text."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from errors import BundleError
from retrieval.embed import Embedder, Vectors, unit
from retrieval.manifest import HASHES, VECTORS, read_manifest, verify
from retrieval.unfinished import UnfinishedVectors

_AT_ONCE = 8192
"""Vectors that are float32 at one time."""


Source = Path | UnfinishedVectors
"""A build folder, an artefact, or what a stopped build left."""


def reuse(hashes: np.ndarray, embedder: Embedder, sources: Sequence[Source], vectors: np.ndarray) -> np.ndarray:
    """Fill known vectors into `vectors`, (n, dim) of any float type; return the positions still to embed, ascending.

    Of several sources that know a text the first counts. What cannot be read or was made by another embedder knows
    nothing.
    """
    missing = np.arange(len(hashes))
    for known, of_known in _readable(sources, embedder):
        if not len(known) or not len(missing):
            continue
        order = np.argsort(known)
        at = order[np.minimum(np.searchsorted(known, hashes[missing], sorter=order), len(known) - 1)]
        found = known[at] == hashes[missing]
        rows, at = missing[found], at[found]
        for start in range(0, len(rows), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            vectors[rows[part]] = unit(of_known[at[part]].astype(np.float32))
        missing = missing[~found]
    return missing


def write_artefact(path: Path, hashes: np.ndarray, vectors: Vectors, embedder: str) -> None:
    """Write vectors as int8 with one scale a row (a quarter of float32; cosines move by about 0.001)."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12) / 127
    codes = np.rint(vectors / scales[:, None]).astype(np.int8)
    with path.open("wb") as file:
        np.savez_compressed(
            file, hashes=hashes, codes=codes, scales=scales.astype(np.float32), embedder=np.array(embedder)
        )


def _readable(sources: Sequence[Source], embedder: Embedder) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for source in sources:
        try:
            if isinstance(source, UnfinishedVectors):
                yield source.read()
                continue
            yield _of_build(source, embedder) if source.is_dir() else _of_artefact(source, embedder)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, BundleError):
            continue  # nothing is lost: the texts are embedded again


def stored_vectors(build: Path) -> np.ndarray:
    """Return (n_items, dim) float16, read from the disk as needed: the vectors of the items' texts in a build."""
    vectors: np.ndarray = np.load(build / VECTORS / "vectors.npy", mmap_mode="r", allow_pickle=False)
    return vectors


def _of_build(folder: Path, embedder: Embedder) -> tuple[np.ndarray, np.ndarray]:
    manifest = read_manifest(folder, folder.parent.name)
    verify(folder, manifest, folder.parent.name)
    if manifest.embedder != embedder.name:
        return np.zeros(0, np.uint64), np.zeros((0, embedder.dim), np.float32)
    hashes = np.load(folder / HASHES, allow_pickle=False)
    vectors = stored_vectors(folder)
    if vectors.shape != (len(hashes), embedder.dim):
        raise ValueError(f"{folder} holds {vectors.shape} vectors for {len(hashes)} hashes")
    return hashes, vectors


def _of_artefact(path: Path, embedder: Embedder) -> tuple[np.ndarray, np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        if str(stored["embedder"]) != embedder.name or stored["codes"].shape[1] != embedder.dim:
            return np.zeros(0, np.uint64), np.zeros((0, embedder.dim), np.float32)
        return stored["hashes"], stored["codes"] * stored["scales"][:, None]
