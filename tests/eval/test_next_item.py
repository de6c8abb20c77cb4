"""Next items: each model against what it says, and what chooses between settings."""

from pathlib import Path

import numpy as np
import pytest

from errors import InputError
from eval import next_item
from eval.next_item import score_next, write_predictions
from eval.next_models import Histories, Popularity, models, select
from eval.sequences import Sequences


def data_of(*sequences: str, texts: dict[str, str] | None = None) -> Sequences:
    items = sorted({item for sequence in sequences for item in sequence})
    taken = [np.array([items.index(item) for item in sequence], np.int32) for sequence in sequences]
    texts = texts or {}
    return Sequences([f"u{i}" for i in range(len(taken))], items, taken, [texts.get(item, "") for item in items])


def best(name: str, data: Sequences, history: str, **chosen: float) -> str:
    [model] = [model for model in models() if model.name == name]
    model.fit(data.taken, data, **chosen)
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
    assert best("content", data, "a") == "c"
    assert "content" not in [model.name for model in select((), data_of("abc"))]


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
    monkeypatch.setattr(next_item, "select", lambda names, data: [oracle])
    outcome = score_next(data_of("abcd", "bcda"), (), 0, lambda *_: None)
    assert outcome.chosen == {"oracle": {"knows": 1.0}}
    assert oracle.fitted == [(2, 0.0), (2, 1.0), (3, 1.0)]
    assert outcome.rows["oracle"]["HR@1"]["mean"] == 1.0
    assert "fused" not in outcome.rows


def test_a_world_of_fixed_order_is_learnt_and_the_fusion_keeps_it(tmp_path: Path) -> None:
    data = data_of(*["abcdefgh"[i:] + "abcdefgh"[:i] for i in range(3)] * 20)
    outcome = score_next(data, ["popularity", "transitions"], 0, lambda *_: None)
    assert outcome.rows["transitions"]["HR@1"]["mean"] == 1.0
    assert outcome.rows["fused"]["HR@1"]["mean"] == 1.0
    assert set(outcome.chosen["fused"]) == {"popularity", "transitions"}
    write_predictions(tmp_path / "p", outcome, data, k=1)
    assert (tmp_path / "p" / "fused.jsonl").read_text().splitlines()[0] == '{"user": "u0", "items": ["h"]}'


def test_what_was_taken_is_never_predicted() -> None:
    outcome = score_next(data_of("abcd", "badc", "cdab"), ["popularity"], 0, lambda *_: None)
    assert outcome.lists["popularity"].shape == (3, 4)
    assert (outcome.lists["popularity"] >= 0).sum() == 3


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no model 'magic'.*popularity, transitions"):
        select(["magic"], data_of("abc"))
