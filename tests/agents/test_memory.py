"""Threads, whichever store keeps them: kept, listed, rewound, forgotten, and one turn of each at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.events import TurnFinished
from agents.memory import Threads, open_threads, threads_in_memory
from agents.session import Cicerone
from agents.state import Thread
from errors import NotFound
from retrieval.bundle import Bundle
from settings import Settings

BASIC = Settings(_env_file=None, planner="basic", k=2)
Opened = Callable[[], Any]
"""Opens the same store every time it is called, unless that is memory."""


@pytest.fixture(params=["memory", "file", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    @asynccontextmanager
    async def in_memory() -> AsyncIterator[Threads]:
        yield threads_in_memory()

    if request.param == "memory":
        return in_memory
    url = request.getfixturevalue("postgres").url() if request.param == "postgres" else None
    return lambda: open_threads(tmp_path / "people" / "threads.sqlite", url)


def visit(opened: Opened, films: Bundle, what: Callable[[Cicerone, Threads], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with opened() as threads, Cicerone(films, BASIC, threads=threads) as agent:
            return await what(agent, threads)

    return asyncio.run(run())


async def say(agent: Cicerone, user: str, thread_id: str, *messages: str) -> list[str]:
    """Take turns and return the slates of all."""
    slates = []
    for message in messages:
        async for event in agent.turn(user, thread_id, message):
            if isinstance(event, TurnFinished):
                slates.append([item.title for item in event.items])
    return slates


def test_an_unknown_thread_is_empty_and_users_do_not_share_ids(opened: Opened, films: Bundle) -> None:
    async def talk(agent: Cicerone, threads: Threads) -> None:
        await say(agent, "ann", "t", "horror")
        assert await threads.get("bob", "t") == Thread()
        assert await threads.get("ann", "u") == Thread()
        assert len((await threads.get("ann", "t")).past) == 1
        assert await threads.of("ann") == ["t"]
        assert await threads.of("an") == await threads.of('ann", "t') == []

    visit(opened, films, talk)


def test_odd_ids_stay_themselves(opened: Opened, films: Bundle) -> None:
    odd = ["100%", "_", "é😀", 'a", "b', "\\", "\x7f~", "ann]"]

    async def talk(agent: Cicerone, threads: Threads) -> None:
        for name in odd:
            await say(agent, name, f"of {name}", "horror")
        assert [await threads.of(name) for name in odd] == [[f"of {name}"] for name in odd]
        assert await threads.forget("_") == 1
        assert [len(await threads.of(name)) for name in odd] == [1, 0, 1, 1, 1, 1, 1]

    visit(opened, films, talk)


def test_threads_are_listed_the_one_last_spoken_in_first(opened: Opened, films: Bundle) -> None:
    async def talk(agent: Cicerone, threads: Threads) -> None:
        before = datetime.now(UTC) - timedelta(seconds=1)
        await say(agent, "ann", "one", "something \n scary " + "and long " * 30, "newer")
        await say(agent, "ann", "two", "a drama")
        await say(agent, "bob", "three", "war")
        await say(agent, "ann", "one", "newer")
        one, two = await threads.listing("ann")
        assert (one.thread_id, one.n_turns, one.catalog) == ("one", 3, "films")
        assert one.title.startswith("something scary and long")
        assert len(one.title) <= 80
        assert (two.thread_id, two.title, two.n_turns) == ("two", "a drama", 1)
        assert before <= two.at <= one.at <= datetime.now(UTC) + timedelta(seconds=1)
        assert [line.thread_id for line in await threads.listing("ann", most=1)] == ["one"]
        assert await threads.listing("eve") == []

    visit(opened, films, talk)


def test_a_thread_goes_back_to_an_earlier_turn_and_on_from_there(opened: Opened, films: Bundle) -> None:
    async def talk(agent: Cicerone, threads: Threads) -> None:
        first, second, _ = await say(agent, "ann", "t", "horror", "from the 80s", "shorter than 100 minutes")
        await say(agent, "ann", "other", "war")
        after_two = await threads.rewind("ann", "t", 2)
        assert after_two == await threads.get("ann", "t")
        assert [turn.user for turn in after_two.past] == ["horror", "from the 80s"]
        assert len(after_two.ledger.limits) == 2
        assert await threads.rewind("ann", "t", 1) == await threads.get("ann", "t")
        assert await say(agent, "ann", "t", "from the 80s") == [second]
        assert await threads.rewind("ann", "t", 0) == Thread()
        assert await threads.of("ann") == ["other"]
        assert await say(agent, "ann", "t", "horror") == [first]

    visit(opened, films, talk)


def test_a_thread_does_not_go_back_to_a_turn_it_never_had(opened: Opened, films: Bundle) -> None:
    async def talk(agent: Cicerone, threads: Threads) -> None:
        await say(agent, "ann", "t", "horror")
        for user, n_turns in (("ann", 2), ("bob", 1)):
            with pytest.raises(NotFound, match="cannot go back"):
                await threads.rewind(user, "t", n_turns)
        assert len((await threads.get("ann", "t")).past) == 1

    visit(opened, films, talk)


def test_what_is_forgotten_is_gone_and_nobody_elses(opened: Opened, films: Bundle) -> None:
    async def talk(agent: Cicerone, threads: Threads) -> None:
        await say(agent, "ann", "one", "horror")
        await say(agent, "ann", "two", "war", "newer")
        await say(agent, "bob", "one", "drama")
        assert await threads.forget("ann") == 2
        assert await threads.get("ann", "two") == Thread()
        assert await threads.of("bob") == ["one"]

    visit(opened, films, talk)


def test_messages_at_once_are_answered_one_by_one_in_their_order(opened: Opened, films: Bundle) -> None:
    async def talk(agent: Cicerone, threads: Threads) -> None:
        words = [f"drama {i}" for i in range(6)]
        await asyncio.gather(*(say(agent, "ann", thread, word) for thread in ("one", "two") for word in words))
        for thread in ("one", "two"):
            assert [turn.user for turn in (await threads.get("ann", thread)).past] == words

    visit(opened, films, talk)


def test_two_servers_on_one_database_lose_no_turn(films: Bundle, postgres: Any, tmp_path: Path) -> None:
    url = postgres.url()
    words = [f"drama {i}" for i in range(5)]

    async def run() -> list[str]:
        async with (
            open_threads(tmp_path, url) as one, open_threads(tmp_path, url) as two,
            Cicerone(films, BASIC, threads=one) as here, Cicerone(films, BASIC, threads=two) as there,
        ):  # fmt: skip
            await asyncio.gather(*(say(agent, "ann", "t", word) for word in words for agent in (here, there)))
            return [turn.user for turn in (await one.get("ann", "t")).past]

    assert sorted(asyncio.run(run())) == sorted(words * 2)


def test_who_gives_up_waiting_leaves_nothing_held(postgres: Any, tmp_path: Path) -> None:
    url = postgres.url()

    async def hold(threads: Threads) -> None:
        async with threads.lock("ann", "t"):
            await asyncio.sleep(0.002)

    async def run() -> None:
        async with open_threads(tmp_path, url) as one, open_threads(tmp_path, url) as two:
            for i in range(40):
                holding = asyncio.create_task(hold(one))
                await asyncio.sleep(i * 0.0001)
                holding.cancel()
                await asyncio.gather(holding, return_exceptions=True)
            async with asyncio.timeout(5), two.lock("ann", "t"):
                pass

    asyncio.run(run())


def test_a_thread_held_by_a_server_that_died_is_free_again(postgres: Any, tmp_path: Path) -> None:
    url = postgres.url()

    async def run() -> None:
        async with open_threads(tmp_path, url) as one, open_threads(tmp_path, url) as two:
            held = one.lock("ann", "t")
            await held.__aenter__()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), two.lock("ann", "t"):
                    pass
            await one._checkpoints.held.__self__.close()  # type: ignore[attr-defined]  # as if it were killed
            async with asyncio.timeout(5), two.lock("ann", "t"):
                pass
            await held.__aexit__(None, None, None)

    asyncio.run(run())
