"""Where traces are kept: a file a thread among people's data, or one file for a run; written beside the event loop."""

import contextlib
import hashlib
import json
import logging
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from agents.database import open_database
from agents.kit import Kit
from agents.private_files import append, replace
from agents.traces import Trace, trace_of
from agents.turn import Turn
from errors import InputError
from settings import Settings

_log = logging.getLogger("cicerone.traces")
_DAY_S = 24 * 3600
_TIDY_EVERY = 200
"""Traces between two looks for what is too old or too much."""


class Traces(Protocol):
    """Takes the traces of finished turns."""

    def keep(self, turn: Turn, kit: Kit, *, user_id: str = "") -> None:
        """Keep the trace of a finished turn. Never raises, never waits."""
        ...


class _Writer:
    """Works off what is given to it in order, in one thread; what fails is logged, for no turn may fail by it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="traces")

    def close(self) -> None:
        """Finish what is left to write."""
        self._thread.shutdown(wait=True)

    def _later(self, put: Callable[[str], object], turn: Turn, kit: Kit) -> None:
        with contextlib.suppress(RuntimeError):  # closed: the program is ending
            self._thread.submit(self._write, put, turn, kit)

    def _write(self, put: Callable[[str], object], turn: Turn, kit: Kit) -> None:
        try:
            put(trace_of(turn, kit).model_dump_json(exclude_defaults=True) + "\n")
        except Exception:  # whatever is wrong with a trace, the turn it is of was answered
            _log.exception("the trace of turn %s was not kept", turn.turn_id)


class PeopleTraces(_Writer, ABC):
    """Traces of people's turns, of which all of a user's can be read and deleted."""

    def __init__(self, *, days: int, mb: int) -> None:
        """Keep traces for so many days, and the latest so many megabytes of them."""
        super().__init__()
        self._days, self._most_bytes = days, mb * 1_000_000
        self._n_kept = 0

    def keep(self, turn: Turn, kit: Kit, *, user_id: str = "") -> None:
        """Keep the trace of a finished turn; one without a user belongs to its caller, and leaves none."""
        if not user_id:
            return
        self._later(self._place(user_id, turn.thread_id), turn, kit)
        if self._n_kept % _TIDY_EVERY == 0:
            with contextlib.suppress(RuntimeError):
                self._thread.submit(self._tidy)
        self._n_kept += 1

    @abstractmethod
    def forget(self, user_id: str, thread_id: str | None = None) -> int:
        """Delete the traces of a user, or of one thread of theirs; returns of how many threads some went."""

    @abstractmethod
    def of(self, user_id: str, thread_id: str | None = None) -> list[Trace]:
        """Return all that is kept of a user's turns, or of those of one thread, thread by thread."""

    @abstractmethod
    def _place(self, user_id: str, thread_id: str) -> Callable[[str], object]:
        """Return what puts a line of a thread where it belongs."""

    @abstractmethod
    def _tidy(self) -> None:
        """Delete what is too old or too much."""


class TraceFolder(PeopleTraces):
    """Files `<user>-<thread>.jsonl`, both hashed."""

    def __init__(self, folder: Path, *, days: int, mb: int) -> None:
        """Keep traces for so many days, and the latest so many megabytes of files."""
        super().__init__(days=days, mb=mb)
        self._folder = folder

    def _place(self, user_id: str, thread_id: str) -> Callable[[str], object]:
        return partial(append, self._folder / f"{_hashed(user_id)}-{_hashed(user_id, thread_id)}.jsonl")

    def forget(self, user_id: str, thread_id: str | None = None) -> int:
        """Delete the traces of a user, or of one thread of theirs; returns how many files went."""
        which = "*" if thread_id is None else _hashed(user_id, thread_id)
        # In the writer's thread, after what is still to be written.
        return self._thread.submit(self._delete, f"{_hashed(user_id)}-{which}.*").result()

    def of(self, user_id: str, thread_id: str | None = None) -> list[Trace]:
        """Return all that is kept of a user's turns, or of those of one thread, thread by thread."""
        which = "*" if thread_id is None else _hashed(user_id, thread_id)
        paths = self._thread.submit(lambda: sorted(self._folder.glob(f"{_hashed(user_id)}-{which}.jsonl"))).result()
        return [trace for path in paths for trace in _read(path, strict=False)]

    def _delete(self, pattern: str) -> int:
        paths = list(self._folder.glob(pattern))
        for path in paths:
            path.unlink(missing_ok=True)
        return len(paths)

    def _tidy(self) -> None:
        """Delete what is too old, and the threads spoken in longest ago where there is too much."""
        n_bytes, oldest_s = 0, time.time() - self._days * _DAY_S
        found = [(path.stat(), path) for path in self._folder.glob("*.jsonl")]
        for about, path in sorted(found, key=lambda one: one[0].st_mtime, reverse=True):
            n_bytes += about.st_size
            try:
                if about.st_mtime < oldest_s or n_bytes > self._most_bytes:
                    path.unlink(missing_ok=True)
                else:
                    _cut(path, oldest_s)
            except (OSError, UnicodeDecodeError) as error:
                _log.warning("old traces were not deleted: %s", error)


class TraceFile(_Writer):
    """The traces of one run, in one file."""

    def __init__(self, path: Path) -> None:
        """Add to `path`. Raises InputError where it cannot be written."""
        super().__init__()
        self._path = path
        try:
            append(path, "")
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror}). Choose another file.") from error

    def keep(self, turn: Turn, kit: Kit, *, user_id: str = "") -> None:
        """Keep the trace of a finished turn."""
        self._later(partial(append, self._path), turn, kit)


class LastTrace:
    """Keeps the trace of the last turn in memory."""

    def __init__(self) -> None:
        self.trace: Trace | None = None

    def keep(self, turn: Turn, kit: Kit, *, user_id: str = "") -> None:
        """Keep the trace of a finished turn."""
        self.trace = trace_of(turn, kit)


def people_traces(settings: Settings, people: Path | None) -> PeopleTraces | None:
    """Return where people's turns leave their traces; None where they leave none, or nothing of people is kept.

    Raises SettingsError where that is a database that cannot be used.
    """
    if people is None or settings.traces == "off":
        return None
    return traces_in(people, settings.postgres, days=settings.trace_days, mb=settings.trace_mb)


def traces_in(people: Path, url: str | None, *, days: int, mb: int) -> PeopleTraces:
    """Open the traces of a folder of people's data, or of a Postgres database. Raises SettingsError."""
    if url is None:
        return TraceFolder(people / "traces", days=days, mb=mb)
    from agents.trace_table import TraceTable

    return TraceTable(open_database(None, url), days=days, mb=mb)


def _cut(path: Path, oldest_s: float) -> None:
    """Leave out of a file the traces before a time, and lines that a program broke off in."""
    since = datetime.fromtimestamp(oldest_s, UTC).isoformat(timespec="seconds")
    lines = _lines(path)
    kept = [line for line in lines if _written_at(line) >= since]
    if len(kept) < len(lines):
        replace(path, "".join(kept))


def _written_at(line: str) -> str:
    try:
        return str(json.loads(line)["at"])
    except (ValueError, KeyError, TypeError):
        return ""


def _lines(path: Path) -> list[str]:
    """Return the lines with their ends; what else Unicode calls a line end may stand within one."""
    return [line for line in re.split(r"(?<=\n)", path.read_text(encoding="utf-8")) if line]


def read_traces(path: Path) -> list[Trace]:
    """Return the traces of a file; a last line that is only half written is left out.

    Raises InputError where it cannot be read, or holds something else.
    """
    return list(_read(path, strict=True))


def _read(path: Path, *, strict: bool) -> Iterator[Trace]:
    """Yield the traces of a file; where it is not `strict`, lines that are none are left out."""
    try:
        lines = _lines(path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as traces ({error}). Give a file of traces, one a line.") from error
    for i, line in enumerate(lines):
        try:
            if line.strip():
                yield Trace.model_validate_json(line)
        except ValidationError as error:
            if not strict or (i == len(lines) - 1 and not line.endswith("\n")):
                continue
            raise InputError(f"Line {i + 1} of {path} is no trace. Give a file of traces, one a line.") from error


def _hashed(*names: str) -> str:
    return hashlib.sha256("\0".join(names).encode()).hexdigest()[:20]
