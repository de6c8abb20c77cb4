"""Texts → unit vectors. The default runs all-MiniLM-L6-v2 by onnxruntime from an installed wheel, with no network."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from retrieval import minilm

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""(n, dim) float32, every row of length 1."""

_BATCH_TOKENS = 4096
"""Texts of one run, padded to the longest, hold at most this many tokens: more only waits for memory."""

_CHUNK = 2048
"""Texts tokenised at once: enough to find some of equal length, few enough to hold."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot products are cosines."""

    name: str
    """Model and precision; a bundle built under one name is refused under another."""
    dim: int

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text, in order; `progress` is told how many are done so far."""
        ...


class MiniLM:
    """all-MiniLM-L6-v2, quantised to int8 once and kept in `cache_dir`; loaded at first use, safe for threads."""

    name = "all-MiniLM-L6-v2/int8"
    dim = minilm.DIM

    def __init__(self, cache_dir: Path) -> None:
        self.path = cache_dir / f"minilm-{minilm.WEIGHTS_SHA256[:12]}-{minilm.FORMAT}.onnx"
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text, in order; only the first 256 tokens of a text count."""
        session, tokenizer = self._load()
        vectors = np.zeros((len(texts), self.dim), np.float32)
        done = 0
        for start in range(0, len(texts), _CHUNK):
            chunk = vectors[start : start + _CHUNK]
            encoded = [encoding.ids for encoding in tokenizer.encode_batch(list(texts[start : start + _CHUNK]))]
            for batch in _batches([len(ids) for ids in encoded]):
                chunk[batch] = _run(session, [encoded[i] for i in batch])
                done += len(batch)
                if progress:
                    progress(done)
        return vectors

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._session(), _tokenizer()
            return self._loaded

    def _session(self) -> Any:
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidProtobuf, NoSuchFile

        if self.path.exists():
            try:
                return _open_session(self.path)
            except (Fail, InvalidArgument, InvalidProtobuf, NoSuchFile):
                pass  # a damaged cache file is simply made again
        minilm.convert(self.path)
        return _open_session(self.path)


def _open_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(minilm.model_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(minilm.MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Group positions by similar length, so that little is padded; longest first, so that progress never slows."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not batches or (len(batches[-1]) + 1) * lengths[batches[-1][0]] > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(i)
    return batches


def _run(session: Any, batch: Sequence[Sequence[int]]) -> Vectors:
    longest = max(map(len, batch))
    ids = np.zeros((len(batch), longest), np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    vectors: Vectors = session.run(["vectors"], {"ids": ids, "mask": mask})[0]
    return unit(vectors)


def unit(vectors: np.ndarray) -> Vectors:
    """Scale every row to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled
