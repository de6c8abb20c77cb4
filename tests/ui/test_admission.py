"""Places for turns: bounds, order, one a thread, cancelled waiting, and closing."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from errors import Busy, Stopping
from ui.admission import Admission


def running(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(asyncio.wait_for(test(), 5))

    run.__name__ = test.__name__
    return run


class Turns:
    """Turns that last until they are let go, and the order in which they got in."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.inside: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    def start(self, name: str, thread: str = "") -> "asyncio.Task[None]":
        return asyncio.create_task(self._take(name, thread))

    async def _take(self, name: str, thread: str) -> None:
        async with self.admission.place(thread):
            self.inside.append(name)
            await self._ends.setdefault(name, asyncio.Event()).wait()

    async def end(self, *names: str) -> None:
        for name in names:
            self._ends.setdefault(name, asyncio.Event()).set()
        await settle()


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


@running
async def test_so_many_run_so_many_wait_in_order_and_the_rest_is_refused_at_once() -> None:
    turns = Turns(Admission(2, 2))
    tasks = [turns.start(name) for name in "abcd"]
    await settle()
    assert turns.inside == ["a", "b"]
    assert (turns.admission.n_running, turns.admission.n_waiting) == (2, 2)
    started = time.perf_counter()
    with pytest.raises(Busy, match="Ask again in") as refused:
        async with turns.admission.place(""):
            pass
    assert time.perf_counter() - started < 0.1
    assert 1 <= refused.value.retry_after_s <= 30
    assert turns.admission.n_refused == 1
    await turns.end("b")
    assert turns.inside == ["a", "b", "c"]
    await turns.end(*"abcd")
    await asyncio.gather(*tasks)
    assert turns.inside == ["a", "b", "c", "d"]
    assert (turns.admission.n_running, turns.admission.n_waiting) == (0, 0)


@running
async def test_a_thread_holds_one_place_and_lets_others_pass_meanwhile() -> None:
    turns = Turns(Admission(2, 4))
    tasks = [turns.start("x1", "x"), turns.start("x2", "x"), turns.start("y1", "y")]
    await settle()
    assert turns.inside == ["x1", "y1"]
    await turns.end("y1")
    assert turns.inside == ["x1", "y1"], "a free place is no reason to run two turns of a thread"
    await turns.end("x1")
    assert turns.inside == ["x1", "y1", "x2"]
    await turns.end("x2")
    await asyncio.gather(*tasks)


@running
async def test_turns_without_a_thread_do_not_wait_for_each_other() -> None:
    turns = Turns(Admission(2, 0))
    tasks = [turns.start("a"), turns.start("b")]
    await settle()
    assert turns.inside == ["a", "b"]
    await turns.end("a", "b")
    await asyncio.gather(*tasks)


@running
async def test_who_leaves_gives_the_place_back_waiting_or_running() -> None:
    turns = Turns(Admission(1, 2))
    first, second, third = (turns.start(name) for name in "abc")
    await settle()
    second.cancel()
    await settle()
    assert turns.admission.n_waiting == 1
    first.cancel()
    await settle()
    assert turns.inside == ["a", "c"]
    await turns.end("c")
    await asyncio.gather(first, second, third, return_exceptions=True)
    assert turns.admission.n_running == 0


@running
async def test_who_leaves_in_the_moment_of_getting_in_gives_the_place_on() -> None:
    admission = Admission(1, 2)
    turns = Turns(admission)
    first, second, third = (turns.start(name) for name in "abc")
    await settle()
    turns._ends["a"].set()
    while not first.done():  # until a is out, and b has its place but has not woken
        await asyncio.sleep(0)
        if admission.n_waiting < 2:
            second.cancel()
            break
    await settle()
    assert "c" in turns.inside
    await turns.end(*"bc")
    await asyncio.gather(first, second, third, return_exceptions=True)
    assert admission.n_running == 0


@running
async def test_a_failing_turn_gives_its_place_back() -> None:
    admission = Admission(1, 0)
    with pytest.raises(ZeroDivisionError):
        async with admission.place("x"):
            raise ZeroDivisionError
    async with admission.place("x"):
        assert admission.n_running == 1


@running
async def test_closing_tells_those_who_wait_and_lets_those_inside_finish() -> None:
    turns = Turns(Admission(1, 2))
    first, second = turns.start("a"), turns.start("b")
    await settle()
    turns.admission.close()
    with pytest.raises(Stopping):
        await second
    with pytest.raises(Stopping, match="about to stop") as late:
        async with turns.admission.place(""):
            pass
    assert late.value.retry_after_s > 0
    emptied = asyncio.create_task(turns.admission.emptied())
    await settle()
    assert not emptied.done()
    await turns.end("a")
    await asyncio.gather(first, emptied)


@running
async def test_a_loop_that_comes_late_has_fewer_places_and_gets_them_back_one_by_one() -> None:
    admission = Admission(10, 10)
    turns = Turns(admission)
    tasks = [turns.start(str(i)) for i in range(12)]
    await settle()
    admission.adapt(0.5)
    assert admission.n_places == 8
    for _ in range(9):
        admission.adapt(0.5)
    assert admission.n_places == 8, "who is inside stays, and is waited for before the next cut"
    await turns.end(*"0123")
    assert (admission.n_running, admission.n_waiting) == (8, 0)
    await turns.end(*"45678")
    admission.adapt(0.5)
    assert admission.n_places == 4, "never fewer"
    for _ in range(20):
        admission.adapt(0.01)
    assert admission.n_places == 10
    await turns.end("9", "10", "11")
    await asyncio.gather(*tasks)


@running
async def test_a_place_given_back_by_the_watch_is_taken_at_once() -> None:
    admission = Admission(5, 5)
    turns = Turns(admission)
    admission.n_places = 1
    tasks = [turns.start(name) for name in "ab"]
    await settle()
    assert turns.inside == ["a"]
    admission.adapt(0.0)
    await settle()
    assert turns.inside == ["a", "b"]
    await turns.end("a", "b")
    await asyncio.gather(*tasks)


@running
async def test_the_watch_notices_a_blocked_loop() -> None:
    admission = Admission(10, 10)
    watching = asyncio.create_task(admission.watch())
    await asyncio.sleep(0.06)
    time.sleep(0.3)  # noqa: ASYNC251 - that is what it is to notice
    while admission.n_places == 10:
        await asyncio.sleep(0.02)
    assert admission.n_places == 4
    watching.cancel()
