"""`app.py token`: a token is shown once, listed without what opens doors, and revoked."""

import argparse
from pathlib import Path

import pytest

from errors import NotFound
from settings import Settings
from ui import token_command
from ui.access import open_tokens
from ui.tokens import found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, var_dir=tmp_path)  # type: ignore[call-arg]


def run(settings: Settings, *words: str) -> list[str]:
    parser = argparse.ArgumentParser()
    token_command.add_arguments(parser)
    said: list[str] = []
    assert token_command.run(parser.parse_args(words), settings, said.append) == 0
    return said


def test_a_token_lives_from_create_to_revoke(settings: Settings) -> None:
    assert run(settings, "list") == ["There are no tokens. Make one: app.py token create NAME"]
    limits = ("--turns-per-minute", "5", "--daily-tokens", "900")
    sent, told = run(settings, "create", "phone", "--user", "ada", "--scope", "chat", "--scope", "read", *limits)
    with open_tokens(settings) as tokens:
        kept = found(sent, tokens)
    assert kept and kept.token_id in told
    assert (kept.user_id, kept.scopes) == ("user-ada", {"chat", "read"})
    head, line = run(settings, "list")
    assert line.split() == [
        kept.token_id, kept.created.date().isoformat(), "phone", "user-ada", "chat,read", "5", "900",
    ]  # fmt: skip
    assert head.startswith("id")
    assert sent[21:] not in head + line
    run(settings, "revoke", kept.token_id)
    with open_tokens(settings) as tokens:
        assert found(sent, tokens) is None
    with pytest.raises(NotFound, match="no token"):
        run(settings, "revoke", kept.token_id)


@pytest.mark.parametrize(
    "words", [("create",), ("create", "x", "--scope", "all"), ("create", "x", "--daily-tokens", "-1")]
)
def test_wrong_use_is_told(settings: Settings, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(settings, *words)
    assert "usage:" in capsys.readouterr().err
