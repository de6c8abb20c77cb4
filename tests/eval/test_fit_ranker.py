"""Fitting: it finds what was taken, keeps its floors, agrees with its written file, and its chances never fall."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from talk_pools import ASKED, NAMES, TOLD, pools

from agents.ranking.learned import Learned, blended
from agents.ranking.trees import Forest
from errors import InputError
from eval.boosting import fit_trees
from eval.calibration import knots_of, shown
from eval.fit_ranker import fit_ranker, out_of_fold, scored
from eval.logit import FLOORS, fit, folds_of

LEAF = Forest(*[np.zeros((1, 1), np.int32)] * 5, depth=0)


def test_it_finds_what_tells_and_keeps_its_floors() -> None:
    weights = fit(pools(90))
    assert np.argmax(weights) == TOLD
    assert all(weight >= FLOORS.get(name, 0) - 1e-6 for name, weight in zip(NAMES, weights, strict=True))


def test_dialogues_are_never_parted_by_folds() -> None:
    made = pools(60)
    folds = folds_of(made)
    by_group: dict[str, set[int]] = {}
    for pool, fold in zip(made, folds.tolist(), strict=True):
        by_group.setdefault(pool.group, set()).add(fold)
    assert all(len(found) == 1 for found in by_group.values())
    assert len(set(folds.tolist())) == 5


def test_scores_out_of_fold_are_those_of_weights_that_never_saw_the_turn() -> None:
    made = pools(60)
    folds = folds_of(made)
    scores = out_of_fold(made, folds)
    others = [pool for pool, fold in zip(made, folds, strict=True) if fold != folds[0]]
    assert scores[0] == pytest.approx(blended(made[0].columns, made[0].context, fit(others), fit_trees(others)))


def test_a_turn_left_to_the_fixed_weights_keeps_them() -> None:
    pool = replace(pools(1)[0], learned=False)
    assert scored([pool], np.ones(len(NAMES)), LEAF)[0] is pool.fixed


def test_a_subject_asked_for_is_left_to_the_weights() -> None:
    pool, trees = pools(1)[0], fit_trees(pools(200))
    weights = np.ones(len(NAMES))
    asked = pool.columns.copy()
    asked[:, NAMES.index(ASKED[0])] = 0.5
    assert blended(asked, pool.context, weights, trees) == pytest.approx(asked @ weights)
    assert blended(pool.columns, pool.context, weights, trees) != pytest.approx(pool.columns @ weights)


def test_chances_never_fall_and_mean_what_was_seen() -> None:
    made = pools(150)
    scores = out_of_fold(made, folds_of(made))
    logs, taken, _ = shown(made, scores)
    knots = knots_of(logs, taken)
    assert (np.diff(knots[0]) > 0).all()
    assert (np.diff(knots[1]) >= 0).all()
    assert np.interp(logs, *knots).mean() == pytest.approx(taken.mean(), abs=0.03)


def test_the_written_ranker_is_the_fitted_one(tmp_path: Path) -> None:
    made, others = pools(60), pools(30, "others")
    out = tmp_path / "learned.json"
    text = fit_ranker({"talks": made, "others": others}, "tiny", out)
    assert "talks: learned, out of fold" in text
    assert "others: learned on the others" in text
    raw = json.loads(out.read_text("utf-8"))
    assert raw["turns"] == {"talks": 60, "others": 30}
    read = Learned.read(out)
    assert read.weights == pytest.approx(fit([*made, *others]), abs=1e-4)


def test_a_test_part_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="for testing"):
        fit_ranker({"redial_test_turns": pools(6)}, "tiny", tmp_path / "x.json")
