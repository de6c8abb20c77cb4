"""A grammar where item i is always followed by i + 1, and a training on it of seconds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.semantic_ids.run import Recipe
from retrieval.semantic_ids.training import train

N_ITEMS = 60
RECIPE = Recipe(n_epochs=16, batch_size=32, width=32, dropout=0.0, taught=0.0, asked=0.0, n_warm_up=20, patience=16)
IDS = [f"i{row}" for row in range(N_ITEMS)]


def silent(stage: str, done: int, total: int) -> None:
    pass


def vectors() -> np.ndarray:
    drawn = np.random.default_rng(0).standard_normal((N_ITEMS, 16)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def histories() -> list[np.ndarray]:
    starts = np.random.default_rng(1).integers(N_ITEMS, size=400)
    return [(start + np.arange(8, dtype=np.int32)) % N_ITEMS for start in starts]


def asked() -> tuple[list[np.ndarray], np.ndarray]:
    """Histories not seen as such, and what comes next."""
    begins = [(start + np.arange(5, dtype=np.int32)) % N_ITEMS for start in range(N_ITEMS)]
    return begins, np.array([(begin[-1] + 1) % N_ITEMS for begin in begins])


def trained(folder: Path, recipe: Recipe = RECIPE, say: Callable[[str, int, int], None] = silent, **given: Any) -> Path:
    arguments = {"minutes": 5.0, "seed": 0} | given
    train(
        folder, histories=histories(), vectors=vectors(), item_ids=IDS, validation=asked(), say=say, recipe=recipe,
        embedder="made", **arguments,
    )  # fmt: skip
    return folder
