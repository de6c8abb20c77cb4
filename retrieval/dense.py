"""Search by meaning: unit vectors in an embedded Chroma collection, and exact scoring of small filtered sets."""

import logging
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from errors import BundleError, CiceroneError
from retrieval.best import best
from retrieval.embed import Embedder, unit
from retrieval.items import Rows
from retrieval.neighbours import COLLECTION, HNSW, ChromaServer, Neighbours, OwnCopy, files_client

VECTORS = "vectors.npy"
_IN_MEMORY = 64_000_000
"""Up to this many numbers (256 MB) the vectors are kept as float32, which scores ten times as fast as float16."""
_MANY = 0.2
"""Above this share of all rows, scoring every row is faster than copying the wanted ones together."""
_ROWS_AT_ONCE = 16_384
_log = logging.getLogger("cicerone.dense")


class DenseIndex:
    """Vectors of every item by row number; a Retriever, safe for threads."""

    def __init__(self, neighbours: Neighbours, vectors: np.ndarray, embedder: Embedder) -> None:
        """Use `open`."""
        self.vectors = vectors
        """(n_items, dim) float16, memory-mapped, rows of length 1."""
        self._neighbours = neighbours
        n_numbers = vectors.shape[1]
        # No method: an index that holds itself would stay, with its private copy, until garbage is looked for.
        self._embedded = lru_cache(maxsize=1024)(lambda text: _embedded(text, embedder, n_numbers))

    @staticmethod
    def build(folder: Path, vectors: np.ndarray, progress: Callable[[int], None] | None = None) -> None:
        """Write (n, dim) float32 unit rows to a new folder: vectors.npy and chroma/.

        `progress` is told how many rows are in so far.
        """
        folder.mkdir(parents=True)
        np.save(folder / VECTORS, vectors.astype(np.float16))
        DenseIndex.index(folder, progress)

    @staticmethod
    def index(folder: Path, progress: Callable[[int], None] | None = None) -> None:
        """Write chroma/ beside the vectors.npy that is there, some thousand rows at a time."""
        vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
        client = files_client(folder / "chroma")
        collection = client.create_collection(COLLECTION, embedding_function=None, configuration={"hnsw": HNSW})
        step = client.get_max_batch_size()
        for start in range(0, len(vectors), step):
            part = np.ascontiguousarray(vectors[start : start + step], np.float32)
            collection.add(ids=[str(start + i) for i in range(len(part))], embeddings=part)
            if progress:
                progress(start + len(part))
        client.close()

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, server: str = "", catalog: str = "") -> "DenseIndex":
        """Open a built folder; Chroma itself is loaded by the first unfiltered search, or by `warm`.

        With the address of a Chroma `server` that one is asked, its collection marked as of `catalog`. The embedder is
        not asked before the first search. Raises BundleError where files are missing or damaged, SettingsError for a
        server that is not on a private network.
        """
        try:
            vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise BundleError(f"{folder} holds no readable vectors ({error}). Build the catalogue again.") from error
        if vectors.ndim != 2:
            raise BundleError(f"The vectors in {folder} are of shape {vectors.shape}. Build the catalogue again.")
        if not (folder / "chroma" / "chroma.sqlite3").is_file():
            raise BundleError(f"{folder} holds no Chroma collection. Build the catalogue again.")
        neighbours = ChromaServer(server, vectors, catalog) if server else OwnCopy(folder / "chroma")
        return cls(neighbours, vectors, embedder)

    def warm(self) -> None:
        """Load Chroma (about a second) and the embedder now instead of in the first search.

        An embedder that does not answer now may do so later; it is only logged.
        """
        self._neighbours.warm()
        try:
            self.search("warm", 1)
        except CiceroneError as error:
            _log.warning("search by meaning is off for now: %s", error)

    def search(self, query: str, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, cosine), best first; only cosines above 0. Raises what the embedder raises."""
        text = " ".join(query.split())
        return self.nearest(self._embedded(text), k, allowed) if text else []

    def similar(self, rows: Sequence[int], k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, cosine) nearest to the centroid of these rows, without these rows themselves."""
        seeds = sorted(set(rows))
        if not seeds:
            return []
        centroid = unit(self.vectors[seeds].astype(np.float32).mean(axis=0, keepdims=True))[0]
        found = self.nearest(centroid, k + len(seeds), allowed)
        return [pair for pair in found if pair[0] not in seeds][:k]

    def closest_seed(self, rows: Sequence[int], seeds: Sequence[int]) -> list[int]:
        """Return, for each of these rows, which seed is nearest to it."""
        if not len(rows) or not len(seeds):
            return []
        return [seeds[int(i)] for i in self.cosines(rows, seeds).argmax(axis=1)]

    def cosines(self, rows: Sequence[int] | Rows, others: Sequence[int] | Rows) -> np.ndarray:
        """Return the cosine of each of these rows with each of the others, float32."""
        first, second = (np.asarray(part, np.int64) for part in (rows, others))
        cosines: np.ndarray = self._scored[first].astype(np.float32) @ self._scored[second].astype(np.float32).T
        return cosines

    def nearest(self, vector: np.ndarray, k: int, allowed: Rows | None = None) -> list[tuple[int, float]]:
        """Return up to k (row, cosine) nearest to a (dim,) unit vector: by Chroma, or exactly among `allowed`."""
        if k < 1 or not len(self.vectors) or not vector.any():
            return []
        rows = self._candidates(vector, k) if allowed is None else allowed
        if not len(rows):
            return []
        # Rounded, so that the order of equals does not hang on which other rows were scored along with them.
        scores = np.round(self._cosines(vector, rows), 6)
        kept = best(scores, k)
        rows, scores = rows[kept], scores[kept]
        order = np.lexsort((rows, -scores))[:k]
        return [(int(rows[i]), float(scores[i])) for i in order]

    @cached_property
    def _scored(self) -> np.ndarray:
        return self.vectors.astype(np.float32) if self.vectors.size <= _IN_MEMORY else self.vectors

    def _cosines(self, vector: np.ndarray, rows: Rows) -> np.ndarray:
        if len(rows) > _MANY * len(self.vectors) and self._scored.dtype == np.float32:
            every: np.ndarray = self._scored @ vector
            return every[rows]
        parts = [rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE)]
        return np.concatenate([self._scored[part].astype(np.float32, copy=False) @ vector for part in parts])

    def _candidates(self, vector: np.ndarray, k: int) -> Rows:
        """Ask for rows; their cosines are computed again, so that every path gives the same number."""
        found = self._neighbours.nearest(vector, min(k, len(self.vectors)))
        return np.arange(len(self.vectors), dtype=np.int32) if found is None else found


def _embedded(text: str, embedder: Embedder, n_numbers: int) -> np.ndarray:
    vector = embedder.embed([text])[0]
    if len(vector) != n_numbers:
        raise BundleError(
            f"The catalogue's vectors have {n_numbers} numbers, but the embedder {embedder.name!r} makes vectors of "
            f"{len(vector)}. Build the catalogue again, or use the embedder it was built with."
        )
    return vector
