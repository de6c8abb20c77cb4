"""Trees: NumPy's sums are LightGBM's, plain lists lose nothing, and more evidence never lowers a score."""

import numpy as np
import pytest
from talk_pools import TOLD, pools

from agents.ranking.learned import COLUMNS, CONTEXT, tree_columns
from agents.ranking.trees import Forest
from eval.boosting import fit_trees, forest_of

WIDTH = len(COLUMNS) + len(CONTEXT)


def test_sums_are_those_of_the_library() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    draw = np.random.default_rng(3)
    columns = draw.random((3000, 6)).astype(np.float32)
    wanted = columns[:, 0] * 2 + (columns[:, 1] > 0.5) - columns[:, 2] ** 2
    model = lightgbm.train({"num_leaves": 8, "verbose": -1}, lightgbm.Dataset(columns, wanted), 30)
    forest = forest_of(model.dump_model())
    assert forest.scores(columns) == pytest.approx(model.predict(columns), abs=1e-3)
    again = Forest.of(forest.plain())
    assert again.scores(columns) == pytest.approx(forest.scores(columns), abs=1e-6)


def test_they_find_what_is_taken_and_never_count_good_as_bad() -> None:
    pytest.importorskip("lightgbm")
    forest = fit_trees(pools(200), n_trees=20)
    columns = np.zeros((5, len(COLUMNS)), np.float32)
    columns[:, TOLD] = np.linspace(0, 1, 5)
    scores = forest.scores(tree_columns(columns, np.zeros(len(CONTEXT))))
    assert scores.shape == (5,)
    assert (np.diff(scores) >= 0).all()
    assert scores[-1] > scores[0]
