"""Texts through an ONNX model: texts of like length run together, so that little is padding."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

_BATCH_TOKENS = 4096
"""Texts of one run, padded to the longest, hold at most this many tokens: more only waits for memory."""
_CHUNK = 2048
"""Texts tokenised at once: enough to find some of equal length, few enough to hold."""


def open_session(path: Path) -> Any:
    """Open a model for few threads that do not spin, for a server has other work too."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def open_tokenizer(path: Path, max_tokens: int) -> Any:
    """Open a tokenizer.json that cuts texts after `max_tokens` and pads none."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return tokenizer


def run_texts(
    texts: Sequence[str],
    tokenizer: Any,
    run: Callable[[np.ndarray, np.ndarray], np.ndarray],
    dim: int,
    progress: Callable[[int], None] | None,
) -> np.ndarray:
    """Return (n, dim) float32, one row a text; `run` turns (ids, mask), int64 of (batch, length), into (batch, dim)."""
    vectors = np.zeros((len(texts), dim), np.float32)
    done = 0
    for start in range(0, len(texts), _CHUNK):
        chunk = vectors[start : start + _CHUNK]
        encoded = [encoding.ids for encoding in tokenizer.encode_batch(list(texts[start : start + _CHUNK]))]
        for batch in batches([len(ids) for ids in encoded]):
            chunk[batch] = run(*_padded([encoded[i] for i in batch]))
            done += len(batch)
            if progress:
                progress(done)
    return vectors


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Group positions by similar length; longest first, so that progress never slows."""
    found: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if not found or (len(found[-1]) + 1) * lengths[found[-1][0]] > _BATCH_TOKENS:
            found.append([])
        found[-1].append(i)
    return found


def _padded(batch: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    ids = np.zeros((len(batch), max(1, *map(len, batch))), np.int64)
    mask = np.zeros_like(ids)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens)] = tokens
        mask[row, : len(tokens)] = 1
    return ids, mask
