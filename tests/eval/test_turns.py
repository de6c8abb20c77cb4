"""Scoring of dialogue turns: what counts as a target, and what every system is given."""

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.session import Cicerone
from eval.turns import score_turns
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, MATRIX, BLADE_RUNNER, SHINING = "tt0078748", "tt0133093", "tt0083658", "tt0081505"
Rows = dict[str, dict[str, Any]]


def turn(dialog: str, text: str, *targets: dict[str, Any], mentioned: tuple[Any, ...] = ()) -> dict[str, Any]:
    context = [{"role": "user", "text": text}]
    return {"dialog_id": dialog, "context": context, "targets": list(targets), "mentioned": list(mentioned)}


def score(agent: Any, *turns: dict[str, Any]) -> Rows:
    return asyncio.run(score_turns(agent, turns, lambda done, total: None))


class Scripted:
    """Answers every turn with the same ranking."""

    def __init__(self, bundle: Bundle, *ranked: str) -> None:
        self.kit = SimpleNamespace(bundle=bundle)
        self._ranked = ranked
        self.asked: list[Any] = []

    async def recommend(self, raw: Any, *, k: int, full: bool) -> dict[str, Any]:
        self.asked.append(raw)
        return {"items": [{"item_id": item_id} for item_id in self._ranked], "ms": 10.0 * len(self.asked)}


def test_metrics_are_means_over_targets(films: Bundle) -> None:
    agent = Scripted(films, SHINING, ALIEN, MATRIX)
    row = score(agent, turn("1", "x", {"item_id": SHINING}), turn("1", "y", {"item_id": ALIEN}, {"item_id": None}))[
        "agent"
    ]
    assert row["n"] == 3
    assert row["R@1"]["mean"] == pytest.approx(1 / 3, abs=1e-4)
    assert row["R@10"]["mean"] == row["R@50"]["mean"] == pytest.approx(2 / 3, abs=1e-4)
    assert row["NDCG@10"]["mean"] == pytest.approx((1 + 1 / np.log2(3)) / 3, abs=1e-4)
    assert row["MRR@10"]["mean"] == pytest.approx((1 + 1 / 2) / 3, abs=1e-4)
    assert row["R@1"]["low"] == row["R@1"]["high"], "one dialogue is one cluster: there is nothing to resample"
    assert (row["ms p50"], row["ms p95"]) == (20.0, 20.0)


def test_what_the_context_names_is_no_target_and_turns_without_any_are_left_out(films: Bundle) -> None:
    agent = Scripted(films, ALIEN)
    named = {"item_id": ALIEN, "in_context": True}
    rows = score(agent, turn("1", "x", named), turn("2", "y", named, {"item_id": MATRIX}), turn("3", "z"))
    assert rows["agent"]["n"] == 1
    assert rows["agent"]["R@50"]["mean"] == 0.0
    assert len(agent.asked) == 1


def test_the_agent_sees_the_conversation_and_none_of_the_labels(films: Bundle) -> None:
    agent = Scripted(films, ALIEN)
    score(agent, turn("1", "x", {"item_id": ALIEN}, mentioned=({"item_id": MATRIX},)))
    assert agent.asked == [{"context": [{"role": "user", "text": "x"}]}]


def test_baselines_never_repeat_what_the_context_names(films: Bundle) -> None:
    known = films.catalog.ids[int(films.catalog.prominence.argmax())]
    labelled = turn("1", "hunted by a creature in deep space", {"item_id": known}, {"item_id": ALIEN})
    agent = Scripted(films)
    free = score(agent, labelled)
    assert free["popularity"]["R@1"]["mean"] == 0.5
    assert free["bm25 on raw chat"]["R@1"]["mean"] == 0.5
    named = score(agent, {**labelled, "mentioned": [{"item_id": known}, {"item_id": ALIEN}, {"item_id": None}, "?"]})
    assert named["popularity"]["R@50"]["mean"] == 0.0
    assert named["bm25 on raw chat"]["R@50"]["mean"] == 0.0


def test_progress_reaches_its_end(films: Bundle) -> None:
    steps: list[tuple[int, int]] = []
    turns = [turn(str(i), "x", {"item_id": ALIEN}) for i in range(2)]
    asyncio.run(score_turns(Scripted(films), turns, lambda *step: steps.append(step)))  # type: ignore[arg-type]
    assert steps == [(i + 1, 6) for i in range(6)]


def test_nothing_to_score_is_no_error(films: Bundle) -> None:
    assert score(Scripted(films)) == {
        name: {"n": 0, "ms p50": 0.0, "ms p95": 0.0} for name in ("agent", "popularity", "bm25 on raw chat")
    }


def test_the_real_agent_is_scored(films: Bundle) -> None:
    async def run() -> Rows:
        async with Cicerone(films, Settings(planner="basic")) as agent:
            turns = [
                turn("1", "I liked Alien. Something with androids by the same director?", {"item_id": BLADE_RUNNER})
            ]
            return await score_turns(agent, turns, lambda done, total: None)

    row = asyncio.run(run())["agent"]
    assert row["R@10"]["mean"] == 1.0
    assert row["ms p50"] > 0
