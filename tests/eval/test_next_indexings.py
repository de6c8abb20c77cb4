"""Every indexing trained once on a tiny order, and trained models kept by their recipe."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from next_data import Letters, data_of

pytest.importorskip("torch")

from eval import next_trained
from eval.next_indexings import score_indexings
from eval.next_models import Means
from eval.next_trained import SemanticIdModel
from retrieval.semantic_ids.indexings import INDEXINGS
from retrieval.semantic_ids.run import Recipe

LETTERS = "abcdefghijkl"
TURNED = [(LETTERS * 2)[start : start + 6] for start in range(12)]


def test_each_indexing_is_a_row_trained_alike_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of(*TURNED * 3, texts={letter: letter * 3 for letter in LETTERS})
    means = Means(Letters(), tmp_path, minutes=1)
    rows = score_indexings(data, means, n_epochs=2)
    assert list(rows) == list(INDEXINGS)
    assert {cells["epochs"] for cells in rows.values()} == {2}
    assert all(set(cells["R@10"]) == {"mean", "low", "high"} for cells in rows.values())
    assert rows["random"]["colliding"] == 0.0
    assert rows["random"]["distinct"] == len(LETTERS)
    assert "R@10, seen 6–20 (n 36)" in rows["hybrid"]
    monkeypatch.setattr(next_trained, "train_semantic_ids", lambda *_: pytest.fail("trained already"))
    assert score_indexings(data, means, n_epochs=2) == rows


def test_without_texts_only_indexings_that_need_none_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.next_indexings._scored", lambda *_: {})
    means = Means(Letters(), Path())
    assert list(score_indexings(data_of(*TURNED), means)) == ["random", "sequential", "collaborative"]


def test_another_recipe_is_trained_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, folders = data_of(*TURNED), []

    def train(folder: Path, *_: Any) -> None:
        folders.append(folder)
        raise KeyboardInterrupt

    monkeypatch.setattr(next_trained, "train_semantic_ids", train)
    plain = dataclasses.replace(Recipe(), asked=0.0)
    for recipe in (plain, plain, dataclasses.replace(plain, dropout=0.9)):
        monkeypatch.setattr(next_trained, "recipe_of", lambda recipe=recipe, **_: recipe)
        with pytest.raises(KeyboardInterrupt):
            SemanticIdModel(Means(Letters(), tmp_path)).fit(data.histories(2), data)
    assert folders[0] == folders[1]
    assert folders[2] != folders[0]
