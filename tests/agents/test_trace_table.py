"""Traces in a table, as in a folder: kept by user and thread, read, deleted, and gone when they are old or many."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from agents import trace_table
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


@pytest.fixture
def opened_table(state_url: str | None, tmp_path: Path) -> Iterator[Opened]:
    """Opens the same table every time."""
    made: list[PeopleTraces] = []

    def open_them() -> PeopleTraces:
        made.append(TraceTable(open_database(tmp_path / "people.sqlite", state_url), days=3, mb=1))
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


def test_what_another_server_still_writes_of_a_forgotten_user_is_not_kept(opened_table: Opened, films: Bundle) -> None:
    one, two = opened_table(), opened_table()
    hold = threading.Event()
    one._thread.submit(hold.wait)
    talk(films, one, ("ann", "t1", "horror"), ("bob", "t1", "drama"))
    assert two.forget("ann") == 0, "it is on its way still"
    hold.set()
    assert (said(one, "ann"), said(two, "ann"), said(two, "bob")) == ([], [], ["drama"])


def test_of_a_forgotten_thread_nothing_comes_late_but_of_others_it_does(opened_table: Opened, films: Bundle) -> None:
    one, two = opened_table(), opened_table()
    two.forget("ann", "t1")
    talk(films, one, ("ann", "t1", "horror"), ("ann", "t2", "war"))
    assert said(one, "ann") == said(two, "ann") == ["war"]


def test_who_was_forgotten_a_while_ago_leaves_traces_again_and_no_name(
    films: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = SqliteDatabase()
    monkeypatch.setattr(trace_table, "_HELD", timedelta(0))
    traces = TraceTable(db, days=3, mb=1)
    traces.forget("ann")
    assert "ann" not in str(db.fetch("SELECT * FROM forgotten"))
    talk(films, traces, ("ann", "t1", "horror"))
    assert said(traces, "ann") == ["horror"]
    assert db.fetch("SELECT * FROM forgotten") == []


def test_a_trace_that_comes_too_late_to_be_held_back_is_not_written(
    films: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_table, "_LATEST_S", -1)
    traces = TraceTable(SqliteDatabase(), days=3, mb=1)
    talk(films, traces, ("ann", "t1", "horror"))
    assert said(traces, "ann") == []
