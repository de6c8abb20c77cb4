"""Fixtures everybody uses: two tiny real bundles, built once a session without any model."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import tiny_catalog
from hashing_embedder import HashingEmbedder

from bench.postgres_server import PostgresServer, postgres_server, programs
from retrieval.building import build_bundle
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table


def table_of(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Turn a literal table into an Arrow table."""
    return pa.table(
        {name: pa.array(list(values)) for name, values in zip(columns, zip(*rows, strict=True), strict=True)}
    )


def write_ratings(path: Path, ratings: Sequence[tuple[str, str, float, int]]) -> Path:
    """Write ratings as a CSV file."""
    lines = [",".join(map(str, row)) for row in ratings]
    path.write_text("\n".join(["user,item_id,rating,timestamp", *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def bundles_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The var folder that holds the bundles "films" and "games"; tests only read it."""
    var = tmp_path_factory.mktemp("var")
    ratings = write_ratings(var / "ratings.csv", tiny_catalog.FILM_RATINGS)
    films = import_table(
        table_of(tiny_catalog.FILM_COLUMNS, tiny_catalog.FILMS), ratings, tiny_catalog.FILM_ROLES, source="films"
    )
    games = import_table(
        table_of(tiny_catalog.GAME_COLUMNS, tiny_catalog.GAMES), None, tiny_catalog.GAME_ROLES, source="games"
    )
    build_bundle(films, "films", var, embedder=HashingEmbedder())
    build_bundle(games, "games", var, embedder=HashingEmbedder())
    return var


@pytest.fixture(scope="session")
def films(bundles_dir: Path) -> Bundle:
    """Forty well-known films with ratings of eight people."""
    return open_bundle(bundles_dir, "films", HashingEmbedder())


@pytest.fixture(scope="session")
def games(bundles_dir: Path) -> Bundle:
    """Twenty-five board games with prices, without ratings: another domain."""
    return open_bundle(bundles_dir, "games", HashingEmbedder())


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private Postgres server; skips where it is not installed."""
    found = programs()
    if found is None:
        pytest.skip("Postgres is not installed (Debian: apt-get install postgresql)")
    with postgres_server(found) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest) -> str | None:
    """Where people's data goes: None for SQLite files, then an empty Postgres database."""
    return request.getfixturevalue("postgres").url() if request.param == "postgres" else None
