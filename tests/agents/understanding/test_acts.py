"""The classifier of dialogue acts: what it is sure of, under whose vectors, and how its weights are kept."""

from pathlib import Path

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder

from agents.understanding import acts
from agents.understanding.act_features import BUCKETS, Heard, cheap, grams, masked, places
from retrieval.embed import MiniLM
from retrieval.linking import Mention


def heard(text: str, *mentions: Mention, shown: bool = True) -> Heard:
    return Heard(text, mentions, {"who"}, ("item", "items"), ("price", "made in"), has_slate=shown, first=not shown)


def mention(text: str, kind: str = "value", field: str = "kind") -> Mention:
    return Mention(start=0, end=len(text), text=text, kind=kind, score=0.9, field=field)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("keep them coming", "more"),
        ("I've stayed at the first one already", "seen"),
        ("the second leaves me cold", "dislike"),
        ("much appreciated, you have been very helpful", "courtesy"),
        ("what's the story with the third one?", "details"),
        ("just pick one for me", "pick"),
        ("how do the first and the second differ?", "compare"),
    ],
)
def test_turns_of_phrase_are_told_without_vectors(text: str, act: str) -> None:
    assert acts.act_of(heard(text), None).among(act)


def test_a_name_of_a_kind_is_what_tells_not_the_kind() -> None:
    one = acts.act_of(heard("spare me the polka", mention("polka")), None)
    other = acts.act_of(heard("spare me the minivan", mention("minivan")), None)
    assert one == other
    assert one.name == "refuse"


def test_probabilities_add_up_and_what_is_answered_alike_is_one_act() -> None:
    act = acts.act_of(heard("why the first one?"), None)
    assert act.name == "details"
    assert act.fine["why"] > act.fine["details"]
    assert sum(act.fine.values()) == pytest.approx(1, abs=1e-5)


class Bundled:
    """Vectors under the name of the bundled embedder; counts how often it is asked."""

    name, dim = MiniLM.name, MiniLM.dim

    def __init__(self) -> None:
        self.n_asked = 0

    def embed(self, texts: list[str], progress: object = None) -> np.ndarray:
        self.n_asked += len(texts)
        return np.full((len(texts), self.dim), self.dim**-0.5, np.float32)


def test_only_the_vectors_it_was_fitted_on_are_used() -> None:
    bundled = Bundled()
    with_vector = acts.act_of(heard("keep them coming"), bundled)  # type: ignore[arg-type]
    assert bundled.n_asked == 1
    other = HashingEmbedder()
    assert acts.act_of(heard("keep them coming"), other) == acts.act_of(heard("keep them coming"), None)
    assert with_vector != acts.act_of(heard("keep them coming"), None)


def test_a_plain_wish_costs_no_vector() -> None:
    bundled = Bundled()
    said = heard("something by Acme from Peru", mention("Acme", field="who"), mention("Peru"))
    assert acts.act_of(said, bundled) == acts.Act(acts.WANT, 1.0)  # type: ignore[arg-type]
    assert not bundled.n_asked


def test_masking_keeps_how_it_is_said() -> None:
    said = heard("no Acme under 20, the second item made in Peru", mention("Acme", field="who"), mention("Peru"))
    assert masked(said) == "no PERSON under 20, the ORDINAL item FIELD VALUE"


def test_features_have_the_size_the_weights_have() -> None:
    said = heard("anything")
    names, by_vector, by_words = acts._models(acts.WEIGHTS)
    n_words = BUCKETS + len(cheap(said, masked(said)))
    assert by_words.weights.shape == (len(names), n_words)
    assert by_vector.weights.shape == (len(names), n_words + MiniLM.dim)
    assert np.linalg.norm(grams("anything at all")) == pytest.approx(1, abs=1e-5)


def test_weights_are_kept_to_a_byte_and_stay_small(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32)
    acts.save(tmp_path / "w.npz", ["a", "b", "c"], (weights, np.zeros(3), 1.0), (weights[:, :40], np.ones(3), 0.8))
    names, whole, words = acts._models(tmp_path / "w.npz")
    assert names == ["a", "b", "c"]
    assert np.abs(whole.weights - weights).max() < np.abs(weights).max() / 120
    assert words.heat == pytest.approx(0.8)
    assert acts.WEIGHTS.stat().st_size < 200_000


@pytest.mark.parametrize(
    ("text", "at"),
    [("the first and #3", [0, 2]), ("the last one", [3]), ("number 9", []), ("2", [1]), ("the one at the top", [0])],
)
def test_places_are_those_of_the_list(text: str, at: list[int]) -> None:
    assert places(text, 4) == at
