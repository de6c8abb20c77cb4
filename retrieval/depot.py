"""Bundles in a shared folder or object storage: published by whoever builds, fetched by every replica.

URL/NAME/CURRENT              the id of the build in use
URL/NAME/<build-id>/…         its files, manifest.json written last
"""

import logging
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from errors import BundleError, SettingsError
from retrieval.builds import building, finish, unwritable
from retrieval.manifest import (
    CURRENT,
    MANIFEST,
    FileEntry,
    Manifest,
    catalogs_folder,
    current_build,
    parse_manifest,
    pointed_at,
    read_manifest,
    sha256_of,
    verify,
)

_BUILD_ID = re.compile(r"\d{8}-\d{6}-\d{6}")
_log = logging.getLogger("cicerone.depot")
Report = Callable[[str, int, int], None]


class Depot:
    """Where builds are shared; by fsspec, so s3://, gs://, abfs://, file:// and what else it has a driver for."""

    def __init__(self, url: str) -> None:
        """Speak to `url`. Raises SettingsError where it is no address, or its driver is not installed."""
        import fsspec

        try:
            self._fs, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise SettingsError(f"CICERONE_BUNDLES_URL={url!r} cannot be used: {error}") from error
        self._root = str(root).rstrip("/")
        self.url = url

    def names(self) -> list[str]:
        """Return the catalogues that have a build in use. Raises BundleError where the depot does not answer."""
        return self._tried(lambda: sorted(str(path).split("/")[-2] for path in self._fs.glob(self._at("*", CURRENT))))

    def publish(self, var_dir: Path, name: str, report: Report) -> str:
        """Upload the current build of a catalogue, then point to it; what an earlier try brought is taken over.

        The build before it stays for replicas that are still fetching it. Raises BundleError where the local build is
        missing or damaged, or the depot does not take it.
        """
        folder = current_build(var_dir, name)
        if folder is None:
            raise BundleError(f"There is no catalogue {name!r} in {var_dir} to publish. Build it first.")
        manifest = read_manifest(folder, name)
        verify(folder, manifest, name)
        return self._tried(lambda: self._upload(folder, name, manifest, report))

    def _upload(self, folder: Path, name: str, manifest: Manifest, report: Report) -> str:
        there = self._at(name, folder.name)
        for done, (file, entry) in enumerate(manifest.files.items()):
            report("publishing", done, len(manifest.files))
            target = f"{there}/{file}"
            if not self._fs.exists(target) or self._fs.size(target) != entry.bytes:
                self._fs.makedirs(posixpath.dirname(target), exist_ok=True)
                self._fs.put_file(str(folder / file), target)
        self._fs.put_file(str(folder / MANIFEST), f"{there}/{MANIFEST}")
        before = self._pointed_at(name)
        self._fs.pipe_file(self._at(name, CURRENT), folder.name.encode())
        for old in self._fs.ls(self._at(name), detail=False):
            if _BUILD_ID.fullmatch(build := str(old).rstrip("/").split("/")[-1]) and build not in (before, folder.name):
                self._fs.rm(old, recursive=True)
        report("publishing", len(manifest.files), len(manifest.files))
        return folder.name

    def fetch(self, var_dir: Path, name: str, report: Report) -> str | None:
        """Bring the build in use there and make it current here; return its id, or None where it is here already.

        Files that an earlier try brought whole are kept. Raises BundleError where the depot does not answer, or what it
        holds is damaged or of another version: then nothing changes.
        """
        wanted = self._tried(lambda: self._pointed_at(name))
        parent = catalogs_folder(var_dir, name)
        if not wanted or wanted == pointed_at(parent):
            return None
        if not _BUILD_ID.fullmatch(wanted):
            raise BundleError(
                f"{self.url} points to {wanted[:40]!r} for {name!r}, which is no build. Publish it again."
            )
        there = self._at(name, wanted)
        manifest = parse_manifest(self._tried(lambda: self._fs.cat_file(f"{there}/{MANIFEST}")), name, there)
        try:
            with building(parent, name):
                folder = parent / wanted
                for done, (file, entry) in enumerate(manifest.files.items()):
                    report(f"fetching {name}", done, len(manifest.files))
                    self._bring(f"{there}/{file}", _inside(folder, file), entry, name)
                finish(folder, manifest)
        except OSError as error:
            raise unwritable(parent, error) from error
        report(f"fetching {name}", len(manifest.files), len(manifest.files))
        return wanted

    def _bring(self, source: str, target: Path, entry: FileEntry, name: str) -> None:
        if _is(target, entry):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        self._tried(lambda: self._fs.get_file(source, str(target)))
        if not _is(target, entry):
            target.unlink(missing_ok=True)
            raise BundleError(
                f"The catalogue {name!r} is damaged in {self.url}: {source} has changed. Publish it again."
            )

    def _pointed_at(self, name: str) -> str:
        try:
            return bytes(self._fs.cat_file(self._at(name, CURRENT))).decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return ""

    def _at(self, *parts: str) -> str:
        return "/".join((self._root, *parts))

    def _tried(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except BundleError:
            raise
        except Exception as error:  # every driver has errors of its own
            cause = f"{type(error).__name__}: {error}".partition("\n")[0][:200]
            raise BundleError(
                f"{self.url} cannot be used ({cause}). Check CICERONE_BUNDLES_URL and its access."
            ) from error


def fetch_all(depot: Depot, var_dir: Path, report: Report) -> list[str]:
    """Bring every catalogue up to date and return why some could not be; what is here goes on."""
    problems: list[str] = []
    try:
        for name in depot.names():
            try:
                if build := depot.fetch(var_dir, name, report):
                    _log.info("the build %s of the catalogue %s was fetched from %s", build, name, depot.url)
            except BundleError as error:
                problems.append(str(error))
    except BundleError as error:
        problems.append(str(error))
    return problems


def _inside(folder: Path, file: str) -> Path:
    target = folder / file
    if not target.resolve().is_relative_to(folder.resolve()) or target == folder:
        raise BundleError(f"A file of the build is called {file[:80]!r}, which leads out of it. Publish it again.")
    return target


def _is(path: Path, entry: FileEntry) -> bool:
    return path.is_file() and path.stat().st_size == entry.bytes and sha256_of(path) == entry.sha256
