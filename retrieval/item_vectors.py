"""One vector an item, computed chunk by chunk: what earlier builds know is taken over, what is new is kept at once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from retrieval.documents import content_hashes, documents, telling_texts
from retrieval.embed import Embedder
from retrieval.items import Field
from retrieval.known_vectors import reuse
from retrieval.unfinished import UnfinishedVectors

_CHUNK = 1024
"""Items embedded between two writes: a stopped build loses no more, some seconds of work."""


def write_item_vectors(
    path: Path,
    table: pa.Table,
    fields: Sequence[Field],
    embedder: Embedder,
    known: Sequence[Path],
    unfinished: UnfinishedVectors,
    progress: Callable[[int, int], None],
) -> tuple[np.ndarray, int]:
    """Write (n_items, dim) float16 unit rows to `path` (.npy); return the texts' hashes and how many were embedded.

    `progress` is told (done, total) of the texts that had to be embedded. What the embedder raises passes through;
    the chunks before it are in `unfinished`.
    """
    texts = telling_texts(table, fields)
    hashes = content_hashes(table, fields, texts)
    vectors = np.lib.format.open_memmap(path, "w+", np.float16, (len(hashes), embedder.dim))
    missing = reuse(hashes, embedder, [unfinished, *known], vectors)
    progress(0, len(missing))
    for start in range(0, len(missing), _CHUNK):
        rows = missing[start : start + _CHUNK]

        def told(done: int, before: int = start) -> None:
            progress(before + done, len(missing))

        vectors[rows] = embedder.embed(documents(table.take(rows), fields, texts), told)
        unfinished.append(hashes[rows], vectors[rows])
    if not len(missing):
        embedder.embed(
            documents(table.slice(0, 1), fields, texts)
        )  # makes the model ready now rather than at the first start
    progress(len(missing), len(missing))
    vectors.flush()
    return hashes, len(missing)
