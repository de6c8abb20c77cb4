"""Fusion: weights that validation speaks for, and sums that keep what several lists agree on."""

import numpy as np
import pytest

from eval.next_fusion import Fusion, choose, fuse
from eval.next_lists import Lists, ndcg


def lists(*rows: str) -> Lists:
    """Letters as items, best first; the n-th last scores n."""
    n = max(map(len, rows))
    items = [[*("abcdefgh".index(letter) for letter in row), *[-1] * (n - len(row))] for row in rows]
    scores = [[*range(len(row), 0, -1), *[0] * (n - len(row))] for row in rows]
    return Lists(np.array(items, np.int32), np.array(scores, np.float32))


@pytest.mark.parametrize(("way", "constant"), [("ranks", 5.0), ("shares", 1.0)])
def test_what_both_list_comes_first_and_nothing_comes_from_nowhere(way: str, constant: float) -> None:
    fused = fuse({"x": lists("abc", "a"), "y": lists("dbe", "")}, Fusion(way, constant, {"x": 1.0, "y": 1.0}), 8)
    assert fused.items[0, 0] == 1
    assert fused.items[1].tolist() == [0, -1, -1, -1, -1, -1, -1, -1]
    assert (fused.scores[fused.items < 0] == 0).all()


def test_a_model_without_weight_is_left_out() -> None:
    fused = fuse({"x": lists("abc"), "y": lists("def")}, Fusion("ranks", 5.0, {"x": 0.0, "y": 1.0}), 8)
    assert fused.items[0, :4].tolist() == [3, 4, 5, -1]


def test_weights_are_those_that_put_the_targets_first() -> None:
    """The last users' targets are known to `y` alone, below the first list's best; `z` is noise."""
    made = {"x": lists("abc", "abc", "cba"), "y": lists("ahg", "hag", "fhg"), "z": lists("efg", "egf", "gef")}
    targets = np.array([0, 0, 5], np.int32)
    fusion = choose(made, targets, 8)
    assert fusion.weights["z"] < fusion.weights["x"]
    alone = max(ndcg(part, targets) for part in made.values())
    assert ndcg(fuse(made, fusion, 8), targets) > alone


def test_nothing_found_is_no_reason_to_fail() -> None:
    assert set(choose({"x": lists("abc"), "y": lists("abd")}, np.array([7]), 8).weights) == {"x", "y"}
