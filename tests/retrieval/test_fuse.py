"""Reciprocal-rank fusion and diversity."""

import pytest

from retrieval.fuse import mmr, rrf


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
    def twins(a: int, b: int) -> float:
        return float({a, b} == {0, 1})

    assert mmr([3, 2.9, 2.5], twins, 2, trade_off=0.5) == [0, 2]
    assert mmr([3, 2.9, 2.5], twins, 2, trade_off=1) == [0, 1]


def test_mmr_returns_each_position_once_and_never_more_than_there_are() -> None:
    assert sorted(mmr([1, 2, 3], lambda a, b: 1.0, 9)) == [0, 1, 2]
    assert mmr([], lambda a, b: 0.0, 3) == []
    assert mmr([1], lambda a, b: 0.0, 0) == []
