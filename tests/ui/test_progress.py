"""Progress: bars for people, one line a stage for logs, nothing where it would spoil an output; never on stdout."""

import io
import sys

import pytest

from ui.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_without_a_terminal_each_stage_is_one_line_when_it_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as report:
        for done in range(1, 4):
            report("reading", done * 1000, 3000)
        report("reading", 3000, 3000)
        report("embedding", 1, 2)
        report("writing", 0, 0)
    said = capsys.readouterr()
    assert said.err == "reading: 3,000\nwriting: 0\n"
    assert not said.out


def test_without_a_terminal_a_long_stage_is_heard_of_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 3.0, 12.0, 13.0, 40.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    with progress() as report:
        for done in (0, 30, 120, 130, 200):
            report("embedding", done, 200)
    assert capsys.readouterr().err == "embedding: 120 of 200, 10/s\nembedding: 200\n"


def test_quiet_says_nothing_anywhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for stream in (sys.stderr, Terminal()):
        monkeypatch.setattr(sys, "stderr", stream)
        with progress(quiet=True) as report:
            report("reading", 3, 3)
    assert isinstance(sys.stderr, Terminal)
    assert not sys.stderr.getvalue()
    monkeypatch.undo()
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_bar_a_stage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("COLUMNS", "100")
    with progress() as report:
        for done in range(4):
            report("reading", done, 3)
        report("writing", 1, 2)
    assert isinstance(sys.stderr, Terminal)
    drawn = sys.stderr.getvalue()
    assert "reading" in drawn
    assert "3/3" in drawn
    assert "1/2" in drawn
    assert not capsys.readouterr().out


def test_an_error_passes_through() -> None:
    with pytest.raises(ZeroDivisionError), progress():
        raise ZeroDivisionError
