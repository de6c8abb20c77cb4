"""Traces in a table, as in a folder: kept by user and thread, read, deleted, and gone when they are old or many."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.database import SqliteDatabase, open_database
from agents.session import Cicerone
from agents.trace_files import PeopleTraces, TraceFolder
from agents.trace_table import TraceTable
from retrieval.bundle import Bundle
from settings import Settings

Opened = Callable[..., PeopleTraces]


@pytest.fixture(params=["folder", "table", "postgres"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens the same traces every time."""
    url = request.getfixturevalue("postgres").url() if request.param == "postgres" else None
    made: list[PeopleTraces] = []

    def open_them(**given: Any) -> PeopleTraces:
        limits = {"days": 3, "mb": 1} | given
        path = tmp_path / "people.sqlite"
        db = None if request.param == "folder" else open_database(None, url) if url else SqliteDatabase(path)
        made.append(TraceTable(db, **limits) if db else TraceFolder(tmp_path / "traces", **limits))
        return made[-1]

    yield open_them
    for traces in made:
        traces.close()


def talk(films: Bundle, traces: PeopleTraces, *turns: tuple[str, str, str]) -> None:
    async def run() -> None:
        async with Cicerone(films, Settings(_env_file=None, planner="basic"), traces=traces) as agent:
            for user, thread, message in turns:
                async for _ in agent.turn(user, thread, message):
                    pass

    asyncio.run(run())


def said(traces: PeopleTraces, user: str, thread: str | None = None) -> list[str]:
    return sorted(trace.start.text for trace in traces.of(user, thread))


def test_what_one_process_keeps_another_reads_and_deletes(opened: Opened, films: Bundle) -> None:
    one, two = opened(), opened()
    talk(films, one, ("ann", "t1", "horror"), ("ann", "t1", "newer"), ("ann", "t2", "war"), ("bob", "t1", "drama"))
    assert said(one, "ann") == said(two, "ann") == ["horror", "newer", "war"]
    assert said(two, "ann", "t1") == ["horror", "newer"]
    assert two.forget("ann", "t1") == 1
    assert said(one, "ann") == ["war"]
    assert (two.forget("ann"), two.forget("ann")) == (1, 0)
    assert (said(one, "ann"), said(one, "bob")) == ([], ["drama"])


def test_of_too_much_the_oldest_goes(opened: Opened, films: Bundle) -> None:
    traces = opened(mb=0)
    talk(films, traces, ("ann", "t1", "horror"))
    talk(films, opened(mb=0), ("ann", "t2", "war"))
    assert said(traces, "ann", "t1") == []


def test_old_rows_of_a_table_go_and_what_is_no_trace_is_left_out(films: Bundle) -> None:
    db = SqliteDatabase()
    talk(films, TraceTable(db, days=3, mb=1), ("ann", "t1", "horror"))
    traces = TraceTable(db, days=3, mb=1)
    assert said(traces, "ann") == ["horror"]
    db.execute("INSERT INTO traces VALUES ('ann', 't1', '2030-01-01T00:00:00+00:00', 'no trace')")
    assert said(traces, "ann") == ["horror"]
    db.execute("UPDATE traces SET at = '2001-01-01T00:00:00+00:00'")
    talk(films, traces, ("bob", "t1", "drama"))
    assert [said(traces, user) for user in ("ann", "bob")] == [[], ["drama"]]
