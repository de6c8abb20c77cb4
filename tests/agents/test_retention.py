"""What goes by itself: what guests left long ago, and states nobody goes back to."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.budget import Budget
from agents.events import Action
from agents.people import People, people_in
from agents.retention import GUEST, tidy
from agents.session import Cicerone
from retrieval.bundle import Bundle
from settings import Settings
from ui.guests import Guests

BASIC = Settings(_env_file=None, planner="basic", k=2)
NOW = datetime.now(UTC)
ANN, VISITOR = "user-ann", f"{GUEST}1"


async def say(films: Bundle, people: People, user: str, *messages: str | Action) -> None:
    kept = (people.threads, None, people.memory, people.spending)
    async with Cicerone(films, BASIC, None, *kept, feedback=people.feedback) as agent:
        for message in messages:
            text, action = ("", message) if isinstance(message, Action) else (message, None)
            async for _ in agent.turn(user, "t", text, action=action):
                pass


def test_guests_are_known_by_their_ids() -> None:
    guests = Guests(b"secret")
    assert str(guests.user_id(guests.new_token())).startswith(GUEST)


def test_what_guests_left_long_ago_goes_and_nothing_of_known_users(
    films: Bundle, tmp_path: Path, state_url: str | None
) -> None:
    async def run() -> None:
        async with people_in(tmp_path, url=state_url) as people:
            spent = Budget()
            spent.n_calls = 1
            for user in (ANN, VISITOR):
                await say(films, people, user, "horror", Action(kind="like", item_id="tt0078748"))
                people.spending.add(user, spent)
            assert await tidy(people, 30, NOW + timedelta(days=29)) == (0, 0)
            assert await tidy(people, 30, NOW + timedelta(days=32)) == (1, 0)
            assert [await people.threads.of(user) for user in (ANN, VISITOR)] == [["t"], []]
            assert [len(people.feedback.of(user)) for user in (ANN, VISITOR)] == [1, 0]
            assert [len(people.spending.of(user)) for user in (ANN, VISITOR)] == [1, 0]

    asyncio.run(run())


def test_a_thread_keeps_its_latest_states_and_goes_on(films: Bundle, tmp_path: Path, state_url: str | None) -> None:
    async def run() -> None:
        async with people_in(tmp_path, url=state_url) as people:
            await say(films, people, ANN, *(f"drama {i}" for i in range(5)))
            before = await people.threads.get(ANN, "t")
            assert await people.threads.trim(3) == 2
            assert await people.threads.trim(3) == 0
            assert await people.threads.get(ANN, "t") == before
            await say(films, people, ANN, "newer")
            assert len((await people.threads.rewind(ANN, "t", 4)).past) == 4

    asyncio.run(run())
