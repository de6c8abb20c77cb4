"""Every snippet of the pages on the doors for programs runs as it stands, against a server that really listens."""

import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from agents.library import Library
from retrieval.bundle import Bundle
from settings import Settings
from ui.access import Access, local_access
from ui.http import create_api
from ui.tokens import new_token

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
OPENAI = (DOCS / "openai.md").read_text(encoding="utf-8")
MCP = (DOCS / "mcp.md").read_text(encoding="utf-8")
API = (DOCS / "api.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:7860"
DEADLINE_S = 60


def snippet(page: str, language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def access() -> Access:
    return local_access()


@pytest.fixture
def token(access: Access, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token of a user who is new, where the page expects it."""
    sent, kept = new_token("docs")
    access.doorkeeper.tokens.add(kept)
    monkeypatch.setenv("CICERONE_TOKEN", sent)
    return sent


@pytest.fixture(scope="module")
def address(
    bundles_dir: Path, films: Bundle, access: Access, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A server on a port of its own, about the forty films."""
    settings = Settings(planner="basic", k=4, catalog="films", var_dir=bundles_dir)
    state = tmp_path_factory.mktemp("people") / "threads.sqlite"
    library = Library(settings, state=state, embedder=films.embedder)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))

    async def serving() -> None:
        async with library:
            await server.serve(sockets=[listener])

    server = uvicorn.Server(uvicorn.Config(create_api(library, access), log_level="error"))
    thread = threading.Thread(target=lambda: asyncio.run(serving()), daemon=True)
    thread.start()
    ends = time.monotonic() + DEADLINE_S
    while not server.started:
        assert time.monotonic() < ends, "the server did not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl(address: str) -> None:
    answer = json.loads(run("bash", "-c", snippet(OPENAI, "bash").replace(ADDRESS, address)))
    items = answer["choices"][0]["message"]["cicerone"]["items"]
    assert items
    assert all("Comedy" in item["fields"]["genres"] and item["fields"]["runtime_min"] < 120 for item in items)


def run_here(program: str, capsys: pytest.CaptureFixture[str]) -> str:
    exec(compile(program, "a page of the docs", "exec"), {"__name__": "__main__"})
    return capsys.readouterr().out


def test_python_with_the_sdk(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = run_here(snippet(OPENAI, "python").replace(ADDRESS, address), capsys)
    ids = re.findall(r"^(tt\d+) ", out, re.MULTILINE)
    assert len(ids) == 4
    assert out.count("1. **") == 2


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript(address: str, tmp_path: Path) -> None:
    program = tmp_path / "ask.mjs"
    program.write_text(snippet(OPENAI, "javascript").replace(ADDRESS, address), encoding="utf-8")
    out = run("node", str(program))
    assert "1. **" in out
    assert len(re.findall(r"^tt\d+ ", out, re.MULTILINE)) == 4


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_route_with_curl(address: str, token: str) -> None:
    out = run("bash", "-euo", "pipefail", "-c", snippet(API, "bash").replace(ADDRESS, address))
    first, *_, last = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert len(first["items"]) == 3
    assert "event: turn_finished" in out
    assert set(last) >= {"statements", "conversations"}
    assert last["conversations"] == 3


def test_every_route_from_python(address: str, token: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = run_here(snippet(API, "python").replace(ADDRESS, address), capsys)
    assert len(re.findall(r"^tt\d+ ", out, re.MULTILINE)) == 3
    assert "['likes “" in out


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_every_route_from_javascript(address: str, token: str, tmp_path: Path) -> None:
    program = tmp_path / "api.mjs"
    program.write_text(snippet(API, "javascript").replace(ADDRESS, address), encoding="utf-8")
    out = run("node", str(program))
    assert len(re.findall(r"^tt\d+ ", out, re.MULTILINE)) == 3
    assert "likes “" in out


def test_every_route_is_in_every_language_of_the_page(bundles_dir: Path) -> None:
    paths = create_api(Library(Settings(catalog="films", var_dir=bundles_dir))).openapi()["paths"]
    for path in set(paths) - {"/metrics"}:
        plain = re.sub(r"/\{.*?\}(?=/|$)", "", path.replace("{user_id}", "me"))
        for language in ("bash", "python", "javascript"):
            assert plain in snippet(API, language), (path, language)
        assert path in API.partition("## curl")[0]
    assert "/metrics" in API.partition("## curl")[0]


def test_python_with_the_mcp_client(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = run_here(snippet(MCP, "python").replace(ADDRESS, address), capsys)
    assert len(re.findall(r"^tt\d+ ", out, re.MULTILINE)) == 3


def test_the_settings_of_an_mcp_client_over_http(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    (url,) = [entry["url"] for entry in _entries() if "url" in entry]
    out = run_here(snippet(MCP, "python").replace(ADDRESS + "/mcp", url.replace(ADDRESS, address)), capsys)
    assert "Ids, in this order:" in out


def test_the_settings_of_an_mcp_client_that_starts_a_process(tmp_path: Path) -> None:
    (entry,) = [entry for entry in _entries() if "command" in entry]
    assert entry["command"].endswith("/.venv/bin/python")
    assert entry["args"][0] == "/path/to/cicerone/app.py"
    assert set(entry["env"]) == {"CICERONE_VAR_DIR"}
    answer = subprocess.run(
        [sys.executable, str(ROOT / "app.py"), *entry["args"][1:], "--catalog", "none"],
        env={**os.environ, "CICERONE_VAR_DIR": str(tmp_path)}, cwd=tmp_path, input="", capture_output=True, text=True,
        timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "none" in answer.stderr


def _entries() -> list[dict[str, Any]]:
    return [json.loads(text)["mcpServers"]["cicerone"] for text in re.findall(r"```json\n(.*?)```", MCP, re.DOTALL)]


def test_every_field_the_page_names_is_treated_as_it_says() -> None:
    from ui.openai_request import CompletionIn, Wishes

    refused = {"tools", "functions", "n", "logprobs", "top_logprobs", "response_format", "modalities"}
    assert refused <= set(re.findall(r"`([a-z_]+)`", OPENAI))
    assert set(CompletionIn.model_fields) - refused <= set(re.findall(r"`([a-z_]+)", OPENAI))
    wishes = re.search(r"`\{((?:\"[a-z]+\"(?:, )?)+)\}`, each as in `/v1/recommend`", OPENAI)
    assert wishes
    assert re.findall(r'"([a-z]+)"', wishes.group(1)) == list(Wishes.model_fields)
