"""A trained model for a catalogue that has changed: known items keep their codes, new ones get some by their text."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from errors import BundleError
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.artefact import IDS, ITEMS, TABLES, TOKENISER
from retrieval.semantic_ids.ids import SemanticIds


def carry_over(source: Path, ids_before: Sequence[str], target: Path, ids: Sequence[str], text: np.ndarray) -> int:
    """Write the model of a folder to another for the items it is to serve now; return how many of them are new to it.

    Args:
        source: a trained model.
        ids_before: of its items, in row order.
        target: does not exist yet.
        ids: of the items from now on, in row order.
        text: (n_items, dim) text vectors of these, of the embedder the model was trained with.

    Raises BundleError where the source is missing or damaged, or has no codes left for so many new items.
    """
    about = artefact.read(source)
    shutil.copytree(source, target)
    if list(ids) == list(ids_before):
        return 0
    at = {item_id: row for row, item_id in enumerate(ids_before)}
    before = np.array([at.get(item_id, -1) for item_id in ids], np.int64)
    known, new = np.flatnonzero(before >= 0), np.flatnonzero(before < 0)
    old = SemanticIds.load(source / IDS)
    codes = np.zeros((len(ids), old.codes.shape[1]), np.int32)
    codes[known] = old.codes[before[known]]
    with np.load(source / ITEMS) as stored:
        arrays = {name: _moved(stored[name], before) for name in stored.files}
    if len(new):
        from retrieval.semantic_ids.tokeniser import Tokeniser

        tokeniser, texts = Tokeniser.load(source / TOKENISER), np.asarray(text[new], np.float32)
        try:
            codes[new] = tokeniser.codes_of_new(texts, SemanticIds(codes[known], old.sizes))
        except ValueError as error:
            raise BundleError(f"{error} Train it again: .venv/bin/python app.py train --catalog NAME") from error
        if "content" in arrays:
            arrays["content"][new] = _content(source, tokeniser.mixer.mixed_from_text(texts))
    SemanticIds(codes, old.sizes).save(target / IDS)
    np.savez_compressed(target / ITEMS, allow_pickle=False, **arrays)
    metrics = {**about.metrics, "n_new": len(new)}
    artefact.write(target, replace(about, n_items=len(ids), items_sha256=artefact.items_hash(ids), metrics=metrics))
    return len(new)


def _moved(values: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return the rows of known items at their new places; zeros for the others."""
    moved = np.zeros((len(before), *values.shape[1:]), values.dtype)
    moved[before >= 0] = values[before[before >= 0]]
    return moved


def _content(source: Path, vectors: np.ndarray) -> np.ndarray:
    """Return what these vectors add to the tokens of their items."""
    with np.load(source / TABLES) as tables:
        weight, bias = tables["content.weight"].astype(np.float32), tables["content.bias"].astype(np.float32)
    return np.asarray(vectors @ weight.T + bias, np.float16)
