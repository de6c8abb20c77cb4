"""A stop from outside: what runs finishes, what is new is refused, and the process ends well."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

SERVER = Path(__file__).parent / "stopping_server.py"


def asked(port: int, path: str, body: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    """Return status and headers; 0 where nobody listens."""
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data, {"Content-Type": "application/json"} if body else {}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}
    except OSError:
        return 0, {}


@contextlib.contextmanager
def server(stop_s: float) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SERVER.parents[2]), str(SERVER.parent)])}
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(port), str(stop_s)], stdout=subprocess.DEVNULL, env=env
    )
    try:
        end_s = time.monotonic() + 60
        while asked(port, "/readyz")[0] != 200:
            assert time.monotonic() < end_s and process.poll() is None
            time.sleep(0.05)
        yield port, process
    finally:
        process.kill()
        process.wait()


def test_what_runs_finishes_and_what_is_new_is_refused() -> None:
    with server(stop_s=20) as (port, process):
        heard: list[int] = []
        slow = threading.Thread(target=lambda: heard.append(asked(port, "/v1/chat", {"message": "slow"})[0]))
        slow.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert asked(port, "/readyz")[0] == 503
        assert asked(port, "/healthz")[0] == 200
        status, headers = asked(port, "/v1/chat", {"message": "a mystery"})
        assert status == 503
        assert int(headers["retry-after"]) >= 1
        slow.join(20)
        assert heard == [200]
        assert process.wait(20) == 0
        assert asked(port, "/healthz")[0] == 0


@pytest.mark.parametrize("second", [False, True], ids=["at the limit", "at the second signal"])
def test_nobody_is_waited_for_longer_than_the_limit_or_against_the_operators_will(second: bool) -> None:
    with server(stop_s=20 if second else 0.1) as (port, process):
        slow = threading.Thread(target=lambda: asked(port, "/v1/chat", {"message": "slow"}))
        slow.start()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        if second:
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        slow.join(20)
