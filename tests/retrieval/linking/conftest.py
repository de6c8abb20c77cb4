"""Linkers over the two tiny catalogues."""

import pytest

from retrieval.bundle import Bundle
from retrieval.linking import Linker


@pytest.fixture(scope="session")
def link(films: Bundle) -> Linker:
    """A linker over the tiny films."""
    return Linker(films.catalog)


@pytest.fixture(scope="session")
def game_link(games: Bundle) -> Linker:
    """A linker over the tiny games."""
    return Linker(games.catalog)
