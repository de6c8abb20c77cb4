"""Commands about what is remembered of somebody with a name."""

import asyncio
from pathlib import Path

import pytest

from agents.session import Cicerone
from agents.trace_files import people_traces
from retrieval.bundle import Bundle
from settings import Settings
from ui.known import known_as
from ui.terminal import ask, chat


def say(films: Bundle, tmp_path: Path, user: str | None, *lines: str) -> None:
    settings = Settings(planner="basic", var_dir=tmp_path)
    agent = Cicerone(films, settings)
    agent.traces = people_traces(settings, tmp_path / "people")
    left = list(lines)

    async def read(_: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    asyncio.run(chat(agent, read, known_as(user, agent)))


def test_a_user_reads_forgets_switches_off_exports_and_deletes(
    films: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(films, tmp_path, "ann", "/profile", "I love Alien")
    out = capsys.readouterr().out
    assert "Nothing is remembered of you yet." in out
    assert "remembered:" in out
    say(films, tmp_path, "ann", "/profile", "/memory export", "/memory off", "/profile", "/memory on")
    out = capsys.readouterr().out
    assert "likes “Alien”" in out
    assert '"item_id": "tt0078748"' in out
    assert "The memory is off: none of this is used." in out
    say(films, tmp_path, "ann", "/forget 7", "/forget 1", "/profile", "/memory", "/memory delete")
    out = capsys.readouterr().out
    assert "Give a number from 1 to 1" in out
    assert "Forgotten: likes “Alien”." in out
    assert "This deletes everything kept of you" in out
    assert "Nothing is kept of you now" not in out


def test_deleting_leaves_no_byte_and_the_talk_begins_anew(
    films: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(films, tmp_path, "ann", "I love Alien", "a drama", "/memory delete yes", "/limits", "/profile")
    out = capsys.readouterr().out
    assert "Deleted: 1 statement about your taste, 1 conversation and 1 file of traces." in out
    assert "Nothing is kept to yet." in out
    assert "Nothing is remembered of you yet." in out
    files = [path for path in (tmp_path / "people").rglob("*") if path.is_file()]
    assert not [path for path in files if b"Alien" in path.read_bytes() or b"user-ann" in path.read_bytes()]


def test_others_and_guests_know_nothing_of_it(
    films: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say(films, tmp_path, "ann", "I love Alien")
    capsys.readouterr()
    say(films, tmp_path, "bob", "/profile")
    assert "Nothing is remembered of you yet." in capsys.readouterr().out
    say(films, tmp_path, None, "I love Alien", "/profile")
    out = capsys.readouterr().out
    assert "There is no /profile" in out
    assert "remembered:" not in out


def test_ask_remembers_too(films: Bundle, tmp_path: Path) -> None:
    agent = Cicerone(films, Settings(planner="basic", var_dir=tmp_path))
    known = known_as("ann", agent)
    assert known is not None
    assert asyncio.run(ask(agent, "I love Alien", known=known)) == 0
    assert agent.memory is not None
    assert [s.value for s in agent.memory.whole("user-ann").statements] == ["Alien"]
