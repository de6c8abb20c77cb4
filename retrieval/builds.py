"""The builds of one catalogue side by side: one writer at a time, one step to make a build current, one way back."""

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import BundleError
from retrieval.manifest import CURRENT, MANIFEST, catalogs_folder, pointed_at, remedy

_LOCK = "BUILDING"


@contextmanager
def fresh_build(var_dir: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder for a build, made current when the block ends well and removed when it does not.

    Older builds but the current one, which becomes the previous one, and unfinished builds are removed first.
    Raises BundleError where another build of this catalogue is running or the folder cannot be written.
    """
    parent = catalogs_folder(var_dir, name)
    try:
        with _locked(parent, name):
            _clean(parent)
            folder = parent / (time.strftime("%Y%m%d-%H%M%S-") + uuid.uuid4().hex[:6])
            folder.mkdir()
            try:
                yield folder
                write_whole(parent / CURRENT, folder.name)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
    except OSError as error:
        raise BundleError(f"Cannot write to {parent} ({error}). Free the disk or set CICERONE_VAR_DIR.") from error


def roll_back(var_dir: Path, name: str) -> str:
    """Make the build before the current one current again and return its id. Raises BundleError where there is none."""
    parent = catalogs_folder(var_dir, name)
    current = pointed_at(parent)
    finished = sorted(path.parent.name for path in parent.glob(f"*/{MANIFEST}") if path.parent.name != current)
    if not finished:
        raise BundleError(f"There is no earlier build of the catalogue {name!r} to go back to. {remedy(name)}")
    write_whole(parent / CURRENT, finished[-1])
    return finished[-1]


def write_whole(path: Path, text: str) -> None:
    """Replace a small file in one step: readers see the old text or the new one, never a part."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def _locked(parent: Path, name: str) -> Iterator[None]:
    """Hold the catalogue's lock; the system lets go of it when the process dies."""
    parent.mkdir(parents=True, exist_ok=True)
    with (parent / _LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BundleError(f"Another build of the catalogue {name!r} is running. Wait for it to end.") from None
        yield


def _clean(parent: Path) -> None:
    current = pointed_at(parent)
    for folder in parent.iterdir():
        if folder.is_dir() and folder.name != current:
            shutil.rmtree(folder, ignore_errors=True)
