"""API tokens: who holds one is a known user. Only a hash of each is kept, so a stolen file opens no door."""

import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime

from pydantic import BaseModel, Field

from agents.database import Database
from errors import InputError
from ui.scopes import SCOPES, TURNS_A_MINUTE, USUAL

_FORM = re.compile(r"cic_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_NOBODYS = hashlib.sha256(b"nobody's").hexdigest()


_TABLE = """tokens (token_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL,
    scopes TEXT NOT NULL, turns_a_minute BIGINT NOT NULL, daily_tokens BIGINT, created TEXT NOT NULL)"""


class ApiToken(BaseModel):
    """What is kept of a token."""

    token_id: str
    """Names it in lists and when it is revoked; opens nothing."""
    secret_hash: str = Field(repr=False)
    """SHA-256 of its secret, hexadecimal. The secret is 256 random bits, so nothing slower is needed."""
    user_id: str
    name: str
    """What its owner calls it."""
    scopes: frozenset[str]
    turns_a_minute: int = TURNS_A_MINUTE
    daily_tokens: int | None = None
    """Of the language model, for all turns of its user in a day (UTC); None: no limit of its own."""
    created: datetime


_COLUMNS = tuple(ApiToken.model_fields)


class Tokens:
    """The tokens of everybody, in a database; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        """Use the table `tokens`, made where it is missing."""
        self._db = database
        database.make(_TABLE)

    def add(self, token: ApiToken) -> None:
        """Keep a new one."""
        row = token.model_dump(mode="json") | {"scopes": ",".join(sorted(token.scopes))}
        marks = ", ".join("?" * len(_COLUMNS))
        self._db.execute(f"INSERT INTO tokens ({', '.join(_COLUMNS)}) VALUES ({marks})", *map(row.get, _COLUMNS))

    def get(self, token_id: str) -> ApiToken | None:
        """Return one, None where it does not exist or was revoked."""
        found = self._found("WHERE token_id = ?", token_id)
        return found[0] if found else None

    def listing(self) -> list[ApiToken]:
        """Return all, the oldest first."""
        return self._found("ORDER BY created, token_id")

    def revoke(self, token_id: str) -> bool:
        """Drop one; returns whether there was one."""
        return self._db.execute("DELETE FROM tokens WHERE token_id = ?", token_id) > 0

    def forget(self, user_id: str) -> int:
        """Drop those of a user; returns how many."""
        return self._db.execute("DELETE FROM tokens WHERE user_id = ?", user_id)

    def _found(self, which: str, *params: str) -> list[ApiToken]:
        rows = self._db.fetch(f"SELECT {', '.join(_COLUMNS)} FROM tokens {which}", *params)
        named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
        return [ApiToken.model_validate(row | {"scopes": row["scopes"].split(",")}) for row in named]


def new_token(
    name: str,
    *,
    user_id: str | None = None,
    scopes: tuple[str, ...] = USUAL,
    turns_a_minute: int = TURNS_A_MINUTE,
    daily_tokens: int | None = None,
) -> tuple[str, ApiToken]:
    """Return a fresh token as its holder sends it, once, and what is kept of it; a new user where none is named.

    Raises InputError for a scope that does not exist.
    """
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise InputError(f"There is no scope {unknown[0][:40]!r}; the scopes are {', '.join(SCOPES)}.")
    token_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    kept = ApiToken(
        token_id=token_id,
        secret_hash=_digest(secret),
        user_id=user_id or f"token-{secrets.token_hex(16)}",
        name=name,
        scopes=frozenset(scopes),
        turns_a_minute=turns_a_minute,
        daily_tokens=daily_tokens,
        created=datetime.now(UTC),
    )
    return f"cic_{token_id}_{secret}", kept


def looks_like_ours(text: str) -> bool:
    """Return whether this claims to be a token of ours: then it must be one, whatever else would let its sender in."""
    return text.startswith("cic_")


def found(text: str, tokens: Tokens) -> ApiToken | None:
    """Return the token that somebody sent, None where it is none; takes as long for a wrong secret as for none."""
    parts = _FORM.fullmatch(text)
    kept = tokens.get(parts[1]) if parts else None
    same = hmac.compare_digest(_digest(parts[2] if parts else ""), kept.secret_hash if kept else _NOBODYS)
    return kept if same else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
