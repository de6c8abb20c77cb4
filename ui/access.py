"""Who may come in, put together from the settings; start-up is refused where that would be anybody by mistake."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agents.database import SqliteDatabase, open_database
from agents.private_files import append
from errors import SettingsError
from settings import Settings
from ui.identity import Doorkeeper, Rules
from ui.origins import Origins
from ui.rates import Rates
from ui.tokens import Tokens

_SECRET_BYTES = 32


@dataclass(frozen=True)
class Access:
    """What is asked of every request."""

    doorkeeper: Doorkeeper
    origins: Origins
    rates: Rates = field(default_factory=Rates)


def local_access() -> Access:
    """Return that of a server on loopback whose guests and tokens end with the process."""
    doorkeeper = Doorkeeper(Rules(), Tokens(SqliteDatabase()), secrets.token_bytes(_SECRET_BYTES))
    return Access(doorkeeper, Origins())


@contextmanager
def open_tokens(settings: Settings) -> Iterator[Tokens]:
    """Open where tokens are kept. Raises SettingsError where it cannot be used."""
    url = settings.state_url.get_secret_value() if settings.state_url else None
    with closing(open_database(settings.var_dir / "people" / "people.sqlite", url)) as database:
        yield Tokens(database)


@contextmanager
def open_access(settings: Settings) -> Iterator[Access]:
    """Open what `serve` lets people in by. Raises SettingsError where nobody could be told apart."""
    rules = Rules.of(settings)
    with open_tokens(settings) as tokens:
        if not rules.guests and not rules.proxy_header and not tokens.listing():
            raise SettingsError(nobody_comes_in(settings))
        yield Access(Doorkeeper(rules, tokens, _secret(settings)), Origins.of(settings))


def nobody_comes_in(settings: Settings) -> str:
    """Return what is said where there is no way in for anybody."""
    cause = f"--host {settings.host} lets the network in" if settings.guests == "auto" else "Guests are not let in"
    return (
        f"{cause}, and there is no token nor a proxy to tell people apart: make a token with `app.py token create "
        "NAME`, set CICERONE_PROXY_HEADER and CICERONE_PROXY_ADDRESSES, or let guests in with CICERONE_GUESTS=on."
    )


def _secret(settings: Settings) -> bytes:
    """Return what guests are signed with; made at the first start, it is kept where only its owner reads it."""
    if settings.secret:
        return settings.secret.get_secret_value().encode()
    path = settings.var_dir / "people" / "secret"
    return _kept(path) or _made(path)


def _kept(path: Path) -> bytes:
    return path.read_bytes().strip() if path.exists() else b""


def _made(path: Path) -> bytes:
    try:
        append(path, secrets.token_hex(_SECRET_BYTES))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror}). Set CICERONE_SECRET.") from error
    return _kept(path)
