"""Trains semantic IDs on the histories of a benchmark, by what trains them for a catalogue."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.next_content import text_vectors
from eval.sequences import Sequences

if TYPE_CHECKING:
    from eval.next_models import Means
    from retrieval.semantic_ids.ids import SemanticIds
    from retrieval.semantic_ids.run import Recipe


def recipe_of(*, content: bool) -> "Recipe":
    """Return the default recipe without requests, which nobody makes here; `content`: whether tokens carry vectors."""
    from retrieval.semantic_ids.run import Recipe

    return Recipe(content=content, asked=0.0)


def train_semantic_ids(
    folder: Path,
    histories: Sequence[np.ndarray],
    data: Sequences,
    validation: tuple[list[np.ndarray], np.ndarray],
    means: "Means",
    recipe: "Recipe",
    ids: "SemanticIds | None" = None,
) -> None:
    """Write a trained model to `folder`: what `retrieval.semantic_ids.decode.Decoder` opens.

    Args:
        folder: of the model; what a stopped training goes on from is kept beside it.
        histories: all there is to learn from, rows oldest first.
        data: for the texts of the items and their ids; its sequences hold the answers and are not looked at.
        validation: histories, and the row that comes next, to stop by.
        means: minutes of processor time, seed, embedder, and whom to tell.
        recipe: how to train.
        ids: of the items, instead of codes fitted here.
    """
    from retrieval.semantic_ids.training import train

    vectors = text_vectors(data.texts, means.embedder, means.cache, means.say)
    checkpoints = folder.with_name(folder.name + ".part")
    checkpoints.mkdir(parents=True, exist_ok=True)
    train(
        folder,
        histories=histories,
        vectors=vectors,
        item_ids=data.items,
        validation=validation,
        minutes=means.minutes,
        seed=means.seed,
        say=means.say,
        checkpoints=checkpoints,
        embedder=means.embedder.name,
        recipe=recipe,
        ids=ids,
    )
    checkpoints.rmdir()
