"""Neighbours by what is said of items: words (TF-IDF) or meaning (vectors of their texts), whichever validates."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from eval.sequences import Sequences
from retrieval.embed import Embedder
from retrieval.text import tokens

_N_NEAR = 100
_CHUNK = 256


def text_vectors(
    texts: Sequence[str], embedder: Embedder, cache: Path, say: Callable[[str, int, int], None]
) -> np.ndarray:
    """Return one unit vector a text, made once and kept in `cache` under the hash of embedder and texts."""
    known = hashlib.sha256("\0".join([embedder.name, *texts]).encode()).hexdigest()[:20]
    path = cache / f"texts-{known}.npy"
    if path.exists():
        kept: np.ndarray = np.load(path)
        return kept
    vectors = embedder.embed(texts, lambda done: say("texts embedded", done, len(texts)))
    cache.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part.npy")
    np.save(partial, vectors)
    partial.replace(path)
    return vectors


def word_weights(data: Sequences) -> sparse.csr_matrix:
    """Cosine of TF-IDF texts, the hundred nearest of each item."""
    words = [Counter(tokens(text)) for text in data.texts]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(word for counted in words for word in counted))}
    rows = np.repeat(np.arange(len(words)), [len(counted) for counted in words])
    columns = np.array([vocabulary[word] for counted in words for word in counted], np.int32)
    n_with = np.bincount(columns, minlength=len(vocabulary))
    counts = np.array([n for counted in words for n in counted.values()], np.float32)
    values = (1 + np.log(counts)) * np.log(len(words) / n_with)[columns]
    length = np.sqrt(np.bincount(rows, values**2, minlength=len(words)))
    vectors = sparse.csr_matrix((values / length[rows], (rows, columns)), shape=(len(words), len(vocabulary)))
    return _nearest(len(words), lambda part: (vectors[part] @ vectors.T).toarray())


def meaning_weights(vectors: np.ndarray, texts: Sequence[str], power: float) -> sparse.csr_matrix:
    """Cosine of text vectors to a power, the hundred nearest of each item; an item without a text has none."""
    known = np.array([bool(text) for text in texts])
    near = np.where(known[:, None], vectors, 0).astype(np.float32)
    weights = _nearest(len(near), lambda part: near[part] @ near.T)
    weights.data **= power
    return weights


def _nearest(n_items: int, cosines: Callable[[slice], np.ndarray]) -> sparse.csr_matrix:
    parts = []
    for start in range(0, n_items, _CHUNK):
        near = cosines(slice(start, start + _CHUNK))
        near[np.arange(len(near)), np.arange(start, start + len(near))] = 0
        n_kept = min(_N_NEAR, near.shape[1])
        floor = np.partition(near, -n_kept, axis=1)[:, -n_kept]
        parts.append(sparse.csr_matrix(np.where(near >= np.maximum(floor, 1e-9)[:, None], near, 0).astype(np.float32)))
    return sparse.vstack(parts).tocsr()
