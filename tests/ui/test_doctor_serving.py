"""`doctor` about what `serve` leans on: each part that is away or in nobody's reach is told with its remedy."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.database import open_database
from retrieval.bundle import Bundle
from retrieval.depot import Depot
from settings import Settings
from ui.access import open_tokens
from ui.doctor_serving import examine_serving
from ui.tokens import new_token

SECRET = "0123456789abcdef"


def examined(var_dir: Path, **more: Any) -> tuple[bool, dict[str, str]]:
    """Return whether all is well, and the lines by their first word."""
    lines: list[str] = []
    well = examine_serving(Settings(_env_file=None, var_dir=var_dir, **more), lines.append)  # type: ignore[call-arg]
    assert all("\n" not in line for line in lines)
    return well, {line.split()[0]: line for line in lines}


def test_a_new_installation_is_well_and_stays_untouched(tmp_path: Path) -> None:
    well, lines = examined(tmp_path)
    assert well
    assert set(lines) == {"people", "doors"}
    assert lines["people"].endswith("people.sqlite: made at the first start")
    assert lines["doors"] == "doors      127.0.0.1 lets in guests"
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_peoples_data_is_tried(tmp_path: Path) -> None:
    path = tmp_path / "people" / "people.sqlite"
    open_database(path).close()
    assert examined(tmp_path)[1]["people"].endswith("people.sqlite: writable")
    path.write_bytes(b"no database" * 100)
    well, lines = examined(tmp_path, proxy_header="X-Who", proxy_addresses="10.0.0.2")
    assert not well
    assert "people.sqlite cannot hold people's data" in lines["people"] and "CICERONE_VAR_DIR" in lines["people"]


def test_postgres_is_asked(tmp_path: Path, postgres: Any) -> None:
    url = postgres.url()
    well, lines = examined(tmp_path, state_url=url, secret=SECRET)
    assert well
    assert lines["people"].startswith("people     Postgres, people") and lines["people"].endswith(": writable")
    assert lines["doors"].endswith("lets in guests")
    assert "CICERONE_SECRET" in examined(tmp_path, state_url=url)[1]["doors"]


def test_a_postgres_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    well, lines = examined(tmp_path, state_url="postgresql://ann:hush@127.0.0.1:1/x")
    assert not well
    assert "CICERONE_STATE_URL: x at 127.0.0.1 cannot be used" in lines["people"]
    assert "hush" not in str(lines)
    assert "lets in guests" in lines["doors"]
    shut = examined(tmp_path, state_url="postgresql://ann:hush@127.0.0.1:1/x", host="0.0.0.0")[1]["doors"]
    assert shut == "doors      Nobody gets in: API tokens cannot be read until people's data can."


def test_a_network_that_nobody_could_come_in_from_is_told_with_the_three_ways(tmp_path: Path) -> None:
    well, lines = examined(tmp_path, host="0.0.0.0")
    assert not well
    assert all(way in lines["doors"] for way in ("token create", "CICERONE_PROXY_HEADER", "CICERONE_GUESTS=on"))
    assert list(tmp_path.iterdir()) == []


def test_every_way_in_is_named(tmp_path: Path) -> None:
    with open_tokens(Settings(_env_file=None, var_dir=tmp_path)) as tokens:  # type: ignore[call-arg]
        tokens.add(new_token("shop")[1])
    well, lines = examined(tmp_path, host="0.0.0.0")
    assert well
    assert lines["doors"] == "doors      0.0.0.0 lets in the holders of 1 API token"
    asked = {"guests": "on", "proxy_header": "X-Who", "proxy_addresses": "10.0.0.2"}
    told = "lets in guests, whoever the proxy names in X-Who, the holders of 1 API token"
    assert told in examined(tmp_path, host="0.0.0.0", **asked)[1]["doors"]
    well, lines = examined(tmp_path, proxy_header="X-Who")
    assert not well
    assert "CICERONE_PROXY_ADDRESSES go together" in lines["doors"]


@pytest.fixture
def web(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that answers every request with what the test gives."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(request.param if self.path == "/api/v2/heartbeat" else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("web", [b'{"nanosecond heartbeat": 17}'], indirect=True)
def test_a_chroma_server_that_answers(tmp_path: Path, web: str) -> None:
    well, lines = examined(tmp_path, chroma_url=web)
    assert well
    assert lines["chroma"] == f"chroma     {web} answers"


@pytest.mark.parametrize("web", [b"<html>", b"[]", b"{}"], indirect=True)
def test_a_server_that_is_no_chroma(tmp_path: Path, web: str) -> None:
    well, lines = examined(tmp_path, chroma_url=web)
    assert not well
    assert "does not answer as a Chroma server" in lines["chroma"]


@pytest.mark.parametrize(
    ("url", "said"),
    [("http://127.0.0.1:1", "`chroma run`"), ("http://8.8.8.8:8000", "private"), ("nonsense", "http://HOST:PORT")],
)
def test_a_chroma_server_that_is_away_or_nowhere(tmp_path: Path, url: str, said: str) -> None:
    well, lines = examined(tmp_path, chroma_url=url)
    assert not well
    assert said in lines["chroma"]


def test_shared_builds_are_listed(tmp_path: Path, bundles_dir: Path, films: Bundle) -> None:
    url = (tmp_path / "shared").as_uri()
    well, lines = examined(tmp_path, bundles_url=url)
    assert well
    assert "app.py publish" in lines["builds"]
    Depot(url).publish(bundles_dir, "films", lambda *_: None)
    assert examined(tmp_path, bundles_url=url)[1]["builds"] == f"builds     {url} can be read: films"


def test_a_store_without_a_driver_is_told(tmp_path: Path) -> None:
    well, lines = examined(tmp_path, bundles_url="nowhere://bucket/x")
    assert not well
    assert "CICERONE_BUNDLES_URL" in lines["builds"]
