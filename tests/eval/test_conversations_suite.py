"""The suite of scripted conversations, with the basic planner, over the demo's films and over cars."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from agents.session import Cicerone
from eval.conversations.cars import NAME as CARS
from eval.conversations.cars import ensure_cars
from eval.conversations.run import play
from eval.conversations.suite import Conversation, suites_of
from retrieval.bundle import Bundle, open_bundle
from retrieval.demo import NAME as DEMO
from retrieval.demo import build_demo
from retrieval.embed import MiniLM
from settings import Settings


def told() -> list[tuple[str, Conversation]]:
    return [
        (catalog, conversation)
        for catalog in (DEMO, CARS)
        for suite in suites_of(catalog).values()
        if not suite.held_out
        for conversation in suite.conversation
    ]


@pytest.fixture(scope="session")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Bundle]:
    """The real demo, with its shipped vectors, and the cars; built once."""
    var: Path = tmp_path_factory.mktemp("suite")
    embedder = MiniLM(var / "cache")
    build_demo(var, embedder=embedder)
    ensure_cars(var, embedder)
    return {name: open_bundle(var, name, embedder) for name in (DEMO, CARS)}


def names(cases: Sequence[tuple[str, Conversation]]) -> list[str]:
    return [f"{catalog}: {conversation.name}" for catalog, conversation in cases]


@pytest.mark.parametrize(("catalog", "conversation"), told(), ids=names(told()))
def test_every_turn_leaves_the_state_a_person_expects(
    bundles: dict[str, Bundle], catalog: str, conversation: Conversation
) -> None:
    agent = Cicerone(bundles[catalog], Settings(planner="basic"))
    assert not asyncio.run(play(conversation, agent))["failed"]


def test_there_are_enough_of_them_over_two_catalogues() -> None:
    cases = told()
    assert len(cases) >= 60
    assert sum(catalog == CARS for catalog, _ in cases) >= 20
