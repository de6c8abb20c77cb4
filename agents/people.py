"""Everything that is kept of one person, in one place: to hand it out, and to leave nothing of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.memory import Threads, open_threads
from agents.profile.memory import Memory
from agents.profile.store import ProfilesInSqlite
from agents.spending import Spending
from agents.trace_files import TraceFolder


@dataclass(frozen=True)
class People:
    """The stores that hold something of people; each may be shared with running turns."""

    threads: Threads
    spending: Spending
    memory: Memory | None = None
    traces: TraceFolder | None = None


@dataclass(frozen=True)
class Kept:
    """How much there is, or was, of a user."""

    statements: int = 0
    conversations: int = 0
    traces: int = 0
    """Files: one a conversation."""
    days: int = 0
    """With spending on the language model."""

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            self.statements + other.statements, self.conversations + other.conversations,
            self.traces + other.traces, self.days + other.days,
        )  # fmt: skip

    def in_words(self) -> str:
        """Return it as a list, or "nothing"."""
        told = [
            f"{n:,} {one if n == 1 else many}"
            for n, one, many in (
                (self.statements, "statement about your taste", "statements about your taste"),
                (self.conversations, "conversation", "conversations"),
                (self.traces, "file of traces", "files of traces"),
                (self.days, "day of spending", "days of spending"),
            )
            if n
        ]
        return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told) or "nothing"


async def forget_user(user_id: str, people: People) -> Kept:
    """Leave nothing of a user, in no byte of any file, and return how much went.

    A turn of theirs that is under way is waited for, as its end would write again.
    """
    n_threads = await people.threads.forget(user_id)
    n_traces = await asyncio.to_thread(people.traces.forget, user_id) if people.traces else 0
    n_days = len(await asyncio.to_thread(people.spending.of, user_id))
    await asyncio.to_thread(people.spending.delete, user_id)
    n_statements = 0
    if people.memory:
        n_statements = len((await asyncio.to_thread(people.memory.whole, user_id)).statements)
        await asyncio.to_thread(people.memory.delete, user_id)
    return Kept(n_statements, n_threads, n_traces, n_days)


async def export_user(user_id: str, people: People) -> dict[str, Any]:
    """Return everything that is kept of a user, JSON-plain; traces only by turn and time, as threads hold the words."""
    memory, traces = people.memory, people.traces
    profile = await asyncio.to_thread(memory.export, user_id) if memory else None
    found = await asyncio.to_thread(traces.of, user_id) if traces else []
    spent = await asyncio.to_thread(people.spending.of, user_id)
    return {
        "user_id": user_id,
        "profile": profile,
        "conversations": {
            thread_id: (await people.threads.get(user_id, thread_id)).model_dump(mode="json")
            for thread_id in await people.threads.of(user_id)
        },
        "spending": {day.isoformat(): sums.model_dump(mode="json") for day, sums in spent.items()},
        "traces": [trace.model_dump(include={"turn_id", "thread_id", "at", "catalog", "build"}) for trace in found],
    }


@asynccontextmanager
async def people_in(folder: Path, traces: TraceFolder | None = None) -> AsyncIterator[People]:
    """Open the stores of a folder of people's data. Raises SettingsError where one cannot be used."""
    async with AsyncExitStack() as stack:
        threads = await stack.enter_async_context(open_threads(folder / "threads.sqlite"))
        spending = stack.enter_context(closing(Spending(folder / "spending.sqlite")))
        memory = Memory(ProfilesInSqlite(folder / "profiles.sqlite"))
        if traces is None:
            traces = TraceFolder(folder / "traces", days=0, mb=0)
            stack.callback(traces.close)
        yield People(threads, spending, memory, traces)
