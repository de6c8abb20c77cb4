"""Examples for fitting: the pool as served, labels beside it, nothing hidden in it."""

import asyncio

import numpy as np

from agents.ranking.learned import COLUMNS
from agents.session import Cicerone
from eval.examples import examples
from eval.logit import Pool
from retrieval.bundle import Bundle
from settings import Settings

ALIEN, BLADE_RUNNER = "tt0078748", "tt0083658"


def made(bundle: Bundle, text: str, *targets: str | None) -> Pool:
    async def run() -> list[Pool]:
        async with Cicerone(bundle, Settings(planner="basic")) as agent:
            context = [{"role": "user", "text": text}]
            wanted = [{"item_id": target} for target in targets]
            turn = {"dialog_id": 7, "context": context, "mentioned": [{"item_id": ALIEN}], "targets": wanted}
            turns = [turn, {**turn, "targets": []}]
            return [pool async for pool in examples(agent, turns, lambda *_: None, "talks")]

    [pool] = asyncio.run(run())
    return pool


def test_candidates_columns_and_labels_go_together(films: Bundle) -> None:
    pool = made(films, "I liked Alien. Something with androids?", BLADE_RUNNER, None)
    assert pool.group == "talks 7"
    assert pool.columns.shape == (len(pool.taken), len(COLUMNS))
    assert pool.taken.sum() == 1
    assert pool.n_targets == 2
    assert pool.learned


def test_what_may_not_be_recommended_is_no_candidate(films: Bundle) -> None:
    assert not made(films, "I liked Alien. Something with androids?", ALIEN).taken.any()


def test_the_fixed_weights_are_on_record(films: Bundle) -> None:
    pool = made(films, "I liked Alien. Something with androids?", BLADE_RUNNER)
    assert pool.fixed.min() > 0
    assert pool.fixed[pool.taken][0] > np.median(pool.fixed)


def test_a_request_that_stands_alone_is_left_to_the_fixed_weights(films: Bundle) -> None:
    assert not made(films, "a creature in space", BLADE_RUNNER).learned


def test_what_the_answer_to_more_like_this_shows_stays_a_candidate(films: Bundle) -> None:
    assert made(films, "Something like Alien", BLADE_RUNNER).taken.sum() == 1
