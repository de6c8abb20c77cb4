"""What is asked before the server starts: that people can be told apart, and by a secret that stays."""

from pathlib import Path
from typing import Any

import pytest

from errors import SettingsError
from settings import Settings
from ui.access import open_access, open_tokens
from ui.tokens import new_token


def settings_of(folder: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, var_dir=folder, **given)  # type: ignore[call-arg]


def is_refused(settings: Settings) -> str:
    try:
        with open_access(settings):
            return ""
    except SettingsError as error:
        return str(error)


def test_the_network_is_let_in_only_where_people_can_be_told_apart(tmp_path: Path) -> None:
    told = is_refused(settings_of(tmp_path, host="0.0.0.0"))
    assert told.startswith("--host 0.0.0.0 lets the network in")
    assert "token create" in told and "CICERONE_PROXY_HEADER" in told and "CICERONE_GUESTS=on" in told
    assert "\n" not in told
    assert not is_refused(settings_of(tmp_path, host="0.0.0.0", guests="on"))
    assert not is_refused(settings_of(tmp_path, host="0.0.0.0", proxy_header="X-User", proxy_addresses="10.0.0.2"))
    assert is_refused(settings_of(tmp_path, guests="off")).startswith("Guests are not let in")
    with open_tokens(settings_of(tmp_path)) as tokens:
        tokens.add(new_token("phone")[1])
    assert not is_refused(settings_of(tmp_path, host="0.0.0.0"))
    assert not is_refused(settings_of(tmp_path, guests="off"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_needs_nothing(tmp_path: Path, host: str) -> None:
    assert not is_refused(settings_of(tmp_path, host=host))


def test_guests_are_known_again_after_a_restart_and_by_every_copy(tmp_path: Path) -> None:
    with open_access(settings_of(tmp_path / "a")) as access:
        token = access.doorkeeper.guests.new_token()
        guest = access.doorkeeper.guests.user_id(token)
    kept = tmp_path / "a" / "people" / "secret"
    assert kept.stat().st_mode & 0o077 == 0
    assert len(kept.read_bytes()) == 64
    with open_access(settings_of(tmp_path / "a")) as again, open_access(settings_of(tmp_path / "b")) as other:
        assert guest and again.doorkeeper.guests.user_id(token) == guest
        assert other.doorkeeper.guests.user_id(token) is None
    secret = "one for all the copies"
    with open_access(settings_of(tmp_path / "c", secret=secret)) as one:
        token = one.doorkeeper.guests.new_token()
    with open_access(settings_of(tmp_path / "d", secret=secret)) as two:
        assert two.doorkeeper.guests.user_id(token)
    assert not (tmp_path / "d" / "people" / "secret").exists()


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="secret"):
        settings_of(tmp_path, secret="short")
