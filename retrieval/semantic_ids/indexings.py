"""The ways to index items that are compared; "How to Index Item IDs" (Hua et al. 2023) names most of them.

There, *random* gives every item a number at random, *sequential* numbers items in the order in which histories, one
user after the other, first name them, *collaborative* clusters items by their co-occurrence, *semantic* takes the
categories as metadata tell them, and *hybrid* joins two of these. Here the last three quantise vectors, so that all
five have the same levels: of co-occurrence, of the text (as TIGER does), and of both mixed.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from retrieval.semantic_ids.ids import SemanticIds, made_unique
from retrieval.semantic_ids.quantise import Quantiser
from retrieval.semantic_ids.tokeniser import Tokeniser
from retrieval.semantic_ids.vectors import Mixer

Indexing = Literal["random", "sequential", "collaborative", "semantic", "hybrid"]
INDEXINGS: tuple[Indexing, ...] = get_args(Indexing)


def indexed(
    kind: Indexing, text: np.ndarray, histories: Sequence[np.ndarray], quantiser: Quantiser, seed: int
) -> SemanticIds:
    """Return IDs of the items that `text` (n_items, d) and `histories` are about, with the quantiser's shape.

    The quantiser is fitted here, except for "random" and "sequential", which take only its numbers of codes and
    levels. Under "collaborative" the items without company share one place, in the order of their rows.
    """
    if kind in ("random", "sequential"):
        n_items = len(text)
        order = np.random.default_rng(seed).permutation(n_items) if kind == "random" else _by_first(histories, n_items)
        return _numbered(order, quantiser.n_codes, quantiser.n_levels)
    if kind == "collaborative":
        return Tokeniser(Mixer(1.0), quantiser).fit(np.zeros((len(text), 1), np.float32), histories, seed)
    return Tokeniser(Mixer(0.0) if kind == "semantic" else Mixer(), quantiser).fit(text, histories, seed)


def _by_first(histories: Sequence[np.ndarray], n_items: int) -> np.ndarray:
    """Return all rows in the order in which the histories first name them, those they never name at the end."""
    named = np.concatenate([*histories, np.arange(n_items)])
    rows, first = np.unique(named, return_index=True)
    return rows[np.argsort(first)]


def _numbered(rows: np.ndarray, n_codes: int, n_levels: int) -> SemanticIds:
    """Return IDs that spread `rows` (every row once) evenly over the tree, in this order."""
    places = np.empty(len(rows), np.int64)
    places[rows] = np.arange(len(rows))
    leaf = places * n_codes**n_levels // len(rows)
    codes = np.column_stack([leaf // n_codes ** (n_levels - 1 - level) % n_codes for level in range(n_levels)])
    return made_unique(codes, places, n_codes)
