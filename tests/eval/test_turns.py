"""Scoring of dialogue turns: what counts as a target, and what every system is given."""

import asyncio
from typing import Any

import numpy as np
import pytest

from agents.session import Cicerone
from errors import InputError
from eval.cases import Options, rows_of
from eval.systems import SYSTEMS
from eval.turns import score_turns
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, MATRIX, BLADE_RUNNER, SHINING = "tt0078748", "tt0133093", "tt0083658", "tt0081505"
Rows = dict[str, dict[str, Any]]


def turn(
    dialog: str, text: str, *targets: dict[str, Any], mentioned: tuple[Any, ...] = (), **more: Any
) -> dict[str, Any]:
    context = [{"role": "user", "text": text}]
    return {"dialog_id": dialog, "context": context, "targets": list(targets), "mentioned": list(mentioned), **more}


def score(bundle: Bundle, *turns: dict[str, Any], steps: list[tuple[int, int]] | None = None, **options: Any) -> Rows:
    async def run() -> Rows:
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            told = steps if steps is not None else []
            return await score_turns(agent, turns, lambda *step: told.append(step), Options(**options))

    return asyncio.run(run())


def test_metrics_are_means_over_targets(films: Bundle) -> None:
    known = [films.catalog.ids[row] for row in np.argsort(-films.catalog.prominence, kind="stable")]
    two = turn("1", "hello", {"item_id": known[0]}, {"item_id": None})
    row = score(films, two, turn("1", "hello", {"item_id": known[1]}), models=["popularity"])["popularity"]
    assert row["n"] == 3
    assert row["R@1"]["mean"] == pytest.approx(1 / 3, abs=1e-4)
    assert row["R@10"]["mean"] == row["pool@250"]["mean"] == pytest.approx(2 / 3, abs=1e-4)
    assert row["MRR@10"]["mean"] == pytest.approx((1 + 1 / 2) / 3, abs=1e-4)
    assert row["R@1"]["low"] == row["R@1"]["high"], "one dialogue is one cluster: there is nothing to resample"
    assert row["coverage"] == pytest.approx(10 / 40)


def test_what_the_context_names_is_no_target_and_turns_without_any_are_left_out(films: Bundle) -> None:
    named = {"item_id": ALIEN, "in_context": True}
    turns = turn("1", "x", named), turn("2", "y", named, {"item_id": MATRIX}), turn("3", "z")
    assert score(films, *turns, models=["popularity"])["popularity"]["n"] == 1
    assert score(films, *turns, models=["popularity"], keep_in_context=True)["popularity"]["n"] == 3


def test_no_list_repeats_what_the_context_names_unless_asked_to(films: Bundle) -> None:
    known = films.catalog.ids[int(films.catalog.prominence.argmax())]
    text = "hunted by a creature in deep space"
    names = ["popularity", "bm25 on raw chat"]
    free = score(films, turn("1", text, {"item_id": known}, {"item_id": ALIEN}), models=names)
    assert [free[name]["R@1"]["mean"] for name in names] == [0.5, 0.5]
    labelled = turn(
        "1", text, {"item_id": known}, {"item_id": ALIEN}, mentioned=({"item_id": known}, {"item_id": ALIEN}, "?")
    )
    named = score(films, labelled, models=names)
    assert [named[name]["R@50"]["mean"] for name in names] == [0.0, 0.0]
    kept = score(films, labelled, models=names, keep_named=True)
    assert all(kept[name][metric] == free[name][metric] for name in names for metric in ("n", "R@1", "R@10", "MRR@10"))


def test_the_agent_is_scored_by_what_it_shows_and_by_its_pool(films: Bundle) -> None:
    text = "I liked Alien. Something with androids by the same director?"
    rows = score(films, turn("1", text, {"item_id": BLADE_RUNNER}, mentioned=({"item_id": MATRIX},)))
    assert list(rows) == list(SYSTEMS)
    assert rows["agent"]["R@10"]["mean"] == rows["fusion"]["pool@100"]["mean"] == 1.0
    assert rows["agent"]["ms p50"] > 0
    assert rows["similar_items"]["pool@100"]["mean"] == 1.0
    assert rows["item-knn on items named"]["R@10"]["mean"] == 1.0


def test_only_candidates_are_listed(films: Bundle) -> None:
    wanted = rows_of([ALIEN, SHINING, "nowhere"], films)
    rows = score(films, turn("1", "something scary in space", {"item_id": ALIEN}), candidates=wanted)
    assert all(row["coverage"] <= 2 / 40 for row in rows.values())
    assert rows["agent"]["R@10"]["mean"] == rows["popularity"]["R@10"]["mean"] == 1.0


def test_constraints_are_labels_that_lists_are_held_against(films: Bundle) -> None:
    horror = {"field": "genres", "op": "contains", "value": "Horror"}
    rows = score(films, turn("1", "a horror film", {"item_id": ALIEN}, constraints=[horror]))
    assert rows["agent"]["satisfied"] == 1.0
    assert rows["popularity"]["satisfied"] < 1.0
    assert "satisfied" not in score(films, turn("1", "a horror film", {"item_id": ALIEN}))["agent"]


def test_progress_reaches_its_end(films: Bundle) -> None:
    steps: list[tuple[int, int]] = []
    score(films, *(turn(str(i), "x", {"item_id": ALIEN}) for i in range(2)), steps=steps)
    assert steps == [(1, 2), (2, 2)]


def test_nothing_to_score_is_no_error(films: Bundle) -> None:
    assert score(films, models=["agent"])["agent"]["n"] == 0


def test_an_unknown_system_is_refused_with_those_there_are(films: Bundle) -> None:
    with pytest.raises(InputError, match="no system 'magic'.*agent, fusion"):
        score(films, models=["magic"])
