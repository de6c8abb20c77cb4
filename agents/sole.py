"""One server a folder of people's data: turns of one thread are kept in order within a process only."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from agents.private_files import touch
from errors import SettingsError


@contextmanager
def sole_server(folder: Path) -> Iterator[None]:
    """Hold a folder as its only server; the system lets go of it however this process ends.

    Other programs may read and change it meanwhile. Raises SettingsError where another server has it, or where it
    cannot be written.
    """
    path = folder / "server.lock"
    try:
        touch(path)
        file = path.open("r+")
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({error.strerror}). Set CICERONE_VAR_DIR to a folder of yours."
        ) from error
    with file:
        if not _locked(file):
            raise SettingsError(
                f"Another server (process {file.read().strip()}) keeps people's data in {folder}. Stop it, or set "
                "CICERONE_VAR_DIR to another folder, or CICERONE_STATE_URL to a database that both share."
            )
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _locked(file: TextIO) -> bool:
    try:
        import fcntl
    except ImportError:  # there are no such locks on this system
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
