"""Ridge in closed form."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from eval.judging.ridge import STRENGTHS, fit_ridge

_RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n_columns", [5, 90], ids=["few columns", "more columns than rows"])
def test_it_is_the_ridge_of_sklearn(n_columns: int) -> None:
    rows = _RNG.uniform(-1, 1, (60, n_columns))
    labels = rows[:, 0] + 0.1 * _RNG.normal(size=60)
    fitted = fit_ridge(rows, labels, np.arange(60) % 4)
    scaled = (rows - rows.mean(0)) / rows.std(0)
    theirs = Ridge(fitted.strength).fit(scaled, labels)
    assert fitted(rows) == pytest.approx(theirs.predict(scaled))


def test_noise_is_held_back_and_a_line_is_not() -> None:
    rows = _RNG.normal(size=(200, 10))
    groups = np.arange(200) % 5
    assert fit_ridge(rows, _RNG.normal(size=200), groups).strength > 100
    assert fit_ridge(rows, rows[:, 0], groups).strength == STRENGTHS[0]


def test_a_column_that_never_varied_counts_for_nothing() -> None:
    rows = np.column_stack([_RNG.normal(size=50), np.ones(50)])
    fitted = fit_ridge(rows, rows[:, 0], np.arange(50) % 5)
    assert fitted(np.array([[0.5, 1.0]])) == pytest.approx(fitted(np.array([[0.5, 900.0]])))


def test_one_group_alone_is_held_back_most() -> None:
    assert fit_ridge(_RNG.normal(size=(9, 2)), np.arange(9.0), np.zeros(9)).strength == STRENGTHS[-1]
