"""Metrics and intervals against numbers worked out by hand."""

from math import log2

import numpy as np
import pytest

from eval.metrics import (
    MISSED,
    RANKING,
    hit_at,
    intervals,
    ndcg_at,
    percentile,
    rank_of,
    reciprocal_rank_at,
    with_intervals,
)

RANKS = np.array([0.0, 1.0, 9.0, 10.0, MISSED])


@pytest.mark.parametrize(("target", "rank"), [("a", 0), ("c", 2), ("x", MISSED), (None, MISSED)])
def test_rank_counts_from_zero_and_what_is_not_there_is_missed(target: str | None, rank: float) -> None:
    assert rank_of(["a", "b", "c", None], target) == rank


def test_metrics_of_one_target_follow_from_its_rank() -> None:
    assert hit_at(10)(RANKS).tolist() == [1, 1, 1, 0, 0]
    assert ndcg_at(10)(RANKS) == pytest.approx([1, 1 / log2(3), 1 / log2(11), 0, 0])
    assert reciprocal_rank_at(10)(RANKS) == pytest.approx([1, 1 / 2, 1 / 10, 0, 0])
    assert {name: float(metric(RANKS)[3]) for name, metric in RANKING.items() if name.startswith(("R", "pool"))} == {
        "R@1": 0, "R@10": 0, "R@50": 1, "pool@100": 1, "pool@250": 1,
    }  # fmt: skip


def test_whole_clusters_are_resampled() -> None:
    values = np.array([[1.0], [1.0], [0.0], [0.0]])
    [[low, high]] = intervals(values, ["a", "a", "b", "b"])
    assert (low, high) == (0.0, 1.0), "two clusters: a quarter of the samples hold only one of them"
    [[low, high]] = intervals(values, ["a", "a", "a", "a"])
    assert low == high == 0.5, "one cluster: there is nothing to resample"


def test_an_interval_is_that_of_the_mean() -> None:
    draw = np.random.default_rng(1)
    values = draw.normal(5, 2, (400, 1))
    [[low, high]] = intervals(values, [str(i) for i in range(400)], n_samples=2000)
    spread = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - spread, values.mean() + spread), abs=0.03)


def test_clusters_of_unequal_size_weigh_by_their_cases() -> None:
    values = np.array([[0.0], [1.0], [1.0], [1.0]])
    [[low, high]] = intervals(values, ["a", "b", "b", "b"], n_samples=4000)
    assert (low, high) == (0.0, 1.0)
    assert intervals(values, ["a", "b", "b", "b"], seed=3).tolist() == intervals(values, list("abbb"), seed=3).tolist()


def test_means_and_bounds_by_name_and_nothing_for_no_cases() -> None:
    row = with_intervals({"x": np.array([1.0, 0.0]), "y": np.array([1.0, 1.0])}, ["a", "b"])
    assert row["x"]["mean"] == 0.5
    assert row["y"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert with_intervals({"x": np.zeros(0)}, []) == {}


@pytest.mark.parametrize(("share", "expected"), [(0.5, 20), (0.51, 30), (0.95, 40), (1.0, 40), (0.01, 10)])
def test_percentile_is_the_nearest_rank(share: float, expected: float) -> None:
    assert percentile([40, 10, 30, 20], share) == expected


def test_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 0.5) == 0.0
