"""Metrics against numbers worked out by hand."""

from math import log2

import pytest

from eval.metrics import interval, ndcg_at, percentile, recall_at, reciprocal_rank_at

RANKED = ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("targets", "k", "expected"),
    [
        (["c"], 2, 0.0),
        (["c"], 3, 1.0),
        (["a", "x"], 4, 0.5),
        (["a", None], 4, 0.5),
        ([None], 4, 0.0),
        (["a", "d", "x"], 3, 1 / 3),
        ([], 4, 0.0),
        (["a"], 0, 0.0),
    ],
)
def test_recall_is_the_share_of_targets_found(targets: list[str | None], k: int, expected: float) -> None:
    assert recall_at(RANKED, targets, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("targets", "k", "expected"),
    [
        (["a"], 4, 1.0),
        (["b"], 4, 1 / log2(3)),
        (["d"], 3, 0.0),
        (["b", "d"], 4, (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))),
        (["a", None], 4, 1 / (1 + 1 / log2(3))),
        (["a", "b", "c"], 1, 1.0),
        ([], 4, 0.0),
    ],
)
def test_ndcg_discounts_by_rank_and_divides_by_the_best_possible(
    targets: list[str | None], k: int, expected: float
) -> None:
    assert ndcg_at(RANKED, targets, k) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("targets", "k", "expected"), [(["a"], 4, 1.0), (["d", "c"], 4, 1 / 3), (["d"], 3, 0.0), ([None], 4, 0.0)]
)
def test_reciprocal_rank_is_of_the_first_target(targets: list[str | None], k: int, expected: float) -> None:
    assert reciprocal_rank_at(RANKED, targets, k) == pytest.approx(expected)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 20), (0.51, 30), (0.95, 40), (1.0, 40), (0.01, 10)])
def test_percentile_is_the_nearest_rank(share: float, expected: float) -> None:
    assert percentile([40, 10, 30, 20], share) == expected


def test_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 0.5) == 0.0


def test_an_interval_is_the_same_every_time_and_holds_the_mean() -> None:
    values, clusters = [0.0, 1.0] * 20, [str(i) for i in range(40)]
    low, high = interval(values, clusters)
    fine = [value + i / 1000 for i, value in enumerate(values)]
    assert interval(fine, clusters) == interval(fine, clusters)
    # The mean of 40 coins has a standard error of 0.079, so 95 % of them lie within about 0.155 of a half.
    assert low == pytest.approx(0.345, abs=0.03)
    assert high == pytest.approx(0.655, abs=0.03)


def test_an_interval_resamples_whole_clusters() -> None:
    values = [0.0] * 20 + [1.0] * 20
    alone = interval(values, [str(i) for i in range(40)])
    together = interval(values, ["calm"] * 20 + ["wild"] * 20)
    assert together == (0.0, 1.0)
    assert alone[1] - alone[0] < 0.4


def test_clusters_of_unlike_sizes_weigh_by_their_values() -> None:
    one, other = [1.0] * 3, [0.0]
    low, high = interval([*one, *other], ["big"] * 3 + ["small"])
    assert (low, high) == (0.0, 1.0)
    single = interval([0.2, 0.4], ["only", "only"])
    assert single == pytest.approx((0.3, 0.3))


def test_values_and_clusters_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="shorter|longer"):
        interval([1.0, 0.0], ["a"])
