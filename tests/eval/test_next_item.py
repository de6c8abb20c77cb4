"""Next items: each model against what it says, and what chooses between settings."""

from pathlib import Path

import numpy as np
import pytest
from next_data import MEANS, Letters, data_of

from errors import InputError
from eval import next_item
from eval.next_item import score_next, write_predictions
from eval.next_lists import top
from eval.next_models import Histories, Means, Popularity, models, select
from eval.sequences import Sequences


def best(name: str, data: Sequences, history: str, **chosen: float) -> str:
    [model] = [model for model in models(data, MEANS) if model.name == name]
    model.fit(data.taken, data, **(model.choices[0] | chosen))
    at = np.array([data.items.index(item) for item in history], np.int32)
    scores = model.score([at])[0]
    scores[at] = -1
    return data.items[int(scores.argmax())]


def test_popularity_is_the_number_of_takers() -> None:
    assert best("popularity", data_of("abc", "bcd", "cde"), "c") == "b"


def test_transitions_go_one_way() -> None:
    data = data_of("abc", "abc", "dba", "dba")
    assert best("transitions", data, "xab"[1:], decay=0.0) == "c"
    assert best("transitions", data, "db", decay=0.0) in "ac"
    assert best("transitions", data, "d", decay=0.0) == "b"


@pytest.mark.parametrize("name", ["co-occurrence", "item-knn", "ease"])
def test_taken_together_is_taken_next(name: str) -> None:
    data = data_of("abx", "abx", "aby", "cdy", "cdy", "cdx", "cd", "ab")
    more = {"regularisation": 1.0} if name == "ease" else {}
    assert best(name, data, "a", **more) == "b"
    assert best(name, data, "c", **more) == "d"


def test_content_needs_texts_and_no_takers() -> None:
    data = data_of("abc", texts={"a": "red nail polish", "b": "garden hose", "c": "blue nail polish"})
    assert best("content", data, "a", power=0.0) == "c"
    assert "content" not in [model.name for model in select((), data_of("abc"), MEANS)]


def test_meaning_is_embedded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of("abcd", texts={"a": "aab", "b": "zz", "c": "baa", "d": "zzz"})
    means = Means(Letters(), tmp_path)
    for _ in range(2):
        [model] = select(["content"], data, means)
        model.fit(data.taken, data, power=2.0)
        assert model.score([np.array([0])])[0].argmax() == 2
        monkeypatch.setattr(Letters, "embed", lambda *_: pytest.fail("embedded already"))


def test_sequential_co_occurrence_looks_ahead_more_than_back() -> None:
    data = data_of("ab", "ab", "ca", "xc", "xb")
    assert best("sequential", data, "a") == "b"
    assert best("sequential", data, "b") == "a"


def test_decay_makes_the_latest_count() -> None:
    data = data_of("ab", "ab", "ab", "cd", "cd")
    assert best("co-occurrence", data, "ac", decay=1.0) == "b"
    assert best("co-occurrence", data, "ac", decay=0.5) == "d"


class Oracle(Popularity):
    """Knows the letter after the last one, if it is set so."""

    name = "oracle"
    choices = ({"knows": 0.0}, {"knows": 1.0})

    def __init__(self) -> None:
        self.fitted: list[tuple[int, float]] = []

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        super().fit(histories, data)
        self.fitted.append((max(len(history) for history in histories), chosen["knows"]))

    def score(self, histories: Histories) -> np.ndarray:
        scores = super().score(histories)
        for row, history in zip(scores, histories, strict=True):
            row[(history[-1] + 1) % len(row)] += 99 * self.fitted[-1][1]
        return scores


def test_settings_are_chosen_without_the_last_two_items_and_scored_without_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    oracle = Oracle()
    monkeypatch.setattr(next_item, "select", lambda *_: [oracle])
    outcome = score_next(data_of("abcd", "bcda"), (), MEANS)
    assert outcome.chosen == {"oracle": {"knows": 1.0}}
    assert oracle.fitted == [(2, 0.0), (2, 1.0), (2, 1.0), (3, 1.0)]
    assert outcome.rows["oracle"]["HR@1"]["mean"] == outcome.rows["oracle†"]["HR@1"]["mean"] == 1.0
    assert "fused" not in outcome.rows


def test_a_world_of_fixed_order_is_learnt_and_the_fusion_keeps_it(tmp_path: Path) -> None:
    data = data_of(*["abcdefgh"[i:] + "abcdefgh"[:i] for i in range(3)] * 20)
    outcome = score_next(data, ["popularity", "transitions"], MEANS)
    assert outcome.rows["transitions†"]["HR@1"]["mean"] == 1.0
    assert outcome.rows["fused"]["HR@1"]["mean"] == 1.0
    assert set(outcome.chosen["fused"]) > {"popularity", "transitions"}
    write_predictions(tmp_path / "p", outcome, data, k=1)
    assert (tmp_path / "p" / "fused.jsonl").read_text().splitlines()[0] == '{"user": "u0", "items": ["h"]}'
    assert {path.stem for path in (tmp_path / "p").iterdir()} == {
        "popularity", "popularity_refitted", "transitions", "transitions_refitted", "fused", "fused_nothing_refitted",
    }  # fmt: skip


class Guess(Popularity):
    """A trained model that likes what its seed says."""

    name, trained = "guess", True

    def __init__(self, seed: int) -> None:
        self.seed, self.n_fitted = seed, 0

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        super().fit(histories, data)
        assert max(len(history) for history in histories) == 2

    def score(self, histories: Histories) -> np.ndarray:
        scores = super().score(histories)
        scores[:, self.seed] += 99
        return scores


def test_trained_models_are_run_with_every_seed_and_never_refitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(next_item, "select", lambda *_: [Popularity(), Guess(0)])
    monkeypatch.setattr(next_item, "reseeded", lambda model, data, means, seed: Guess(seed))
    outcome = score_next(data_of("abcd", "bace", "abdc", "bacd"), (), MEANS, seeds=(3, 2))
    hits = outcome.rows["guess"]["HR@1"]
    assert (hits["mean"], hits["sd"]) == (0.375, 0.1768)
    assert "guess†" not in outcome.rows
    assert [len(of) for of in outcome.lists.values()] == [1, 1, 2, 2, 2]
    assert "sd" not in outcome.rows["popularity"]["HR@1"]


def test_recall_is_told_by_how_often_the_target_was_seen() -> None:
    outcome = score_next(data_of("abc", "abc", "bad"), ["popularity"], MEANS)
    assert outcome.seen["popularity"] == {"never (n 3)": 0.0, "1–5 (n 0)": "–", "6–20 (n 0)": "–", "more (n 0)": "–"}


def test_what_was_taken_is_never_predicted() -> None:
    outcome = score_next(data_of("abcd", "badc", "cdab"), ["popularity"], MEANS)
    [lists] = outcome.lists["popularity†"]
    assert lists.items.shape == (3, 4)
    assert (lists.items >= 0).sum() == 3


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no model 'magic'.*popularity, transitions"):
        select(["magic"], data_of("abc"), MEANS)


def test_equals_do_not_come_in_the_order_of_the_file() -> None:
    listed = top(np.ones((1, 50), np.float32)).items[0].tolist()
    assert sorted(listed) == list(range(50)) != listed
