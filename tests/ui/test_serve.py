"""Starting the server: what is refused, before anything heavy is opened, and what is said where it listens."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from fake_agent import FakeLibrary

from agents.database import SqliteDatabase
from agents.sole import sole_server
from errors import SettingsError
from settings import Settings
from ui import serve
from ui.access import Access, local_access
from ui.gatehouse import Gatehouse


def settings_of(host: str, port: int, **given: Any) -> Settings:
    return Settings(_env_file=None, host=host, port=port, planner="basic", **given)  # type: ignore[call-arg]


def never(gate: object) -> NoReturn:
    raise AssertionError("the agent was opened for an address that cannot be served")


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_busy_port_is_refused_in_one_line_before_the_agent_opens(busy_port: int, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        serve.serve_forever(settings_of("127.0.0.1", busy_port, var_dir=tmp_path), never)
    assert str(error.value).startswith(f"Port {busy_port} on 127.0.0.1 cannot be used (")
    assert "--port" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.2", "example.org", "127.0.0.1.example.org", ""])
def test_an_address_others_can_reach_is_refused_while_nobody_could_be_told_apart(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="lets the network in, and there is no token nor a proxy") as error:
        serve.serve_forever(settings_of(host, a_free_port(), var_dir=tmp_path), never)
    assert "\n" not in str(error.value)


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


V6 = pytest.param("::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", V6])
def test_the_loopback_is_listened_on(host: str) -> None:
    port = a_free_port()
    with serve._listen(settings_of(host, port)), socket.create_connection((host, port), timeout=5):
        pass


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "http://127.0.0.1:7999 "), ("::1", "http://[::1]:7999 ")])
def test_the_address_said_can_be_opened(
    host: str, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[socket.socket] = []

    class Server:
        def __init__(self, config: Any) -> None:
            assert config.app and not config.proxy_headers

        def handle_exit(self, sig: int, frame: object) -> None:
            raise AssertionError("nobody asked to stop")

        async def serve(self, sockets: list[socket.socket]) -> None:
            served.extend(sockets)

    async def create_app(library: FakeLibrary, access: Access, house: Gatehouse) -> object:
        return object()

    monkeypatch.setattr("uvicorn.Server", Server)
    monkeypatch.setattr("ui.http.create_app", create_app)
    library = FakeLibrary()
    with socket.socket() as listener:
        code = asyncio.run(serve._serve(library, settings_of(host, 7999), listener, local_access(), Gatehouse()))  # type: ignore[arg-type]
        assert served == [listener]
    out = capsys.readouterr().out
    assert code == 0
    assert address in out
    assert "shelf · basic planner" in out
    assert not library.is_ready, "the library is closed once the server has stopped"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_signal_uvicorn_raises_again_when_it_has_stopped_breaks_nothing_off(number: int) -> None:
    before = signal.getsignal(number)

    async def stopped() -> str:
        with serve._signals_heard_once():
            signal.raise_signal(number)
        await asyncio.sleep(0)
        return "closed in order"

    assert asyncio.run(stopped()) == "closed in order"
    assert signal.getsignal(number) is before


def test_a_second_server_on_the_same_folder_is_refused_and_the_next_one_after_it_is_not(tmp_path: Path) -> None:
    def serve_on(port: int) -> None:
        serve.serve_forever(settings_of("127.0.0.1", port, var_dir=tmp_path), never)

    with sole_server(tmp_path / "people"):
        with pytest.raises(SettingsError, match=rf"Another server \(process {os.getpid()}\)") as error:
            serve_on(a_free_port())
        assert "CICERONE_STATE_URL" in str(error.value)
        SqliteDatabase(tmp_path / "people" / "people.sqlite").make("notes (x TEXT)")
    with pytest.raises(AssertionError, match="the agent was opened"):
        serve_on(a_free_port())
