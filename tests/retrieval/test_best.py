"""The best of many scores: never another answer than sorting all of them."""

import numpy as np
import pytest

from retrieval.best import best


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257, 5000, 70_000])
@pytest.mark.parametrize("k", [1, 10, 300])
@pytest.mark.parametrize("positive", [0.0, 0.002, 0.5, 1.0])
@pytest.mark.parametrize("steps", [4, 10**6])
def test_it_is_what_sorting_gives(n: int, k: int, positive: float, steps: int) -> None:
    drawn = np.random.default_rng(n + k)
    scores = (drawn.integers(0, steps, n) / steps - 1 + positive).astype(np.float32)
    highest = np.sort(scores[scores > 0])[::-1][:k]
    expected = np.flatnonzero(scores >= highest[-1]) if len(highest) else np.zeros(0, int)
    assert np.array_equal(best(scores, k), expected)


def test_scores_need_not_be_of_one_type_or_block() -> None:
    assert best(np.array([0.5, -1.0, 0.5, 0.25]), 1).tolist() == [0, 2]
    assert best(np.full(1000, -1.0, np.float16), 5).tolist() == []
