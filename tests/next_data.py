"""Tiny sequences of letters, and what their texts mean."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from eval.next_models import Means
from eval.sequences import Sequences
from retrieval.embed import unit


class Letters:
    """Vectors of the letters of a text."""

    name, dim = "letters", 26

    def embed(self, texts: Iterable[str], progress: Callable[[int], None] | None = None) -> np.ndarray:
        counts = [[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]
        return unit(np.array(counts, np.float32))


_KEPT = tempfile.TemporaryDirectory()
MEANS = Means(Letters(), Path(_KEPT.name))


def data_of(*sequences: str, texts: dict[str, str] | None = None) -> Sequences:
    items = sorted({item for sequence in sequences for item in sequence})
    taken = [np.array([items.index(item) for item in sequence], np.int32) for sequence in sequences]
    texts = texts or {}
    return Sequences([f"u{i}" for i in range(len(taken))], items, taken, [texts.get(item, "") for item in items])
