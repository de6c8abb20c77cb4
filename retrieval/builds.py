"""The builds of one catalogue side by side: one writer at a time, one step to make a build current, one way back."""

import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from errors import BundleError
from retrieval.manifest import (
    CURRENT,
    MANIFEST,
    FileEntry,
    Manifest,
    catalogs_folder,
    other_builds,
    pointed_at,
    read_manifest,
    remedy,
    sha256_of,
    verify,
)

_LOCK = "BUILDING"
UNFINISHED_TRAINING = "unfinished-training"
"""Folder beside the builds with what a training that was stopped had reached."""
_DISK = {
    errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR, errno.EEXIST, errno.EIO,
}  # fmt: skip


@contextmanager
def fresh_build(var_dir: Path, name: str) -> Iterator[Path]:
    """Yield an empty folder for a build, made current when the block ends well and removed when it does not.

    First what killed builds left is removed, and any build that was rolled back from; when all went well, every build
    but the new one and the one that was current until now (or, were that damaged, the one before).
    Raises BundleError where another build of this catalogue is running or the folder cannot be written.
    """
    parent = catalogs_folder(var_dir, name)
    try:
        with building(parent, name):
            current = pointed_at(parent)
            finished = {path.name for path in other_builds(parent)}
            # Ids sort by time: what is later than the current build never was current, or was given up.
            _remove(parent, lambda name: name not in finished or name > current)
            folder = parent / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
            folder.mkdir()
            try:
                yield folder
                write_whole(parent / CURRENT, folder.name)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            previous = _sound(parent, [current, *sorted(finished, reverse=True)], name)
            _remove(parent, lambda name: name != previous)
    except OSError as error:
        if error.errno not in _DISK:  # an embedder that cannot be reached, say
            raise
        raise unwritable(parent, error) from error


def unwritable(path: Path, error: OSError) -> BundleError:
    """Return the error to raise where the disk does not take what we write."""
    return BundleError(f"Cannot write to {path} ({error.strerror or error}). Free the disk or set CICERONE_VAR_DIR.")


def roll_back(var_dir: Path, name: str) -> str:
    """Make the build before the current one current again and return its id; doing it twice undoes it.

    Raises BundleError where there is no other build, or where it is damaged: then nothing changes.
    """
    parent = catalogs_folder(var_dir, name)
    if not parent.is_dir():
        raise BundleError(f"There is no catalogue {name!r} in {var_dir}. {remedy(name)}")
    with building(parent, name):
        finished = other_builds(parent)
        if not finished:
            raise BundleError(f"There is no earlier build of the catalogue {name!r} to go back to. {remedy(name)}")
        verify(finished[-1], read_manifest(finished[-1], name), name)
        write_whole(parent / CURRENT, finished[-1].name)
    return finished[-1].name


def finish(folder: Path, manifest: Manifest) -> None:
    """Make a build current whose files were brought and checked, while it is `building`; the one before it stays."""
    parent = folder.parent
    write_whole(folder / MANIFEST, manifest.model_dump_json(indent=1))
    before = pointed_at(parent)
    write_whole(parent / CURRENT, folder.name)
    _remove(parent, lambda name: name != before)


def seal(
    folder: Path,
    manifest: Manifest,
    report: Callable[[str, int, int], None],
    known: Mapping[str, FileEntry] | None = None,
) -> Manifest:
    """Write the manifest over every file of a build, pushed to the disk; `known` are files as another build has them.

    `report` is told ("checksums", done, total).
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    report("checksums", 0, len(files))
    entries = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        if known and name in known:
            entries[name] = known[name]
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
        entries[name] = FileEntry(bytes=path.stat().st_size, sha256=sha256_of(path))
    manifest = manifest.model_copy(update={"files": entries})
    write_whole(folder / MANIFEST, manifest.model_dump_json(indent=1))
    report("checksums", len(files), len(files))
    return manifest


def write_whole(path: Path, text: str) -> None:
    """Replace a small file in one step: readers see the old text or the new one, never a part."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


@contextmanager
def locked(path: Path, taken: str) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process dies. Raises BundleError where it is `taken`."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BundleError(f"{taken} Wait for it to end.") from None
        yield


@contextmanager
def building(parent: Path, name: str) -> Iterator[None]:
    """Hold the lock of the catalogue's builds."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(parent, error) from error
    with locked(parent / _LOCK, f"Another build of the catalogue {name!r} is running."):
        yield


def _sound(parent: Path, ids: list[str], name: str) -> str:
    """Return the first of these builds that is whole, or "" where none is."""
    for build_id in filter(None, ids):
        try:
            verify(parent / build_id, read_manifest(parent / build_id, name), name)
        except BundleError:
            continue
        return build_id
    return ""


def _remove(parent: Path, unwanted: Callable[[str], bool]) -> None:
    """Remove the builds of these names, but never the current one, nor a training that may go on."""
    current = pointed_at(parent)
    for folder in parent.iterdir():
        if folder.is_dir() and folder.name not in (current, UNFINISHED_TRAINING) and unwanted(folder.name):
            shutil.rmtree(folder, ignore_errors=True)
