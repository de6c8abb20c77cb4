"""The log: one line an event, whatever is in it; no secrets; what exceptions say only where it is asked for."""

import errno
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator

import pytest

from settings import Settings
from ui import logs
from ui.logs import JsonLines, TextLines

FORGED = 'x\r\n{"level": "error"}\n2026-01-01T00:00:00Z error forged\x1b[31m\u2028\u202eevil\x00\x85'


def record(message: str, error: BaseException | None = None, **fields: object) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("cicerone.x", logging.INFO, "x.py", 1, message, None, info)
    made.fields = fields
    return made


def raised() -> BaseException:
    try:
        try:
            raise ValueError(f"could not read {FORGED}")
        except ValueError as cause:
            raise RuntimeError("they said: my canary") from cause
    except RuntimeError as error:
        return error


@pytest.mark.parametrize("form", [JsonLines([]), TextLines([])])
def test_no_text_ends_a_line_or_colours_a_terminal(form: logging.Formatter) -> None:
    line = form.format(record(FORGED, raised(), said=FORGED, several=[FORGED], **{"named": {"x": FORGED}}))
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_json_lines_can_be_read_back() -> None:
    read = json.loads(JsonLines([]).format(record("turn", ms=1.5, door=FORGED)))
    assert (read["event"], read["level"], read["logger"], read["ms"], read["door"]) == (
        "turn",
        "info",
        "cicerone.x",
        1.5,
        FORGED,
    )
    assert read["time"].endswith("Z")


def test_text_lines_name_their_values() -> None:
    line = TextLines([]).format(record("turn", ms=1.5, door="chat", told="two words"))
    assert line.endswith(' info cicerone.x turn ms=1.5 door=chat told="two words"')


@pytest.mark.parametrize("form", [JsonLines, TextLines])
def test_what_exceptions_say_is_told_only_where_asked_for(form: type[JsonLines] | type[TextLines]) -> None:
    quiet, quoting = (
        form([]).format(record("failed", raised())),
        form([], quoting=True).format(record("failed", raised())),
    )
    assert "canary" not in quiet and "could not read" not in quiet
    assert "RuntimeError" in quiet and "ValueError" in quiet and "test_logs.py" in quiet
    assert "my canary" in quoting and "could not read" in quoting


def test_errors_of_systems_and_databases_are_named() -> None:
    with pytest.raises(sqlite3.OperationalError) as unreadable, sqlite3.connect(":memory:") as db:
        db.execute("SELECT * FROM what_they_said")
    assert logs.told(OSError(errno.ENOSPC, "full"))["code"] == "ENOSPC"
    assert logs.told(unreadable.value)["code"] == "SQLITE_ERROR"
    assert "code" not in logs.told(ValueError("x"))


@pytest.mark.parametrize("form", [JsonLines(["sk-abcdef"]), TextLines(["sk-abcdef"], quoting=True)])
def test_secrets_are_left_out_wherever_they_are(form: logging.Formatter) -> None:
    line = form.format(record("key sk-abcdef", ValueError("sk-abcdef"), header="Bearer sk-abcdef"))
    assert "sk-abcdef" not in line
    assert "***" in line


def test_secrets_are_all_secret_settings_and_the_passwords_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CICERONE_LLM_API_KEY", "sk-long-key")
    monkeypatch.setenv("CICERONE_STATE_URL", "postgresql://me:pass-word@there/cicerone")
    held = logs.secrets_of(Settings(_env_file=None))  # type: ignore[call-arg]
    assert held == ["postgresql://me:pass-word@there/cicerone", "sk-long-key", "pass-word"]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    root, ours = logging.getLogger(), logging.getLogger("cicerone")
    before = list(root.handlers), root.level, ours.level
    yield lambda: capsys.readouterr().err
    root.handlers[:], root.level, ours.level = before
    logging.captureWarnings(False)


def test_levels_are_for_our_own_lines_others_only_warn(written: Callable[[], str]) -> None:
    logs.set_up(Settings(_env_file=None, log="json", log_level="debug"))  # type: ignore[call-arg]
    logging.getLogger("openai").debug("request body with my canary")
    logging.getLogger("httpx2").info("my canary")
    logging.getLogger("uvicorn.error").error("broken")
    logs.note(logging.getLogger("cicerone.turns"), "turn", ms=1)
    assert [json.loads(line)["event"] for line in written().splitlines()] == ["broken", "turn"]


def test_below_the_level_nothing_is_written(written: Callable[[], str]) -> None:
    logs.set_up(Settings(_env_file=None))  # type: ignore[call-arg]
    logs.note(logging.getLogger("cicerone.turns"), "turn", ms=1)
    logging.getLogger("cicerone.turns").warning("told")
    assert written().count("\n") == 1
