"""The bank of sentences becomes linked examples of any catalogue, and a model that does better than chance."""

from pathlib import Path

import numpy as np
import pytest

from agents.nouns import nouns_of
from errors import InputError
from eval.acts.bank import Example, Filling, examples, read_bank
from eval.acts.fit import acts_of, features, fit, heat_of, left_out, table
from retrieval.bundle import Bundle


@pytest.fixture(scope="module")
def made(films: Bundle, games: Bundle) -> list[Example]:
    return examples([Filling(films, nouns_of("films")), Filling(games, nouns_of("games"))])


def test_every_slot_of_the_bank_is_filled(made: list[Example]) -> None:
    assert not [example.heard.text for example in made if "{" in example.heard.text]
    assert len(made) > 2_500
    assert {"TITLE", "VALUE"} <= {mention.text for example in made for mention in example.heard.mentions}


def test_the_same_seed_makes_the_same_examples(films: Bundle, made: list[Example], games: Bundle) -> None:
    again = examples([Filling(films, nouns_of("films")), Filling(games, nouns_of("games"))])
    assert [example.heard.text for example in again] == [example.heard.text for example in made]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "bank.txt").write_text("more | s | next || go on\nmore | later | next\n")
    with pytest.raises(InputError, match="line 2"):
        read_bank(tmp_path / "bank.txt")


def test_sentences_left_out_are_told_apart(made: list[Example]) -> None:
    few = [example for example in made if set(example.acts) <= {"more", "seen", "undo"}]
    rows = features(few, None)
    logits = left_out(rows, few, by_family=False)
    told = table(logits, heat_of(logits, few), few)
    assert told["all"]["examples"] == len(few)
    assert told["all"]["right"] > 0.8
    learnt = fit(rows, few, range(len(few)))
    assert learnt.weights.shape == (len(acts_of(few)), rows.shape[1])
    best = (rows @ learnt.weights.T + learnt.bias).argmax(1)
    assert np.mean([acts_of(few)[b] in example.acts for b, example in zip(best, few, strict=True)]) > 0.95
