"""A model is judged by endings it has not seen, and is on only where it adds to what co-liking finds."""

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest

from retrieval.semantic_ids.decode import Decoder
from retrieval.semantic_ids.validation import Split, judged, split

N_ITEMS = 300


class Stub:
    """Answers every history by a rule, its own items left out."""

    def __init__(self, rule: Any) -> None:
        self._rule = rule

    def decode(self, histories: Sequence[np.ndarray], k: int, beam: int, *, excluded: Any) -> list[Any]:
        assert [one.tolist() for one in excluded] == [one.tolist() for one in histories]
        return [[(int(row), -1.0) for row in self._rule(history)] for history in histories]


def chains(n: int) -> list[np.ndarray]:
    """Histories of four that end in what only the order of the last two tells."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(n):
        history = rng.choice(N_ITEMS // 2, 3, replace=False)
        made.append(np.array([*history, N_ITEMS // 2 + following(history)], np.int32))
    return made


def following(history: np.ndarray) -> int:
    return int(history[-1] * 7 + history[-2]) % (N_ITEMS // 2)


def judge(rule: Any, parts: Split) -> dict[str, Any]:
    return judged(cast(Decoder, Stub(rule)), parts, N_ITEMS, lambda done, total: None)


def test_only_endings_of_histories_long_enough_are_held_out() -> None:
    histories = [np.arange(2), np.arange(3), np.arange(5), np.arange(9)]
    parts = split(histories, 0)
    assert [len(history) for history in parts.train] == [2, 2, 4, 8]
    held = [*zip(*parts.stop, strict=True), *zip(*parts.judge, strict=True)]
    assert sorted((len(history), int(target)) for history, target in held) == [(2, 2), (4, 4), (8, 8)]
    assert len(parts.stop[0]) == 1


def test_the_split_is_that_of_the_seed() -> None:
    histories = chains(50)
    first, again, other = split(histories, 1), split(histories, 1), split(histories, 2)
    assert first.judge[1].tolist() == again.judge[1].tolist() != other.judge[1].tolist()


@pytest.fixture(scope="module")
def parts() -> Split:
    return split(chains(400), 0)


def test_one_that_knows_what_nobody_else_does_is_on(parts: Split) -> None:
    found = judge(lambda history: [N_ITEMS // 2 + following(history)], parts)
    assert found["recall@10"] == 1.0
    assert found["fused"] > found["fused_without"]
    assert found["gain"] > found["noise"]
    assert found["why_off"] == ""
    assert found["n"] == len(parts.judge[1])


def test_one_that_knows_nothing_is_off_with_the_numbers(parts: Split) -> None:
    found = judge(lambda history: range(30, 40), parts)
    assert found["recall@10"] == 0.0
    assert "does not add" in found["why_off"]
    assert f"{found['fused_without']:.3f} without" in found["why_off"]


def test_one_that_finds_now_and_then_more_is_not_on_by_luck(parts: Split) -> None:
    lucky = parts.judge[0][0].tolist()
    found = judge(lambda h: [N_ITEMS // 2 + following(h)] if h.tolist() == lucky else [], parts)
    assert 0 <= found["gain"] <= found["noise"]
    assert found["why_off"]


def test_too_few_histories_tell_nothing() -> None:
    found = judge(lambda history: [1], split([np.arange(3)], 0))
    assert found["why_off"].startswith("There are too few")
    assert found["noise"] is None
