"""A conversation runner: messages in, finished turns and the thread out."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from agents.events import Action, TurnFinished
from agents.session import Cicerone
from agents.state import Thread
from retrieval.bundle import Bundle
from settings import Settings

Talk = Callable[..., tuple[list[TurnFinished], Thread]]


async def _talk(bundle: Bundle, messages: Sequence[str | Action], k: int) -> tuple[list[TurnFinished], Thread]:
    turns: list[TurnFinished] = []
    async with Cicerone(bundle, Settings(planner="basic", k=k)) as agent:
        for message in messages:
            text, action = (message, None) if isinstance(message, str) else ("", message)
            events = [event async for event in agent.turn("ann", "t", text, action=action)]
            assert isinstance(events[-1], TurnFinished)
            turns.append(events[-1])
        return turns, await agent.thread("ann", "t")


@pytest.fixture
def talk() -> Talk:
    """Run messages (or clicks) through one thread of a fresh agent with the basic planner."""

    def run(bundle: Bundle, *messages: str | Action, k: int = 6) -> tuple[list[TurnFinished], Thread]:
        return asyncio.run(_talk(bundle, messages, k))

    return run
