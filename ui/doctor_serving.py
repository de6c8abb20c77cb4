"""What `doctor` says of all that `serve` leans on beside the catalogue: people's data, doors, Chroma, shared builds."""

from collections.abc import Callable
from contextlib import closing

from agents.database import SqliteDatabase
from errors import CiceroneError, SettingsError
from settings import Settings
from ui.access import nobody_comes_in, open_tokens
from ui.identity import Rules

_SHOWN = 5


def examine_serving(settings: Settings, say: Callable[[str], None]) -> bool:
    """Check each part, one line each; True where all are well. Writes nothing where nothing was written before."""
    checks = (("people", _people), ("doors", _doors), ("chroma", _chroma), ("builds", _builds))
    return all([_checked(name, check, settings, say) for name, check in checks])


def _checked(
    name: str, check: Callable[[Settings], str | None], settings: Settings, say: Callable[[str], None]
) -> bool:
    try:
        told = check(settings)
    except CiceroneError as error:
        say(f"{name:<10} {error}")
        return False
    if told:
        say(f"{name:<10} {told}")
    return True


def _people(settings: Settings) -> str:
    if settings.postgres:
        from agents.postgres import checked

        return f"Postgres, {checked(settings.postgres)}: writable"
    path = settings.var_dir / "people" / "people.sqlite"
    if not path.exists():
        return f"SQLite, {path}: made at the first start"
    with closing(SqliteDatabase(path)) as database, database.transaction():
        return f"SQLite, {path}: writable"


def _doors(settings: Settings) -> str:
    rules = Rules.of(settings)
    ways = ["guests"] if rules.guests else []
    ways += [f"whoever the proxy names in {rules.proxy_header}"] if rules.proxy_header else []
    try:
        n_tokens = _n_tokens(settings)
    except CiceroneError as error:  # `people` has said what to do
        if not ways:
            raise SettingsError("Nobody gets in: API tokens cannot be read until people's data can.") from error
        n_tokens = 0
    ways += [f"the holders of {n_tokens} API token" + "s" * (n_tokens != 1)] if n_tokens else []
    if not ways:
        raise SettingsError(nobody_comes_in(settings))
    told = f"{settings.host} lets in {', '.join(ways)}"
    if rules.guests and settings.postgres and not settings.secret:
        told += "; before a second server uses this database, set one CICERONE_SECRET for both, or it knows no guest"
    return told


def _n_tokens(settings: Settings) -> int:
    if not settings.postgres and not (settings.var_dir / "people" / "people.sqlite").exists():
        return 0
    with open_tokens(settings) as tokens:
        return len(tokens.listing())


def _chroma(settings: Settings) -> str | None:
    if not settings.chroma_url:
        return None
    from retrieval.neighbours import hear

    hear(settings.chroma_url)
    return f"{settings.chroma_url} answers"


def _builds(settings: Settings) -> str | None:
    if not settings.bundles_url:
        return None
    from retrieval.depot import Depot

    names = Depot(settings.bundles_url).names()
    if not names:
        return f"{settings.bundles_url} can be read and is empty: bring builds there with app.py publish --catalog NAME"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{settings.bundles_url} can be read: {', '.join(names[:_SHOWN])}{more}"
