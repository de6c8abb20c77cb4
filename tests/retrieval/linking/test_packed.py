"""Phrases in flat arrays: what was put in comes out, and nothing else."""

import random

import numpy as np

from retrieval.linking.packed import PackedPhrases, PhraseWriter


def packed(*pairs: tuple[str, int, float]) -> PackedPhrases:
    writer = PhraseWriter()
    for pair in pairs:
        writer.add(*pair)
    return writer.packed()


def test_it_answers_like_a_dictionary() -> None:
    draw = random.Random(3)
    pairs = [(f"phrase {draw.randrange(400)}", draw.randrange(90), draw.choice([1.0, 0.96, 0.7])) for _ in range(3000)]
    known: dict[str, dict[int, float]] = {}
    for phrase, row, exactness in pairs:
        rows = known.setdefault(phrase, {})
        rows[row] = max(exactness, rows.get(row, 0))
    index = packed(*pairs)
    assert all(index.get(phrase) == sorted(rows.items()) for phrase, rows in known.items())
    strange = [f"phrase {n}" for n in range(400, 9000)] + ["", "phrase", "1"]
    assert not any(phrase in index or index.get(phrase) for phrase in strange)


def test_nothing_is_in_an_empty_one() -> None:
    assert "" not in packed()
    assert packed().get("anything") is None


def test_saved_arrays_give_the_same_index() -> None:
    index = packed(("der blaue engel", 4, 1.0), ("爱", 2, 0.5), ("爱", 1, 1.0))
    again = PackedPhrases({name: np.array(array) for name, array in index.arrays.items()})
    assert again.get("爱") == index.get("爱") == [(1, 1.0), (2, 0.5)]
    assert "der blaue engel" in again
