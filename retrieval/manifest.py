"""Where bundles lie and how they are checked: paths, the manifest, the checksums.

var/catalogs/NAME/CURRENT              name of the build in use, swapped in one step
var/catalogs/NAME/<build-id>/          manifest.json, catalog.duckdb, lexical.npz, titles.npz, vectors/,
                                       hashes.npy, co_liked.npz, histories.npz, semantic_ids/
"""

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ValidationError

from errors import BundleError

FORMAT = 2
"""Raise it whenever the files of a bundle change in form; older bundles are then built again."""
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
CATALOG = "catalog.duckdb"
LEXICAL = "lexical.npz"
TITLES = "titles.npz"
VECTORS = "vectors"
NAME_CHARS = 100
HASHES = "hashes.npy"
CO_LIKED = "co_liked.npz"
HISTORIES = "histories.npz"
SEMANTIC_IDS = "semantic_ids"
"""Folder of a trained model of what comes next; not every bundle has one."""


class FileEntry(BaseModel):
    """One file of a bundle."""

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a bundle is made of and from."""

    format: int = FORMAT
    build_id: str
    built_at: str
    source: str
    """Where the items came from: a file name, or "demo"."""
    source_sha256: str
    """Hash of the source; the same source under the same `format` makes the same bundle."""
    n_items: int
    noun: list[str] = []
    """What one item and several are called: ["book", "books"]; empty where nobody knows."""
    n_interactions: int = 0
    embedder: str = ""
    """Name of the embedder, or "" where the bundle has no vectors."""
    dim: int = 0
    versions: dict[str, str] = {}
    files: dict[str, FileEntry] = {}
    """By path relative to the build folder; everything but the manifest itself."""

    def has(self, name: str) -> bool:
        """Whether the bundle has this file, or files in this folder."""
        return any(path == name or path.startswith(f"{name}/") for path in self.files)


def catalogs_folder(var_dir: Path, name: str) -> Path:
    """Return the folder of all builds of a catalogue. Raises BundleError on a name that is no plain name."""
    if not name or name.startswith(".") or not all(c.isalnum() or c in "._-" for c in name):
        raise BundleError(f"{name[:80]!r} cannot name a catalogue: use letters, digits, '-', '_' and '.'.")
    if len(name) > NAME_CHARS or len(name.encode()) > 2 * NAME_CHARS:
        raise BundleError(f"{name[:20] + '…'!r} is too long to name a catalogue: use at most {NAME_CHARS} letters.")
    return var_dir / "catalogs" / name


def remedy(name: str) -> str:
    """Say how to build the catalogue of this name."""
    command = "Run: .venv/bin/python app.py build"
    return command if name == "demo" else f"{command} --catalog FILE --name {name}"


def _repair(path: Path, name: str) -> str:
    """Say how to get a catalogue with a damaged build going again: by the build before it, where there is one."""
    if path.name != pointed_at(path.parent) or not other_builds(path.parent):
        return remedy(name)
    command = f".venv/bin/python app.py rollback --catalog {name}"
    return f"Go back to the build before it: {command} (or build it again: {remedy(name).removeprefix('Run: ')})"


def other_builds(folder: Path) -> list[Path]:
    """Return the finished builds in a catalogue's folder, the latest last, without the one in use."""
    current = pointed_at(folder)
    return sorted(path.parent for path in folder.glob(f"*/{MANIFEST}") if path.parent.name != current)


def current_build(var_dir: Path, name: str) -> Path | None:
    """Return the folder of the build in use, or None where nothing was built."""
    folder = catalogs_folder(var_dir, name)
    build_id = pointed_at(folder)
    return folder / build_id if build_id else None


def pointed_at(folder: Path) -> str:
    """Return the id of the build in use in a catalogue's folder, or "" where there is none."""
    try:
        return Path((folder / CURRENT).read_text(encoding="utf-8", errors="replace").strip()).name
    except (FileNotFoundError, NotADirectoryError):
        return ""


def read_manifest(path: Path, name: str) -> Manifest:
    """Read the manifest of a build folder. Raises BundleError where it is missing, damaged or of another format."""
    try:
        raw = (path / MANIFEST).read_bytes()
    except OSError:
        raw = b""
    return parse_manifest(raw, name, str(path), _repair(path, name))


def parse_manifest(raw: bytes, name: str, where: str, repair: str = "") -> Manifest:
    """Read the manifest of a build that lies at `where`.

    Raises BundleError where it is damaged or of another format.
    """
    try:
        manifest = Manifest.model_validate(json.loads(raw))
    except (ValueError, ValidationError) as error:
        raise BundleError(
            f"The catalogue {name!r} in {where} has no readable manifest. {repair or remedy(name)}"
        ) from error
    if manifest.format != FORMAT:
        raise BundleError(f"The catalogue {name!r} was built by another version of the program. {remedy(name)}")
    return manifest


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal; of a folder that of the names and hashes of the files in it."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
        listed = "".join(f"{sha256_of(file)}  {file.relative_to(path).as_posix()}\n" for file in files)
        return hashlib.sha256(listed.encode("utf-8", "surrogateescape")).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify(path: Path, manifest: Manifest, name: str) -> None:
    """Compare every file with the manifest. Raises BundleError naming the first that is missing or has changed."""
    for relative, entry in manifest.files.items():
        file = path / relative
        if not file.is_file():
            raise BundleError(f"The catalogue {name!r} is damaged: {file} is missing. {_repair(path, name)}")
        if file.stat().st_size != entry.bytes or sha256_of(file) != entry.sha256:
            raise BundleError(f"The catalogue {name!r} is damaged: {file} has changed. {_repair(path, name)}")
