"""Fixtures of the doors: a fake agent behind the API, as programs on this machine reach it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).parent))

from fake_agent import FakeAgent, FakeLibrary

from ui.http import create_api

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture
def agent() -> FakeAgent:
    return FakeAgent()


@pytest.fixture
def library(agent: FakeAgent) -> FakeLibrary:
    return FakeLibrary(agent, FakeAgent("larder", ("recipe", "recipes")))


@pytest.fixture
def client(library: FakeLibrary) -> Iterator[TestClient]:
    with TestClient(create_api(library), ADDRESS, raise_server_exceptions=False) as client:
        yield client
