"""Figures of IDs, and codes put into words."""

import numpy as np
import pytest

from retrieval.semantic_ids.describe import meanings, report
from retrieval.semantic_ids.ids import made_unique

CODES = np.array([[0, 0], [0, 0], [0, 1], [0, 1], [1, 0], [1, 0], [1, 0], [1, 1]])
TERMS = [
    ["tea", "green", "the"],
    ["tea", "green", "the"],
    ["tea", "black", "the"],
    ["tea", "black", "the", "the"],
    ["cup", "the"],
    ["cup", "the"],
    ["cup", "the"],
    ["cup", "pot"],
]
KNOWN = np.array([1, 5, 9, 2, 0, 0, 3, 7])


def test_figures() -> None:
    found = report(made_unique(CODES))
    assert (found.n_items, found.n_distinct, found.largest) == (8, 4, 3)
    assert found.colliding == pytest.approx(7 / 8)
    assert [level.n_used for level in found.levels] == [2, 2]
    assert found.levels[0].perplexity == pytest.approx(2)
    assert 1 < found.levels[1].perplexity < 2


def test_a_level_that_all_share_has_perplexity_one() -> None:
    level = report(made_unique(np.zeros((5, 1), int), n_codes=8)).levels[0]
    assert (level.n_codes, level.n_used) == (8, 1) and level.perplexity == pytest.approx(1)


def test_codes_are_told_by_what_sets_them_apart() -> None:
    found = {meaning.prefix: meaning for meaning in meanings(made_unique(CODES), TERMS, KNOWN)}
    assert list(found) == [(0,), (0, 0), (0, 1), (1,), (1, 0), (1, 1)]
    assert found[(0,)].terms[0] == "tea" and "cup" not in found[(0,)].terms
    assert found[(1,)].terms[0] == "cup"
    assert found[(0, 0)].terms == ("green",) and found[(0, 1)].terms == ("black",)
    assert found[(1, 1)].terms == ("pot",)
    assert (found[(0,)].n_items, found[(1, 0)].n_items) == (4, 3)


def test_examples_are_the_best_known() -> None:
    first = meanings(made_unique(CODES), TERMS, KNOWN, depth=1)
    assert [meaning.examples for meaning in first] == [(2, 1, 3), (7, 6, 4)]
