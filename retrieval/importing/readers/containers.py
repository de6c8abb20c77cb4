"""What a path is, and what a file holds: told by its content first and by its name second."""

import re
import stat
import zipfile
from pathlib import Path
from typing import Literal

from errors import CatalogError

Kind = Literal["delimited", "json", "jsonl", "parquet", "sqlite", "sheet"]
KINDS = "CSV, TSV, JSON, JSON lines, Parquet, SQLite or Excel (.gz or .zip too)"
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "xz", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}
_REMOTE = re.compile(r"(?i)[a-z][a-z0-9+.-]+:/")
_FOREIGN = {
    b"%PDF": "a PDF", b"\x89PNG": "an image", b"\xff\xd8\xff": "an image", b"GIF8": "an image",
    b"PARE": "encrypted Parquet", b"{\\rtf": "a text document", b"7z\xbc\xaf": "a 7z archive",
    b"ARROW1": "an Arrow file", b"ORC": "an ORC file", b"Obj\x01": "an Avro file", b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy file", b"\x80\x04\x95": "a pickle", b"\x80\x05\x95": "a pickle",
    b"Rar!": "a RAR archive", b"\x28\xb5\x2f\xfd": "packed with zstd",
}  # fmt: skip
_MARKUP = re.compile(rb"(?i)\s*(<!doctype|<html|<\?xml|<svg|<rss)")
_JSON = re.compile(r'\s*(\{\s*["}]|\[\s*(["{\[\]\d-]|true|false|null))')
_CONTROL = bytes(set(range(32)) - {0, 9, 10, 12, 13, 27})
_HEAD_BYTES = 8192
_TAR_MAGIC_AT = 257


def require_readable(path: Path) -> None:
    """Raise CatalogError where a path is no file or folder of this machine that we may read."""
    if _REMOTE.match(str(path)):
        address = re.sub(":/+", "://", str(path), count=1)  # a Path keeps one slash only
        raise CatalogError(f"{address} is an address on another machine. Download the file first and give its path.")
    try:
        mode = path.stat().st_mode
    except FileNotFoundError as error:
        raise CatalogError(f"There is no file {path}. Give a file of {KINDS}, or a folder of them.") from error
    except (OSError, ValueError) as error:
        raise CatalogError(f"{path} cannot be opened ({error}). Check the path and who may read it.") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise CatalogError(f"{path} is a pipe, socket or device, not a file. Save what it gives to a file first.")


def packing_of(path: Path) -> str:
    """Return "gzip", "bz2", "xz" or "zip" where a file is packed; a spreadsheet, a zip within, is not."""
    with path.open("rb") as file:
        head = file.read(8)
    packing = next((name for magic, name in PACKED.items() if head.startswith(magic)), "")
    return "" if packing == "zip" and is_sheet(path) else packing


def is_sheet(path: Path) -> bool:
    """Say whether a zip file is an Excel or OpenDocument spreadsheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                return b"opendocument.spreadsheet" in archive.open("mimetype").read(200)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False
    return bool(names & {"xl/workbook.xml", "xl/workbook.bin"})


def kind_of(path: Path, name: str) -> Kind:
    """Return which reader an unpacked file needs; raises CatalogError where it holds no table we know."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "sheet"
    what = next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), "")
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        what = "a tar archive"
    elif _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        what = "a web page or XML"
    elif not what and _is_binary(head):
        what = "no text, and no table that we know"
    if what:
        raise CatalogError(f"{name} is {what}. Give a table: {KINDS}.")
    return _kind_of_text(head, name)


def _kind_of_text(head: bytes, name: str) -> Kind:
    suffix = name.lower().rpartition(".")[2]
    wide = "utf-16-le" if head[1:2] == b"\0" or head.startswith(b"\xff\xfe") else "utf-16-be"
    text = head.decode(wide if b"\0" in head[:4] or head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8", "replace")
    if suffix in ("jsonl", "ndjson"):
        return "jsonl"
    if _JSON.match(text.lstrip("\ufeff")):
        return "json"
    if suffix == "json" and text.strip():
        raise CatalogError(f"{name} is not JSON: it begins with {text.strip()[:20]!r}. Check the file.")
    if suffix in ("parquet", "pq", "xlsx", "xls", "ods", "db", "sqlite", "sqlite3") and text.strip():
        raise CatalogError(f"{name} cannot be read: it is not what its name says. Save it again.")
    return "delimited"


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or not head:
        return False
    zeros = max(head[0::2].count(0), head[1::2].count(0)) / (len(head) / 2)
    if zeros > 0.4:
        return head[0::2].count(0) > 0.1 * len(head) and head[1::2].count(0) > 0.1 * len(head)
    n_control = len(head) - len(head.translate(None, _CONTROL))
    return n_control > 0.05 * len(head) or head.count(0) > 0.2 * len(head)
