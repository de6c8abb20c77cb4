"""Examples for fitting: the pool as served, labels beside it, nothing hidden in it."""

import asyncio

import numpy as np

from agents.features import NAMES
from agents.session import Cicerone
from eval.examples import Example, examples
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, BLADE_RUNNER, MATRIX = "tt0078748", "tt0083658", "tt0133093"


def made(bundle: Bundle, *targets: str | None) -> Example:
    async def run() -> list[Example]:
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            context = [{"role": "user", "text": "I liked Alien. Something with androids?"}]
            mentioned = [{"item_id": ALIEN}]
            wanted = [{"item_id": target} for target in targets]
            turn = {"dialog_id": 7, "context": context, "mentioned": mentioned, "targets": wanted}
            return await examples(agent, [turn, {**turn, "targets": []}], lambda *_: None)

    [example] = asyncio.run(run())
    return example


def test_candidates_features_and_labels_go_together(films: Bundle) -> None:
    example = made(films, BLADE_RUNNER, None)
    assert example.dialog_id == "7"
    assert example.features.shape == (len(example.rows), len(NAMES))
    assert example.scores.shape == example.is_target.shape == example.rows.shape
    assert [films.catalog.ids[row] for row in example.rows[example.is_target]] == [BLADE_RUNNER]
    assert example.n_targets == 2
    assert films.catalog.row_of(ALIEN) not in example.rows


def test_the_ranker_in_force_is_on_record(films: Bundle) -> None:
    example = made(films, BLADE_RUNNER)
    assert example.scores.min() > 0
    assert example.scores[example.is_target][0] > np.median(example.scores)
