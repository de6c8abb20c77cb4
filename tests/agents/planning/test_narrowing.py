"""What a question gains, in bits, against what it costs."""

import numpy as np
import pytest

from agents.planning.narrowing import Split, best_split, split_by, weights_of


def even(n: int) -> np.ndarray:
    return np.full(n, 1 / n)


def test_halving_for_sure_is_one_bit_and_quartering_two() -> None:
    assert split_by(["a", "b"] * 4, even(8), {"a": 4, "b": 4}, 8).gain == pytest.approx(1.0)
    assert split_by(list("abcd") * 2, even(8), dict.fromkeys("abcd", 2), 8).gain == pytest.approx(2.0)


def test_a_value_that_nearly_all_have_gains_little() -> None:
    lopsided = split_by(["a"] * 9 + ["b"], even(10), {"a": 9, "b": 1}, 10)
    assert lopsided.gain == pytest.approx(0.9 * np.log2(10 / 9) + 0.1 * np.log2(10))
    assert split_by(["a"] * 5, even(5), {"a": 5}, 5).gain == 0


def test_answers_beside_the_choices_gain_nothing() -> None:
    split = split_by(["a", "b", "z", None], even(4), {"a": 1, "b": 1}, 4)
    assert split.covered == pytest.approx(0.5)
    assert split.gain == pytest.approx(0.5 * 2)


def test_an_item_with_several_of_the_choices_gives_each_a_part() -> None:
    split = split_by([["a", "b", "z"], ["a"]], even(2), {"a": 2, "b": 1}, 2)
    assert split.choices == ["a", "b"]
    assert split.gain == pytest.approx(0.25)
    assert split.covered == pytest.approx(1.0)


def test_what_ranks_first_is_the_likelier_answer() -> None:
    weights = weights_of(50)
    assert weights.sum() == pytest.approx(1)
    assert weights[0] == pytest.approx(2 * weights[20])
    front = split_by(["rare"] * 5 + ["common"] * 45, weights, {"common": 90, "rare": 10}, 100)
    back = split_by(["common"] * 45 + ["rare"] * 5, weights, {"common": 90, "rare": 10}, 100)
    assert front.gain > back.gain


def test_only_what_gains_more_than_it_costs_is_asked() -> None:
    splits = {"a": Split(["x", "y"], 1.2, 0.9), "b": Split(["x", "y"], 1.9, 0.3)}
    assert best_split(splits, 1.0, 0.6) == "a"
    assert best_split(splits, 1.3, 0.6) == ""
    assert best_split(splits, 1.0, 0.2) == "b"
    assert best_split({}, 0, 0) == ""
