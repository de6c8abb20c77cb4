"""The bank of sentences becomes linked examples of any catalogue, and a model that does better than chance."""

import re
from pathlib import Path

import numpy as np
import pytest

from agents.nouns import nouns_of
from errors import InputError
from eval.acts.bank import BANK, Example, Filling, examples, read_bank
from eval.acts.fit import acts_of, features, fit, heat_of, left_out, table
from retrieval.bundle import Bundle

FEW = ("more |", "seen |", "undo |", "{")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A part of the bank: linking all of it takes a minute."""
    lines = [line for line in BANK.read_text(encoding="utf-8").splitlines() if line.startswith(FEW)]
    path = tmp_path_factory.mktemp("bank") / "few.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(films: Bundle, games: Bundle, few: Path) -> list[Example]:
    return examples([Filling(films, nouns_of("films")), Filling(games, nouns_of("games"))], path=few)


def test_every_slot_of_the_bank_can_be_filled(games: Bundle, made: list[Example]) -> None:
    families, words = read_bank()
    known = {*words, *Filling(games, nouns_of("games")).slots}
    named = {slot for family in families for text in family.sentences for slot in re.findall(r"\{(\w+)\}", text)}
    assert named <= known
    assert not [example.heard.text for example in made if "{" in example.heard.text]
    assert "TITLE" in {mention.text for example in made for mention in example.heard.mentions}


def test_the_same_seed_makes_the_same_examples(games: Bundle, few: Path) -> None:
    one, other = (examples([Filling(games, nouns_of("games"))], path=few) for _ in range(2))
    assert [example.heard.text for example in one] == [example.heard.text for example in other]


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "bank.txt").write_text("more | s | next || go on\nmore | later | next\n")
    with pytest.raises(InputError, match="line 2"):
        read_bank(tmp_path / "bank.txt")


def test_sentences_left_out_are_told_apart(made: list[Example]) -> None:
    rows = features(made, None)
    logits = left_out(rows, made, by_family=False)
    told = table(logits, heat_of(logits, made), made)
    assert told["all"]["examples"] == len(made)
    assert told["all"]["right"] > 0.75
    learnt = fit(rows, made, range(len(made)))
    assert learnt.weights.shape == (len(acts_of(made)), rows.shape[1])
    best = (rows @ learnt.weights.T + learnt.bias).argmax(1)
    assert np.mean([acts_of(made)[b] in example.acts for b, example in zip(best, made, strict=True)]) > 0.9
