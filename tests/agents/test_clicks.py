"""A click goes on with what was asked last: the list stays, but for what the click says."""

import asyncio
from collections.abc import Sequence

import pytest

from agents.events import Action, TurnFinished
from agents.session import Cicerone
from retrieval.bundle import Bundle
from settings import Settings

ASKED = ["a drama from the nineties", "a comedy or a thriller", "the longest films", "something like The Matrix"]


def talk(films: Bundle, text: str, clicks: Sequence[tuple[str, int]]) -> list[TurnFinished]:
    """Say something, then click on items by their place in the last list."""

    async def run() -> list[TurnFinished]:
        turns: list[TurnFinished] = []
        async with Cicerone(films, Settings(planner="basic")) as agent:
            steps: list[tuple[str, int] | None] = [None, *clicks]
            for step in steps:
                thread = turns[-1].thread_id if turns else None
                action = Action(kind=step[0], item_id=turns[-1].items[step[1]].item_id) if step else None  # type: ignore[arg-type]
                last = None
                async for event in agent.turn("ann", thread, "" if step else text, action=action):
                    last = event
                assert isinstance(last, TurnFinished)
                turns.append(last)
        return turns

    return asyncio.run(run())


def ids(turn: TurnFinished) -> list[str]:
    return [item.item_id for item in turn.items]


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("kind", ["dislike", "seen"])
def test_what_is_put_aside_leaves_and_the_others_stay_in_order(films: Bundle, text: str, kind: str) -> None:
    first, second, third = talk(films, text, [(kind, 0), (kind, 1)])
    assert ids(second)[: len(ids(first)) - 1] == ids(first)[1:]
    assert ids(third)[: len(ids(second)) - 2] == [ids(second)[0], *ids(second)[2:]][: len(ids(second)) - 2]
    assert second.filters == first.filters == third.filters


def test_a_click_is_answered(films: Bundle) -> None:
    said = [turn.reply for turn in talk(films, "a drama", [("dislike", 0), ("seen", 0), ("like", 0)])]
    assert [reply.startswith("Noted") for reply in said] == [False, True, True, True]
    assert "you like that one" in said[3]


def test_more_like_this_stays_what_was_asked_for(films: Bundle) -> None:
    _, near, without = talk(films, "a drama", [("more_like", 0), ("dislike", 0)])
    assert len(set(ids(without)) & set(ids(near))) >= len(ids(near)) - 2
