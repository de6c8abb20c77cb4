"""Familiar ↔ adventurous: words for it, and what each level does to a ranked pool."""

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from agents.events import Action, TurnFinished
from agents.ranking.adventure import leaning, level_in, without_level
from agents.ranking.ranker import Ranked
from agents.session import Cicerone
from retrieval.bundle import Bundle
from settings import Settings

LEVELS = (-1.0, -0.5, 0.0, 0.5, 1.0)


def pool(bundle: Bundle) -> list[Ranked]:
    """Return every item, the relevance falling with the row."""
    return [Ranked(row, 1 / (1 + row)) for row in range(bundle.catalog.n_items)]


@pytest.fixture
def known(films: Bundle, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """The films, known in no order that relevance knows of."""
    n = films.catalog.n_items
    monkeypatch.setattr(films.catalog, "prominence", np.random.default_rng(3).permutation(n).astype(np.float32) / n)
    return films


def test_the_middle_changes_nothing(films: Bundle) -> None:
    assert leaning(pool(films), 0, films) == pool(films)


def test_the_more_adventurous_the_less_known_is_the_front(known: Bundle) -> None:
    fame = []
    for level in LEVELS:
        front = leaning(pool(known), level, known)[:5]
        fame.append(float(np.mean([known.catalog.prominence[entry.row] for entry in front])))
    assert fame == sorted(fame, reverse=True)
    assert fame[0] > fame[2] > fame[-1]


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_lost_or_doubled_and_scores_stay(known: Bundle, level: float) -> None:
    leant = leaning(pool(known), level, known)
    assert sorted(leant, key=lambda entry: entry.row) == pool(known)


def test_what_is_far_down_stays_behind_the_front(known: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.ranking.adventure._DEEP", 4)
    leant = leaning(pool(known), 1, known)
    assert {entry.row for entry in leant[:4]} == {0, 1, 2, 3}
    assert leant[4:] == pool(known)[4:]


@pytest.mark.parametrize("dense", [True, False])
def test_variety_holds_twins_apart(films: Bundle, monkeypatch: pytest.MonkeyPatch, *, dense: bool) -> None:
    monkeypatch.setattr(films.catalog, "prominence", np.zeros(films.catalog.n_items, np.float32))
    seen: Any = SimpleNamespace(
        catalog=films.catalog, attributes=films.attributes, dense=films.dense if dense else None
    )
    matrix, reloaded, other = films.catalog.rows_of(["tt0133093", "tt0234215", "tt0012349"])
    near = [Ranked(matrix, 1.0), Ranked(reloaded, 0.99), Ranked(other, 0.98)]
    assert [entry.row for entry in leaning([*near, Ranked(0, 0.0)], 1, seen)[:2]] == [matrix, other]


@pytest.mark.parametrize("ranked", [[], [Ranked(0, 1.0)]])
def test_a_short_list_stays(films: Bundle, ranked: list[Any]) -> None:
    assert leaning(ranked, 1, films) == ranked


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("something less known", 0.7),
        ("a lesser-known thriller", 0.7),
        ("Not so popular, please", 0.7),
        ("any hidden gems?", 0.7),
        ("surprise me", 1.0),
        ("more popular ones", -0.7),
        ("better known ones", -0.7),
        ("a popular thriller", None),
        ("less popular than Alien", None),
        ("I loved The Unknown", None),
        ("", None),
    ],
)
def test_words_for_a_level(text: str, level: float | None) -> None:
    assert level_in(text) == level


def test_the_words_are_no_description() -> None:
    assert without_level("Something LESS known about trains").split() == ["Something", "about", "trains"]


def test_words_lean_the_talk_until_others_do_and_set_no_limit(films: Bundle) -> None:
    async def run() -> list[TurnFinished]:
        async with Cicerone(films, Settings(planner="basic")) as agent:
            thread, ends = None, []
            for text in ("I loved The Matrix", "something less known", "something with machines", "more popular ones"):
                events = [event async for event in agent.turn("u", thread, text)]
                assert isinstance(events[-1], TurnFinished)
                ends.append(events[-1])
                thread = ends[-1].thread_id
            click = Action(kind="adventure", key="0")
            events = [event async for event in agent.turn("u", thread, action=click)]
            return [*ends, events[-1]]  # type: ignore[list-item]

    ends = asyncio.run(run())
    assert [end.adventure for end in ends] == [0, 0.7, 0.7, -0.7, 0]
    assert all(end.items for end in ends)
    assert not any(end.filters for end in ends)


def test_a_caller_sets_the_level_and_words_come_before_it(films: Bundle) -> None:
    async def level(text: str, adventure: float) -> float:
        async with Cicerone(films, Settings(planner="basic")) as agent:
            events = [event async for event in agent.turn("u", None, text, adventure=adventure)]
            assert isinstance(events[-1], TurnFinished)
            return events[-1].adventure

    assert asyncio.run(level("I loved The Matrix", -1)) == -1
    assert asyncio.run(level("surprise me", -1)) == 1
