"""Reciprocal-rank fusion and diversity."""

import numpy as np
import pytest

from retrieval.fuse import cosine_of, mmr, overlap_of, rrf


def test_rrf_adds_weighted_reciprocal_ranks() -> None:
    fused = dict(rrf([[1, 2, 3], [3, 1]], [1.0, 2.0], c=10))
    assert fused == pytest.approx({1: 1 / 11 + 2 / 12, 2: 1 / 12, 3: 1 / 13 + 2 / 11})


def test_rrf_is_best_first_and_stable() -> None:
    assert [row for row, _ in rrf([[5, 6], [7, 8]])] == [5, 7, 6, 8]
    assert [row for row, _ in rrf([[5, 6], [7, 8]], [1, 2])] == [7, 8, 5, 6]


def test_rrf_counts_a_repeated_row_once() -> None:
    assert rrf([[4, 4, 9]], c=0) == [(4, 1.0), (9, 0.5)]


def test_rrf_of_nothing() -> None:
    assert rrf([]) == []
    assert rrf([[], []]) == []


def test_rrf_refuses_a_weight_too_few() -> None:
    with pytest.raises(ValueError, match="shorter"):
        rrf([[1], [2]], [1.0])


def test_mmr_prefers_the_unlike_over_the_slightly_better() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    assert mmr([3, 2.9, 2.5], cosine_of(vectors), 2, trade_off=0.5) == [0, 2]
    assert mmr([3, 2.9, 2.5], cosine_of(vectors), 2, trade_off=1) == [0, 1]


def test_mmr_over_sets() -> None:
    sets = [frozenset("ab"), frozenset("ab"), frozenset("c"), frozenset()]
    assert mmr([1, 1, 1, 1], overlap_of(sets), 3, trade_off=0.5) == [0, 2, 3]
    assert overlap_of(sets)(0, 1) == 1
    assert overlap_of(sets)(0, 3) == 0


def test_mmr_returns_each_position_once_and_never_more_than_there_are() -> None:
    assert sorted(mmr([1, 2, 3], overlap_of([frozenset("a")] * 3), 9)) == [0, 1, 2]
    assert mmr([], overlap_of([]), 3) == []
    assert mmr([1], overlap_of([frozenset()]), 0) == []


def test_opposite_vectors_are_merely_not_alike() -> None:
    assert cosine_of(np.array([[1, 0], [-1, 0]]))(0, 1) == 0
