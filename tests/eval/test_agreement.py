"""Statistics of agreement against other implementations and published values."""

import math

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr
from sklearn.metrics import cohen_kappa_score

from eval import agreement

_RNG = np.random.default_rng(3)
A, B = _RNG.integers(1, 6, 80).astype(float), _RNG.integers(1, 6, 80).astype(float)
C = np.where(_RNG.random(80) < 0.6, A, B)
"""Five levels with many ties; C mostly follows A."""


@pytest.mark.parametrize("other", [B, C, -C])
def test_rank_correlations_are_those_of_scipy(other: np.ndarray) -> None:
    assert agreement.spearman(A, other) == pytest.approx(spearmanr(A, other)[0])
    assert agreement.kendall(A, other) == pytest.approx(kendalltau(A, other)[0])


@pytest.mark.parametrize("other", [B, C, 6 - C])
def test_kappa_is_that_of_sklearn(other: np.ndarray) -> None:
    assert agreement.quadratic_kappa(A, other) == pytest.approx(cohen_kappa_score(A, other, weights="quadratic"))


def test_nothing_varies() -> None:
    same = np.ones(5)
    for statistic in (agreement.spearman, agreement.kendall, agreement.pearson, agreement.quadratic_kappa):
        assert math.isnan(statistic(same, same))
    assert math.isnan(agreement.krippendorff([[1, 1], [1, 1]]))
    assert math.isnan(agreement.krippendorff([[1], [2]]))


def test_alpha_is_that_of_krippendorffs_worked_example() -> None:
    """Four observers, twelve units, missing values: interval alpha is 0.849 (Krippendorff 2011, section D)."""
    told = [
        [1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
        [2, 2, 2, 2], [5, 5, 5], [1, 1], [3],
    ]  # fmt: skip
    assert agreement.krippendorff(told) == pytest.approx(0.849, abs=0.0005)


def test_alpha_falls_where_annotators_disagree() -> None:
    assert agreement.krippendorff([[1, 1], [5, 5]]) == pytest.approx(1)
    assert agreement.krippendorff([[1, 5], [5, 1], [1, 5]]) < 0


def test_means_of_groups_count_for_nothing_within() -> None:
    groups = np.repeat(["a", "b"], 20)
    inside = np.tile(np.arange(20.0), 2)
    judged = -inside + 100 * (groups == "b")
    people = inside + 100 * (groups == "b")
    assert agreement.pearson(judged, people) > 0.9
    assert agreement.within(judged, people, groups) == pytest.approx(-1)


def test_one_annotator_meets_the_mean_of_the_others() -> None:
    ones, others, at = agreement.one_against_others([[1, 2, 3], [4], [5, 1]])
    assert ones.tolist() == [1, 2, 3, 5, 1]
    assert others.tolist() == [2.5, 2, 1.5, 1, 5]
    assert at.tolist() == [0, 0, 0, 2, 2]


def test_the_interval_draws_whole_clusters() -> None:
    values = np.repeat(_RNG.normal(size=10), 30)
    means = agreement.interval(lambda at: float(values[at].mean()), np.repeat(np.arange(10), 30), n=400)
    alone = agreement.interval(lambda at: float(values[at].mean()), np.arange(300), n=400)
    assert means is not None
    assert alone is not None
    assert means[1] - means[0] > 2 * (alone[1] - alone[0])
    assert means[0] < values.mean() < means[1]


def test_no_interval_from_one_cluster_or_of_what_never_varies() -> None:
    assert agreement.interval(lambda at: float(len(at)), np.zeros(5)) is None
    assert agreement.interval(lambda at: math.nan, np.arange(5), n=20) is None
