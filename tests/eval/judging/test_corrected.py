"""Corrected means hit the truth as often as they say, and are the narrower the better the judge."""

import math

import numpy as np
import pytest

from eval.judging.corrected import (
    corrected_mean,
    corrected_share,
    dialogues_needed,
    mean_of,
    smallest_difference,
    spread_inside,
)

_N, _M, _TRIALS = 40, 400, 400


def trials(noise: float, bias: float) -> tuple[float, float, float]:
    """Return how often the interval holds the truth, its width beside that of the labels alone, and the mean error."""
    rng, held, widths, errors = np.random.default_rng(0), 0, [], []
    for _ in range(_TRIALS):
        truth = rng.normal(3, 1, _N + _M)
        judged = truth + bias + rng.normal(0, noise, _N + _M)
        found = corrected_mean(judged[:_N], truth[:_N], judged[_N:])
        low, high = found.interval
        held += low <= 3 <= high
        widths.append(found.error / mean_of(truth[:_N]).error)
        errors.append(found.mean - 3)
    return held / _TRIALS, float(np.mean(widths)), float(np.mean(errors))


@pytest.mark.parametrize("bias", [0.0, 2.0])
@pytest.mark.parametrize("noise", [0.5, 10.0])
def test_the_interval_holds_whatever_the_judge_is_worth(noise: float, bias: float) -> None:
    held, width, error = trials(noise, bias)
    assert 0.92 <= held <= 0.98
    assert abs(error) < 0.03
    assert width < (0.65 if noise < 1 else 1.02)


def test_without_other_dialogues_the_labels_speak_alone() -> None:
    labels = np.array([1.0, 2, 3, 4])
    assert corrected_mean(labels, labels, np.array([])) == mean_of(labels)


def test_a_share_is_put_right_for_misses_and_false_alarms() -> None:
    true, sensitivity, specificity = 0.3, 0.8, 0.9
    seen = true * sensitivity + (1 - true) * (1 - specificity)
    assert corrected_share(seen, sensitivity, specificity) == pytest.approx(true)
    assert corrected_share(0.0, 0.9, 0.9) == 0
    assert math.isnan(corrected_share(0.5, 0.5, 0.5))


def test_what_can_be_seen_is_seen_in_four_of_five_trials() -> None:
    rng = np.random.default_rng(1)
    systems = np.repeat(["a", "b"], 500)
    labels = rng.normal(0, 1, 1000) + np.repeat([0, 5], 500)
    assert spread_inside(labels, systems) == pytest.approx(1, abs=0.05)
    gap = smallest_difference(labels, systems, 50)
    arms = rng.normal(0, 1, (2, 2000, 50)) + np.array([0, gap])[:, None, None]
    error = np.sqrt(arms.var(axis=2, ddof=1).sum(axis=0) / 50)
    assert np.mean(np.abs(arms[1].mean(axis=1) - arms[0].mean(axis=1)) / error > 1.96) == pytest.approx(0.8, abs=0.04)
    n = dialogues_needed(labels, systems, 0.4)
    assert smallest_difference(labels, systems, n) == pytest.approx(0.4, rel=0.02)
