"""Everything kept of one person: handed out whole, and deleted to the last byte."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from agents.budget import Budget
from agents.database import open_database
from agents.events import Action
from agents.library import Library
from agents.memory import threads_in_memory
from agents.people import Kept, People, export_user, forget_user, people_in
from agents.spending import Spending
from retrieval.bundle import Bundle
from settings import Settings
from ui.tokens import Tokens, new_token

CANARY = "quetzalcoatlus"
ANN, BOB = f"user-ann-{CANARY}", "user-bob"

Visit = Callable[[Library], Awaitable[Any]]


@pytest.fixture
def visit(bundles_dir: Path, films: Bundle, tmp_path: Path, state_url: str | None) -> Callable[[Visit], Any]:
    """Run something in a library that keeps people's data in `tmp_path / "people"`, or in Postgres."""

    def run(what: Visit) -> Any:
        async def inside() -> Any:
            where = {"var_dir": bundles_dir, "state_url": state_url}
            chosen = Settings(_env_file=None, planner="basic", catalog="films", **where)
            state = tmp_path / "people" / "threads.sqlite"
            async with Library(chosen, state=state, embedder=films.embedder) as library:
                return await what(library)

        return asyncio.run(inside())

    return run


async def say(library: Library, user: str, text: str, *, thread: str | None = None, remembers: bool = True) -> None:
    async with library.lend() as agent:
        async for _ in agent.turn(user, thread, text, remembers=remembers):
            pass


async def click(library: Library, user: str, action: Action, *, thread: str) -> None:
    async with library.lend() as agent:
        async for _ in agent.turn(user, thread, action=action, remembers=True):
            pass


async def lived(library: Library) -> None:
    """Two people talk, and one of them costs something."""
    for user, word in ((ANN, CANARY), (BOB, "horror")):
        await say(library, user, f"I love Alien and {word}", thread="one")
        await say(library, user, f"something with a {word}", thread="one")
        await say(library, user, f"a drama about {word}")
        await click(library, user, Action(kind="like", item_id="tt0078748"), thread="one")
        budget = Budget()
        budget.n_calls = 1
        library.people.spending.add(user, budget)
        library.people.answers.begin(f"key of {user}", user, "body", "one")
        library.people.answers.keep(f"key of {user}", f"an answer to {user}")
        tokens = Tokens(library.people.db)
        tokens.add(new_token("a token", user_id=user)[1])


def holding(folder: Path, word: str, url: str | None = None) -> list[str]:
    """Return the files that hold a word in their bytes or their names, and the tables that hold it in a row."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [path.name for path in files if word.encode() in path.read_bytes() or word in path.name]
    if url is None:
        return found
    with closing(open_database(None, url)) as db:
        rows = {table: db.fetch(f'SELECT * FROM "{table}"') for table in db.columns()}
    return found + [table for table, kept in rows.items() if word.encode() in b" ".join(map(in_bytes, kept))]


def in_bytes(row: Sequence[Any]) -> bytes:
    return b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row)


def test_after_forgetting_no_byte_of_a_person_is_left(
    visit: Callable[[Visit], Any], tmp_path: Path, state_url: str | None
) -> None:
    people = tmp_path / "people"

    async def live_and_forget(library: Library) -> None:
        await lived(library)
        # A trace is written behind the turn; reading it waits for that.
        assert library.traces is not None
        assert len(library.traces.of(ANN)) == 4
        held = set(holding(people, CANARY, state_url))
        assert {name for name in held if not name.endswith(".jsonl")} >= (
            {"profiles", "spending", "feedback", "answers", "tokens", "traces", "checkpoints", "checkpoint_blobs"}
            if state_url
            else {"people.sqlite-wal", "threads.sqlite-wal"}
        )
        assert any(name.endswith(".jsonl") for name in held) == (state_url is None)
        gone = await forget_user(ANN, library.people)
        assert gone == Kept(statements=1, conversations=2, traces=2, days=1, opinions=1, others=2)
        assert holding(people, CANARY, state_url) == []
        assert await forget_user(ANN, library.people) == Kept()
        left = await export_user(BOB, library.people)
        assert (len(left["conversations"]), len(left["traces"]), len(left["spending"])) == (2, 4, 1)
        assert left["profile"]["statements"]
        assert len(left["feedback"]) == 1

    visit(live_and_forget)
    assert holding(people, CANARY, state_url) == []
    assert holding(people, BOB, state_url)


def test_an_export_is_whole(visit: Callable[[Visit], Any]) -> None:
    async def live_and_export(library: Library) -> dict[str, Any]:
        await lived(library)
        return await export_user(ANN, library.people)

    out = visit(live_and_export)
    assert out["user_id"] == ANN
    assert "Alien" in str(out["profile"]["statements"])
    assert [turn["user"] for turn in out["conversations"]["one"]["past"]][1] == f"something with a {CANARY}"
    assert [(one["kind"], one["item_id"], one["thread_id"]) for one in out["feedback"]] == [
        ("like", "tt0078748", "one")
    ]
    assert [kept["answer"] for kept in out["others"]["answers"]] == [f"an answer to {ANN}"]
    assert [token["name"] for token in out["others"]["tokens"]] == ["a token"]
    assert "_hash" not in str(out["others"])
    assert [spent["calls"] for spent in out["spending"].values()] == [1]
    assert {trace["thread_id"] for trace in out["traces"]} == set(out["conversations"])


def test_a_library_remembers_whom_a_door_says_it_knows_and_no_guest(visit: Callable[[Visit], Any]) -> None:
    async def talk(library: Library) -> list[int]:
        await say(library, ANN, "I love Alien")
        await say(library, "guest-1", "I love Alien", remembers=False)
        profiles = [(await export_user(user, library.people))["profile"] for user in (ANN, "guest-1")]
        return [len(profile["statements"]) for profile in profiles]

    assert visit(talk) == [1, 0]


def test_a_store_is_opened_without_a_library(
    visit: Callable[[Visit], Any], tmp_path: Path, state_url: str | None
) -> None:
    visit(lived)

    async def forget() -> Kept:
        async with people_in(tmp_path / "people", url=state_url) as people:
            return await forget_user(ANN, people)

    assert asyncio.run(forget()).conversations == 2
    assert holding(tmp_path / "people", CANARY, state_url) == []


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
