"""Texts → unit vectors by a sentence-transformer that lies exported to ONNX in a local folder."""

import hashlib
import json
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from errors import SettingsError
from retrieval.embed import Vectors, unit
from retrieval.onnx_texts import open_session, open_tokenizer, run_texts

_MODELS = ("model.onnx", "onnx/model.onnx")
_TOKENIZER = "tokenizer.json"
_POOLING = "1_Pooling/config.json"
_LENGTHS = {
    "sentence_bert_config.json": "max_seq_length",
    "tokenizer_config.json": "model_max_length",
    "config.json": "max_position_embeddings",
}
_MAX_TOKENS = 512
"""Of no longer text more is read, whatever the model can take: a vector is a mean, and time grows with the square."""
_WAYS = {"mean": "mean", "mean_tokens": "mean", "cls": "cls", "cls_token": "cls", "lasttoken": "last"}
_PREFIX = "pooling_mode_"
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class FolderEmbedder:
    """model.onnx (or onnx/model.onnx) with tokenizer.json; loaded at first use, safe for threads.

    1_Pooling/config.json says how tokens become one vector (their mean, where it is missing), unless the model itself
    gives one vector a text.
    """

    def __init__(self, folder: Path) -> None:
        """Look at the files. Raises SettingsError naming the one that is missing or cannot be used."""
        models = [folder / name for name in _MODELS if (folder / name).is_file()]
        if not models or not (folder / _TOKENIZER).is_file():
            wanted = _TOKENIZER if models else " or ".join(_MODELS)
            raise SettingsError(
                f"CICERONE_EMBED_FOLDER={str(folder)!r} holds no {wanted}. Give the folder of a sentence-transformer "
                "exported to ONNX."
            )
        self._folder, self._model = folder, models[0]
        self._pooling = _pooling(folder)
        self._max_tokens = _max_tokens(folder)
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @cached_property
    def name(self) -> str:
        """The folder's name and a hash of everything that makes the vectors."""
        digest = hashlib.sha256(f"{self._pooling} {self._max_tokens}".encode())
        # Large models keep their weights in files beside them, as model.onnx_data.
        for path in [*sorted(self._model.parent.glob(self._model.name + "*")), self._folder / _TOKENIZER]:
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        return f"{self._folder.resolve().name}/{digest.hexdigest()[:12]}"

    @cached_property
    def dim(self) -> int:
        """Length of a vector, measured."""
        _, tokenizer = self._load()
        ids = np.array([tokenizer.encode("length").ids or [0]], np.int64)
        return self._run(ids, np.ones_like(ids)).shape[1]

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit vector a text, in order. Raises SettingsError where the model cannot be used."""
        return run_texts(texts, self._load()[1], self._run, self.dim, progress)

    def _run(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
        session, _ = self._load()
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        output: np.ndarray = session.run(None, {entry.name: given[entry.name] for entry in session.get_inputs()})[
            _best_output([entry.shape for entry in session.get_outputs()])
        ]
        return unit(_pooled(output, mask, self._pooling).astype(np.float32))

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._session(), open_tokenizer(self._folder / _TOKENIZER, self._max_tokens)
            return self._loaded

    def _session(self) -> Any:
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidArgument, InvalidGraph, InvalidProtobuf

        try:
            session = open_session(self._model)
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf) as error:
            raise SettingsError(
                f"{self._model} is no usable ONNX model: {str(error)[:120]}. Export it again."
            ) from error
        names = {entry.name for entry in session.get_inputs()}
        if "input_ids" not in names or not names.issubset(_INPUTS):
            raise SettingsError(
                f"{self._model} takes {', '.join(sorted(names))}, but a sentence-transformer takes "
                f"{', '.join(_INPUTS)}. Set CICERONE_EMBED_FOLDER to another model."
            )
        return session


def _best_output(shapes: Sequence[Sequence[Any]]) -> int:
    """Return which output to use: one vector a text (batch, dim) before one a token (batch, length, dim)."""
    return next((i for i, shape in enumerate(shapes) if len(shape) == 2), 0)


def _pooled(output: np.ndarray, mask: np.ndarray, way: str) -> np.ndarray:
    if output.ndim == 2:
        return output
    if way == "cls":
        return output[:, 0]
    if way == "last":
        return output[np.arange(len(output)), mask.sum(axis=1) - 1]
    counted = mask[:, :, None].astype(np.float32)
    return (output * counted).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)


def _pooling(folder: Path) -> str:
    config = _read(folder / _POOLING)
    named = str(config.get("pooling_mode") or "")
    ways = (
        [named]
        if named
        else [key.removeprefix(_PREFIX) for key, on in config.items() if key.startswith(_PREFIX) and on]
    )
    if not ways:
        return "mean"
    if len(ways) > 1 or ways[0] not in _WAYS:
        raise SettingsError(
            f"{folder / _POOLING} wants {' and '.join(ways)}; only mean, cls and lasttoken are known. "
            "Export the model with its pooling inside."
        )
    return _WAYS[ways[0]]


def _max_tokens(folder: Path) -> int:
    said = [_read(folder / name).get(key) for name, key in _LENGTHS.items()]
    return int(min([_MAX_TOKENS, *(n for n in said if isinstance(n, int | float) and n > 0)]))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read ({error}). Export the model again.") from error
    return found if isinstance(found, dict) else {}
