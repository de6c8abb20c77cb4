"""Where traces are kept, for how long, and for whose eyes."""

import asyncio
import json
import os
import time
from pathlib import Path
from typing import Literal

import pytest

from agents.library import Library
from agents.session import Cicerone
from agents.trace_files import TraceFile, TraceFolder, people_traces, read_traces
from errors import InputError
from retrieval.bundle import Bundle
from settings import Settings


def talk(bundle: Bundle, traces: TraceFolder | TraceFile, *turns: tuple[str, str, str]) -> None:
    """Take turns of (user, thread, message), and wait until their traces are written."""

    async def run() -> None:
        async with Cicerone(bundle, Settings(planner="basic"), traces=traces) as agent:
            for user, thread, message in turns:
                async for _ in agent.turn(user, thread, message):
                    pass

    asyncio.run(run())
    traces.close()


def test_a_file_a_thread_that_only_its_owner_reads_and_that_names_nobody(films: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "people" / "traces"
    talk(
        films, TraceFolder(folder, days=3, mb=1), ("ann", "t1", "horror"), ("ann", "t1", "newer"), ("bob", "t1", "war")
    )
    files = sorted(folder.iterdir())
    assert sorted(len(read_traces(file)) for file in files) == [1, 2]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not any(name in file.name for file in files for name in ("ann", "bob", "t1"))


def test_one_users_traces_are_deleted_and_nobody_elses(films: Bundle, tmp_path: Path) -> None:
    talk(
        films, TraceFolder(tmp_path, days=3, mb=1), ("ann", "t1", "horror"), ("ann", "t2", "war"), ("bob", "t1", "war")
    )
    kept = TraceFolder(tmp_path, days=3, mb=1)
    assert [trace.start.text for trace in kept.of("bob")] == ["war"]
    assert kept.forget("ann", "t2") == 1
    assert [trace.start.text for trace in kept.of("ann")] == ["horror"]
    assert kept.forget("ann") == 1
    assert len(list(tmp_path.iterdir())) == 1
    assert len(kept.of("bob")) == 1


def test_old_traces_go_and_new_ones_stay(films: Bundle, tmp_path: Path) -> None:
    talk(films, TraceFolder(tmp_path, days=3, mb=1), ("ann", "t1", "horror"), ("ann", "t1", "war"), ("bob", "t", "war"))
    ann, bob = sorted(tmp_path.iterdir(), key=lambda file: -len(read_traces(file)))
    os.utime(bob, (time.time() - 4 * 24 * 3600,) * 2)
    first, second = ann.read_text("utf-8").splitlines()
    ann.write_text(json.dumps({**json.loads(first), "at": "2001-01-01T00:00:00+00:00"}) + "\n" + second + "\n", "utf-8")
    talk(films, TraceFolder(tmp_path, days=3, mb=1), ("eve", "t", "drama"))
    assert not bob.exists()
    assert [trace.start.text for trace in read_traces(ann)] == ["war"]
    assert ann.stat().st_mode & 0o777 == 0o600


def test_a_line_broken_off_in_costs_no_other_trace_and_goes_when_it_is_tidied(films: Bundle, tmp_path: Path) -> None:
    talk(films, TraceFolder(tmp_path, days=3, mb=1), ("ann", "t1", "horror"))
    (ann,) = tmp_path.iterdir()
    whole = ann.read_text("utf-8")
    ann.write_text(whole[:100] + "\n" + whole, "utf-8")
    kept = TraceFolder(tmp_path, days=3, mb=1)
    assert [trace.start.text for trace in kept.of("ann")] == ["horror"]
    talk(films, kept, ("eve", "t", "drama"))
    assert ann.read_text("utf-8") == whole


def test_a_line_end_of_unicode_in_a_message_ends_no_trace(films: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    talk(films, TraceFile(path), ("ann", "t", "horror\u2028or\x85war"), ("ann", "t", "newer"))
    assert [trace.start.text for trace in read_traces(path)] == ["horror\u2028or\x85war", "newer"]


def test_of_too_many_those_spoken_in_longest_ago_go(films: Bundle, tmp_path: Path) -> None:
    talk(films, TraceFolder(tmp_path, days=3, mb=1), ("ann", "t1", "horror"))
    (old,) = tmp_path.iterdir()
    os.utime(old, (time.time() - 3600,) * 2)
    talk(films, TraceFolder(tmp_path, days=3, mb=0), ("eve", "t", "drama"))
    assert not old.exists()


def test_a_turn_whose_trace_cannot_be_written_is_answered(
    films: Bundle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "traces").write_text("a file where the folder should be", "utf-8")
    talk(films, TraceFolder(tmp_path / "traces", days=3, mb=1), ("ann", "t1", "horror"))
    assert "was not kept" in caplog.text


def test_a_half_written_last_line_is_left_out_and_anything_else_refused(films: Bundle, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    talk(films, TraceFile(path), ("ann", "t", "horror"))
    whole = path.read_text("utf-8")
    path.write_text(whole + whole[:100], "utf-8")
    assert len(read_traces(path)) == 1
    path.write_text('{"no": "trace"}\n' + whole, "utf-8")
    with pytest.raises(InputError, match="Line 1"):
        read_traces(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_traces(tmp_path / "none.jsonl")


@pytest.mark.parametrize(("traces", "n_kept"), [("on", 1), ("off", 0)])
def test_a_library_leaves_traces_beside_its_threads(
    films: Bundle, bundles_dir: Path, tmp_path: Path, traces: Literal["on", "off"], n_kept: int
) -> None:
    async def run() -> None:
        settings = Settings(planner="basic", catalog="films", var_dir=bundles_dir, traces=traces)
        opened = Library(settings, None, tmp_path / "people" / "threads.sqlite", films.embedder)
        async with opened as library, library.lend() as agent:
            async for _ in agent.turn("ann", "t1", "horror"):
                pass

    asyncio.run(run())
    assert len(list((tmp_path / "people").glob("traces/*.jsonl"))) == n_kept


def test_nothing_is_kept_where_it_is_switched_off(tmp_path: Path) -> None:
    assert people_traces(Settings(traces="off"), tmp_path) is None
    assert people_traces(Settings(), None) is None
