"""Everything that is kept of one person, in one place: to hand it out, and to leave nothing of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agents.answers import Answers
from agents.database import Database, SqliteDatabase, open_database
from agents.feedback import Feedback
from agents.memory import Threads, open_threads
from agents.profile.memory import Memory
from agents.profile.store import Profiles
from agents.spending import Spending
from agents.trace_files import PeopleTraces, traces_in

_TOLD = ("profiles", "spending", "feedback", "traces")
"""Tables whose rows an export tells in words of their own."""
_ALL = 10_000
"""Days and megabytes of traces that are only read and deleted here."""


@dataclass(frozen=True)
class People:
    """The stores that hold something of people; each may be shared with running turns."""

    threads: Threads
    spending: Spending = field(default_factory=Spending)
    memory: Memory | None = None
    traces: PeopleTraces | None = None
    feedback: Feedback = field(default_factory=Feedback)
    answers: Answers = field(default_factory=Answers)
    db: Database = field(default_factory=SqliteDatabase)
    """Where all but threads and traces stand. Every table with a column `user_id` is part of an export, but for
    columns that end in `_hash`, and is emptied when that user is forgotten."""


@dataclass(frozen=True)
class Kept:
    """How much there is, or was, of a user."""

    statements: int = 0
    conversations: int = 0
    traces: int = 0
    """Files: one a conversation."""
    days: int = 0
    """With spending on the language model."""
    opinions: int = 0
    """Of items, as they were clicked or sent."""
    others: int = 0
    """Rows of other tables: tokens, links, answers kept to be given again."""

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            self.statements + other.statements, self.conversations + other.conversations,
            self.traces + other.traces, self.days + other.days,
            self.opinions + other.opinions, self.others + other.others,
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
                (self.opinions, "opinion of an item", "opinions of items"),
                (self.others, "other record", "other records"),
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
    return await asyncio.to_thread(_forget_rows, user_id, people) + Kept(conversations=n_threads, traces=n_traces)


def _forget_rows(user_id: str, people: People) -> Kept:
    n_statements = len(people.memory.whole(user_id).statements) if people.memory else 0
    if people.memory:
        people.memory.delete(user_id)
    n_days, n_opinions = people.spending.delete(user_id), people.feedback.delete(user_id)
    with people.db.transaction() as do:
        n_rows = {
            table: do.execute(f'DELETE FROM "{table}" WHERE user_id = ?', user_id)
            for table, columns in people.db.columns().items()
            if "user_id" in columns
        }
    people.db.scrub()
    return Kept(n_statements, days=n_days, opinions=n_opinions, others=sum(n_rows.values()))


async def export_user(user_id: str, people: People) -> dict[str, Any]:
    """Return everything that is kept of a user, JSON-plain; traces only by turn and time, as threads hold the words."""
    traces = people.traces
    found = await asyncio.to_thread(traces.of, user_id) if traces else []
    return {
        "user_id": user_id,
        **await asyncio.to_thread(_export_rows, user_id, people),
        "conversations": {
            thread_id: (await people.threads.get(user_id, thread_id)).model_dump(mode="json")
            for thread_id in await people.threads.of(user_id)
        },
        "traces": [trace.model_dump(include={"turn_id", "thread_id", "at", "catalog", "build"}) for trace in found],
    }


def _export_rows(user_id: str, people: People) -> dict[str, Any]:
    others: dict[str, Any] = {}
    for table, columns in people.db.columns().items():
        if "user_id" in columns and table not in _TOLD:
            shown = [column for column in columns if column != "user_id" and not column.endswith("_hash")]
            names = ", ".join(f'"{column}"' for column in shown)
            rows = people.db.fetch(f'SELECT {names} FROM "{table}" WHERE user_id = ?', user_id)
            others |= {table: [dict(zip(shown, row, strict=True)) for row in rows]} if rows else {}
    return {
        "profile": people.memory.export(user_id) if people.memory else None,
        "spending": {
            day.isoformat(): sums.model_dump(mode="json") for day, sums in people.spending.of(user_id).items()
        },
        "feedback": [opinion.model_dump(mode="json") for opinion in people.feedback.of(user_id)],
        "others": others,
    }


def keeping(db: Database, threads: Threads, traces: PeopleTraces | None) -> People:
    """Return the stores that stand on one database."""
    return People(threads, Spending(db), Memory(Profiles(db)), traces, Feedback(db), Answers(db), db)


@asynccontextmanager
async def people_in(folder: Path, traces: PeopleTraces | None = None, url: str | None = None) -> AsyncIterator[People]:
    """Open the stores of a folder of people's data, or of a Postgres database.

    Raises SettingsError where one cannot be used.
    """
    async with AsyncExitStack() as stack:
        db = await asyncio.to_thread(open_database, folder / "people.sqlite", url)
        stack.callback(db.close)
        threads = await stack.enter_async_context(open_threads(folder / "threads.sqlite", url))
        if traces is None:
            traces = await asyncio.to_thread(traces_in, folder, url, days=_ALL, mb=_ALL)
            stack.callback(traces.close)
        yield keeping(db, threads, traces)
