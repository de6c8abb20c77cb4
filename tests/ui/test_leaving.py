"""A client that leaves ends its turn, over a connection that really closes."""

import json
import socket
import threading
import time
from collections.abc import Callable

import pytest
import uvicorn
from fake_agent import FakeAgent, FakeLibrary

from ui.http import create_api

_PATIENCE_S = 10
"""Two seconds are what it may take; a loaded machine is given more."""


def until(what: str, happens: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE_S
    while not happens():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


@pytest.mark.parametrize("accept", ["text/event-stream", "application/json"])
def test_a_turn_ends_with_the_connection_it_was_asked_for_by(
    accept: str, library: FakeLibrary, agent: FakeAgent
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_api(library), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until("the server did not start", lambda: server.started)
        port = listener.getsockname()[1]
        body = json.dumps({"message": "a slow mystery"}).encode()
        head = f"POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        head += f"Accept: {accept}\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(head.encode() + body)
            heard = b"" if "stream" in accept else b"event: tool_started"
            while b"event: tool_started" not in heard:
                heard += client.recv(65536)
            until("the turn did not begin", lambda: any(one.n_turns for one in agent.threads.values()))
            assert agent.n_cancelled == 0
        until("the turn went on without anybody", lambda: agent.n_cancelled == 1)
        server.should_exit = True
        thread.join(_PATIENCE_S)
