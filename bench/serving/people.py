"""Known people for a server that is looked at from outside, and where it keeps what it knows of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from bench.postgres_server import postgres_server, programs
from settings import load_settings
from ui.access import open_tokens
from ui.tokens import new_token

_ENOUGH = 1_000_000
STORES = ("sqlite", "postgres")


@contextmanager
def store(name: str) -> Iterator[str | None]:
    """Return the address of a fresh Postgres database, or None for SQLite files. Raises SystemExit without Postgres."""
    if name == "sqlite":
        yield None
        return
    bin_dir = programs()
    if bin_dir is None:
        raise SystemExit("Postgres is not installed (Debian: apt-get install postgresql).")
    with postgres_server(bin_dir, sync=True) as server:
        yield server.url()


def make_tokens(n: int, var_dir: Path, url: str | None) -> list[str]:
    """Make so many users and return the API token of each."""
    with open_tokens(load_settings(var_dir=var_dir, state_url=url)) as tokens:
        made = [new_token(f"user {i}", turns_a_minute=_ENOUGH) for i in range(n)]
        for _, kept in made:
            tokens.add(kept)
    return [token for token, _ in made]


def where(var_dir: Path, url: str | None) -> dict[str, str]:
    """Return the settings of a server that keeps people's data there, and lets many in."""
    kept = {"state_url": url} if url else {}
    return {
        "var_dir": str(var_dir),
        "catalog": load_settings().catalog,
        "max_waiting": "1000",
        **kept,
    }


def calling(port: int, token: str) -> httpx2.AsyncClient:
    """Return a client of a server that comes with a token."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120, limits=limits)


async def exported(port: int, token: str) -> dict[str, Any]:
    """Return everything that a server keeps of the holder of a token."""
    async with calling(port, token) as client:
        answer = await client.get("/v1/users/me/export")
        answer.raise_for_status()
        return dict(answer.json())
