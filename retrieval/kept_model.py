"""A new build keeps the trained model of the one before, or takes the one that is shipped for the same items."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from errors import BundleError
from retrieval.catalog import Catalog
from retrieval.known_vectors import stored_vectors
from retrieval.manifest import CATALOG, SEMANTIC_IDS, read_manifest, verify
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.artefact import Artefact
from retrieval.semantic_ids.carrying import carry_over

_AGAIN = "Train it again: .venv/bin/python app.py train --catalog {}"


def keep_model(folder: Path, name: str, embedder: str, earlier: Path | None, shipped: Path | None) -> str:
    """Write semantic_ids/ into a build whose catalogue and vectors are there; return what there is to say, or "".

    Of the model of the `earlier` build and a `shipped` one the later trained counts; a shipped one is only for exactly
    the items it was trained on. A model heard with another embedder than this build's (`embedder`) is left out.
    """
    try:
        before = _of_build(earlier, name)
    except BundleError as error:
        return _left_out(error)
    if before is None and shipped is None:
        return ""
    ids = Catalog(folder / CATALOG, name).ids
    there = None if shipped is None else _shipped(shipped, ids, embedder)
    try:
        if before is None or (there and there.trained_at > before[0].trained_at):
            if there and shipped:
                carry_over(shipped, ids, folder / SEMANTIC_IDS, ids, np.zeros((0, 0)))
            return ""
        about, ids_before, source = before
        if about.embedder != embedder:
            reason = "this build has another embedder" if embedder else "this build has no vectors"
            return f"The model of what comes next is left out, for {reason}. {_AGAIN.format(name)}"
        n_new = carry_over(source, ids_before, folder / SEMANTIC_IDS, ids, stored_vectors(folder))
    except BundleError as error:
        return _left_out(error)
    return "" if list(ids) == list(ids_before) else _told(n_new, len(ids), name)


def _left_out(error: BundleError) -> str:
    return f"The model of what comes next is left out: {error}"


def _told(n_new: int, n_items: int, name: str) -> str:
    if not n_new:
        return "The model of what comes next was taken over."
    gone_by = f" Much has changed since. {_AGAIN.format(name)}" if n_new * 5 > n_items else ""
    return f"The model of what comes next was taken over; {n_new:,} new items got codes from their texts.{gone_by}"


def _shipped(folder: Path, ids: Sequence[str], embedder: str) -> Artefact | None:
    """Return the facts of a shipped model where it fits."""
    try:
        about = artefact.read(folder)
    except BundleError:  # nothing is shipped, or for another version: then there is none
        return None
    return about if about.items_sha256 == artefact.items_hash(ids) and about.embedder == embedder else None


def _of_build(path: Path | None, name: str) -> tuple[Artefact, Sequence[str], Path] | None:
    """Return a build's model, the ids it is for, and its folder. Raises BundleError where that is damaged."""
    if path is None:
        return None
    try:
        manifest = read_manifest(path, name)
    except BundleError:  # of another version: its model cannot be used either
        return None
    if not manifest.has(SEMANTIC_IDS):
        return None
    verify(path, manifest, name)
    return artefact.read(path / SEMANTIC_IDS), Catalog(path / CATALOG, name).ids, path / SEMANTIC_IDS
