"""A packed file → the table in it as a file of its own, never more than the disk was meant to hold."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO

from errors import CatalogError
from retrieval.importing.imported import Progress
from retrieval.importing.limits import BOMB_BYTES, BOMB_RATIO, MAX_BYTES
from retrieval.importing.readers.containers import packing_of
from retrieval.importing.readers.known_files import describing_items

SUFFIXES = frozenset(
    "csv tsv tab psv txt json jsonl ndjson parquet pq db sqlite sqlite3 xlsx xls xlsb ods dat data item inter "
    "user".split()
)
_PACKED_SUFFIXES = (".gz", ".bz2", ".xz")
_ASIDE = ("readme", "license", "licence", "changelog")
Readable = IO[bytes] | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile
_ENCRYPTED = 0x1
_BROKEN = (EOFError, OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError)


def is_table_name(name: str) -> bool:
    """Say whether a file of a folder or an archive is meant to be a table, going by its name."""
    path = PurePath(plain_name(name))
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not hidden and path.suffix[1:].lower() in SUFFIXES and not path.name.lower().startswith(_ASIDE)


def plain_name(name: str) -> str:
    """Return a name without the suffix of its packing."""
    return name[: name.rindex(".")] if name.lower().endswith(_PACKED_SUFFIXES) else name


def choose(names: Sequence[str], table: str, where: str, what: str) -> str:
    """Return the one that is called `table`, or the only one; else refuse."""
    if table:
        found = [name for name in names if table in (name, PurePath(name).name, PurePath(plain_name(name)).stem)]
        if len(found) == 1:
            return found[0]
    elif len(names) == 1:
        return names[0]
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    if not names:
        raise CatalogError(f"{where} holds no {what}. Give a file that does.")
    if table:
        raise CatalogError(f"{where} holds no {what} called {table}; there are {listed}. Name one of these.")
    raise CatalogError(f"{where} holds {len(names)} {what}s: {listed}. Say which one with --table NAME.")


@dataclass
class Unpacked:
    """A file that is not packed."""

    path: Path
    name: str
    """What it was called, without the suffix of its packing."""
    table: str
    """Which of several tables in it is asked for, or ""."""
    notices: list[str] = field(default_factory=list)


def unpacked(path: Path, folder: Path, table: str, report: Progress) -> Unpacked:
    """Return a file as it is, or what is in it where it is packed.

    A packed one is unpacked into `folder`. Raises CatalogError where it is damaged, locked, or a bomb.
    """
    packing = packing_of(path)
    if not packing:
        return Unpacked(path, path.name, table)
    found = Unpacked(folder / "unpacked", plain_name(path.name), table)
    try:
        if packing == "zip":
            _unzip(path, found, report)
        else:
            with path.open("rb") as file, _opened(file, packing) as source:
                _copy(source, found.path, file.tell, path, report)
    except _BROKEN as error:
        raise CatalogError(
            f"{path.name} cannot be unpacked: it is damaged or cut short ({error}). Fetch or pack it again."
        ) from error
    if packing_of(found.path):
        raise CatalogError(f"{path.name} holds another packed file. Unpack the outer one and give what is in it.")
    return found


def _opened(file: IO[bytes], packing: str) -> gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile:
    if packing == "gzip":
        return gzip.GzipFile(fileobj=file)
    return bz2.BZ2File(file) if packing == "bz2" else lzma.LZMAFile(file)


def _unzip(path: Path, found: Unpacked, report: Progress) -> None:
    """Unpack the table that is asked for, the only one, or the one of a known data set that describes its items."""
    with zipfile.ZipFile(path) as archive:
        infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
        names = [name for name in infos if is_table_name(name)]
        inner = [name for name in infos if name.lower().endswith(".zip")]
        if not names and inner:
            raise CatalogError(f"{path.name} holds another packed file. Unpack the outer one and give what is in it.")
        chosen = (None if found.table else describing_items(names)) or choose(
            names, found.table if len(names) > 1 else "", path.name, "table"
        )
        found.name = PurePath(chosen).name
        if len(names) > 1:
            found.table = ""
            found.notices.append(f"Of the {len(names)} tables in {path.name} only {chosen} is read.")
        if infos[chosen].flag_bits & _ENCRYPTED:
            raise CatalogError(f"{path.name} is locked with a password. Unpack it and give the file.")
        with archive.open(chosen) as source:
            _copy(source, found.path, lambda: infos[chosen].compress_size, path, report)


def _copy(source: Readable, target: Path, packed: Callable[[], int], path: Path, report: Progress) -> None:
    size, n = path.stat().st_size, 0
    report("unpacking", 0, size)
    with target.open("wb") as copy:
        while block := source.read(1 << 20):
            n += len(block)
            refuse_bomb(n, packed(), path.name)
            copy.write(block)
            report("unpacking", min(packed(), size), size)


def refuse_bomb(n_bytes: int, n_packed: int, name: str, most: int = MAX_BYTES) -> None:
    """Raise CatalogError where so many bytes are more than a table packs into so few."""
    if n_bytes > most or (n_bytes > BOMB_BYTES and n_bytes > BOMB_RATIO * max(1, n_packed)):
        raise CatalogError(
            f"{name} unpacks to more than {n_bytes >> 20:,} MB, which looks like a zip bomb. "
            "If it is what you want, unpack it yourself and give the file."
        )
