"""Everything kept of one person: handed out whole, and deleted to the last byte."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from agents.budget import Budget
from agents.library import Library
from agents.memory import threads_in_memory
from agents.people import Kept, People, export_user, forget_user, people_in
from agents.spending import Spending
from retrieval.bundle import Bundle
from settings import Settings

CANARY = "quetzalcoatlus"
ANN, BOB = f"user-ann-{CANARY}", "user-bob"

Visit = Callable[[Library], Awaitable[Any]]


@pytest.fixture
def visit(bundles_dir: Path, films: Bundle, tmp_path: Path) -> Callable[[Visit], Any]:
    """Run something in a library that keeps people's data in `tmp_path / "people"`."""

    def run(what: Visit) -> Any:
        async def inside() -> Any:
            chosen = Settings(_env_file=None, planner="basic", catalog="films", var_dir=bundles_dir)
            state = tmp_path / "people" / "threads.sqlite"
            async with Library(chosen, state=state, embedder=films.embedder) as library:
                return await what(library)

        return asyncio.run(inside())

    return run


async def say(library: Library, user: str, text: str, *, thread: str | None = None, remembers: bool = True) -> None:
    async with library.lend() as agent:
        async for _ in agent.turn(user, thread, text, remembers=remembers):
            pass


async def lived(library: Library) -> None:
    """Two people talk, and one of them costs something."""
    for user, word in ((ANN, CANARY), (BOB, "horror")):
        await say(library, user, f"I love Alien and {word}", thread="one")
        await say(library, user, f"something with a {word}", thread="one")
        await say(library, user, f"a drama about {word}")
        budget = Budget()
        budget.n_calls = 1
        library.people.spending.add(user, budget)


def holding(folder: Path, word: str) -> list[str]:
    """Return the files that hold a word in their bytes or their names."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if word.encode() in path.read_bytes() or word in path.name]


def test_after_forgetting_no_byte_of_a_person_is_left(visit: Callable[[Visit], Any], tmp_path: Path) -> None:
    people = tmp_path / "people"

    async def live_and_forget(library: Library) -> None:
        await lived(library)
        # A trace is written behind the turn; reading it waits for that.
        assert library.traces is not None
        assert len(library.traces.of(ANN)) == 3
        kinds = {name.rpartition(".")[2].partition("-")[0] for name in holding(people, CANARY)}
        assert kinds == {"sqlite", "jsonl"}
        gone = await forget_user(ANN, library.people)
        assert gone == Kept(statements=1, conversations=2, traces=2, days=1)
        assert holding(people, CANARY) == []
        assert await forget_user(ANN, library.people) == Kept()
        left = await export_user(BOB, library.people)
        assert (len(left["conversations"]), len(left["traces"]), len(left["spending"])) == (2, 3, 1)
        assert left["profile"]["statements"]

    visit(live_and_forget)
    assert holding(people, CANARY) == []
    assert holding(people, BOB)


def test_an_export_is_whole(visit: Callable[[Visit], Any]) -> None:
    async def live_and_export(library: Library) -> dict[str, Any]:
        await lived(library)
        return await export_user(ANN, library.people)

    out = visit(live_and_export)
    assert out["user_id"] == ANN
    assert "Alien" in str(out["profile"]["statements"])
    assert [turn["user"] for turn in out["conversations"]["one"]["past"]][1] == f"something with a {CANARY}"
    assert [spent["calls"] for spent in out["spending"].values()] == [1]
    assert {trace["thread_id"] for trace in out["traces"]} == set(out["conversations"])


def test_a_library_remembers_whom_a_door_says_it_knows_and_no_guest(visit: Callable[[Visit], Any]) -> None:
    async def talk(library: Library) -> list[int]:
        await say(library, ANN, "I love Alien")
        await say(library, "guest-1", "I love Alien", remembers=False)
        profiles = [(await export_user(user, library.people))["profile"] for user in (ANN, "guest-1")]
        return [len(profile["statements"]) for profile in profiles]

    assert visit(talk) == [1, 0]


def test_a_folder_is_opened_without_a_library(visit: Callable[[Visit], Any], tmp_path: Path) -> None:
    visit(lived)

    async def forget() -> Kept:
        async with people_in(tmp_path / "people") as people:
            return await forget_user(ANN, people)

    assert asyncio.run(forget()).conversations == 2
    assert holding(tmp_path / "people", CANARY) == []


def test_what_is_kept_in_memory_goes_too() -> None:
    async def run() -> tuple[Kept, dict[str, Any]]:
        people = People(threads_in_memory(), Spending())
        return await forget_user(ANN, people), await export_user(ANN, people)

    gone, out = asyncio.run(run())
    assert gone.in_words() == "nothing"
    assert set(out) == {"user_id", "profile", "conversations", "spending", "traces", "feedback", "others"}
    assert not any(kept for name, kept in out.items() if name != "user_id")


def test_what_went_is_told_in_words() -> None:
    assert Kept(1, 0, 0, 0).in_words() == "1 statement about your taste"
    assert (Kept(2, 1) + Kept(traces=1)).in_words() == (
        "2 statements about your taste, 1 conversation and 1 file of traces"
    )
