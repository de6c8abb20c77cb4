"""The log of a server: one line an event, as text for people or as JSON, without secrets and without what people say.

What an exception says can quote the person whose message caused it; only the level debug tells it. What happens
anywhere else than in our own code is told from warnings on, for libraries write whole requests at lower levels.
"""

import errno
import json
import logging
import re
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from settings import Settings

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_PLAIN = re.compile(r"[\w./:+@-]+")
_ROOT = Path(__file__).resolve().parent.parent
_MOST_FRAMES = 25
_SHORTEST_SECRET = 6


def set_up(settings: Settings) -> None:
    """Write the log to standard error as the settings say, whatever was set up before."""
    writer = logging.StreamHandler(sys.stderr)
    kind = JsonLines if settings.log == "json" else TextLines
    writer.setFormatter(kind(secrets_of(settings), quoting=settings.log_level == "debug"))
    root = logging.getLogger()
    root.handlers[:] = [writer]
    root.setLevel(logging.WARNING)
    logging.getLogger("cicerone").setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # uvicorn brings writers of its own
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.captureWarnings(True)


def note(log: logging.Logger, event: str, **fields: Any) -> None:
    """Write a line of named values."""
    log.info(event, extra={"fields": fields})


def secrets_of(settings: Settings) -> list[str]:
    """Return the keys and passwords among the settings, the longest first."""
    held = [getattr(settings, name) for name in type(settings).model_fields]
    found = {secret.get_secret_value() for secret in held if isinstance(secret, SecretStr)}
    found |= {password for secret in found if "://" in secret and (password := urlsplit(secret).password)}
    return sorted((secret for secret in found if len(secret) >= _SHORTEST_SECRET), key=len, reverse=True)


class _Lines(logging.Formatter):
    """What both forms share."""

    def __init__(self, secrets: Sequence[str], *, quoting: bool = False) -> None:
        """Leave `secrets` out of every line; `quoting` tells what exceptions say."""
        super().__init__()
        self._secrets = secrets
        self._quoting = quoting

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = self._line(record, self._values(record))
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line

    def _values(self, record: logging.LogRecord) -> dict[str, Any]:
        values: dict[str, Any] = dict(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            values["error"] = told(record.exc_info[1], quoting=self._quoting)
        return values

    def _line(self, record: logging.LogRecord, values: dict[str, Any]) -> str:
        raise NotImplementedError


class JsonLines(_Lines):
    """One JSON object a line, in plain ASCII: no text can end a line, or colour a terminal."""

    def _line(self, record: logging.LogRecord, values: dict[str, Any]) -> str:
        head = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        return json.dumps({**head, **values}, ensure_ascii=True, default=str)


class TextLines(_Lines):
    """Time, level, where from, what happened, and its values as name=value."""

    def _line(self, record: logging.LogRecord, values: dict[str, Any]) -> str:
        told = "".join(f" {name}={_shown(value)}" for name, value in values.items())
        return printable(f"{_time(record)} {record.levelname.lower()} {record.name} {record.getMessage()}{told}")


def printable(text: str) -> str:
    """Return a text in which nothing ends the line, moves the cursor or turns the direction of reading."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def told(error: BaseException, *, quoting: bool = False) -> dict[str, Any]:
    """Return an exception as its type and where it came from; `quoting` adds what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    out: dict[str, Any] = {"type": type(error).__name__}
    if code := _code(error):
        out["code"] = code
    if quoting:
        out["says"] = str(error)
    out["at"] = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        out["because"] = told(cause, quoting=quoting)
    return out


def _code(error: BaseException) -> str:
    """Return which one it is of the errors of a system or database: ENOSPC, SQLITE_FULL, 57P01; "" for others."""
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno, str(error.errno))
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")[:40]


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(_ROOT))
    return "/".join(path.parts[-2:])


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
