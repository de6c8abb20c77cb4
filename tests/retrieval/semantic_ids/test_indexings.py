"""Each way to index puts near what it says it does, and none gives two items one ID."""

import numpy as np
import pytest

from retrieval.semantic_ids.indexings import INDEXINGS, Indexing, indexed
from retrieval.semantic_ids.quantise import ResidualKMeans

N_ITEMS = 64
RNG = np.random.default_rng(0)
LOOKS = np.arange(N_ITEMS) % 4  # what the text tells
COMPANY = RNG.permutation(np.arange(N_ITEMS) % 4)  # which items are taken together
TEXT = (np.eye(4)[LOOKS] + 0.05 * RNG.standard_normal((N_ITEMS, 4))).astype(np.float32)
HISTORIES = [RNG.permutation(np.flatnonzero(user % 4 == COMPANY))[:6].astype(np.int32) for user in range(200)]


def codes(kind: Indexing, seed: int = 0) -> np.ndarray:
    return indexed(kind, TEXT, HISTORIES, ResidualKMeans(4, 2), seed).codes


def purity(kind: Indexing, groups: np.ndarray) -> float:
    """The share of items whose first code stands mostly for their group: 1 at best, near .4 by chance."""
    first = codes(kind)[:, 0]
    return sum(np.bincount(groups[first == code]).max() for code in np.unique(first)) / N_ITEMS


@pytest.mark.parametrize("kind", INDEXINGS)
def test_all_have_one_shape_and_no_id_twice(kind: Indexing) -> None:
    found = codes(kind)
    assert found.shape == (N_ITEMS, 3) and len(np.unique(found, axis=0)) == N_ITEMS
    assert found[:, :2].max() < 4 and np.array_equal(found, codes(kind))


def test_semantic_follows_the_text_and_collaborative_the_histories() -> None:
    assert purity("semantic", LOOKS) > 0.95 and purity("semantic", COMPANY) < 0.6
    assert purity("collaborative", COMPANY) > 0.95 and purity("collaborative", LOOKS) < 0.6


def test_hybrid_follows_both() -> None:
    second = codes("hybrid")[:, :2]
    pairs = np.unique(second @ [4, 1], return_inverse=True)[1]
    told = [sum(np.bincount(groups[pairs == pair]).max() for pair in np.unique(pairs)) for groups in (LOOKS, COMPANY)]
    assert min(told) / N_ITEMS > 0.8


def test_sequential_gives_neighbours_in_the_histories_neighbouring_ids() -> None:
    found = indexed("sequential", TEXT, [np.array([40, 7, 23, 60], np.int32)], ResidualKMeans(4, 2), 0).codes
    assert found[[40, 7, 23, 60], :2].tolist() == [[0, 0]] * 4
    assert found[[40, 7, 23, 60], 2].tolist() == [0, 1, 2, 3]
    assert np.bincount(found[:, 0]).tolist() == [16] * 4


def test_random_follows_neither_and_depends_on_the_seed_alone() -> None:
    assert purity("random", LOOKS) < 0.6 and purity("random", COMPANY) < 0.6
    assert not np.array_equal(codes("random"), codes("random", seed=1))
