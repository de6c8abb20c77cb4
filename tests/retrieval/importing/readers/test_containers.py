"""Containers: what a path is and what is in it, by content before name, within bounds, nothing outside."""

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workbook import write_xlsx

from errors import CatalogError
from retrieval.importing.readers import read_table, unpacking

CSV = b"id,title\n1,Kite\n2,Ball\n"
TOYS = {"id": ["1", "2"], "title": ["Kite", "Ball"]}


def write_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress], ids=["gzip", "bz2", "xz"])
@pytest.mark.parametrize("name", ["toys.csv", "toys.csv.gz", "toys", "toys.jsonl.txt"])
def test_packed_files_are_known_by_their_content(tmp_path: Path, pack: Callable[[bytes], bytes], name: str) -> None:
    (tmp_path / name).write_bytes(pack(CSV))
    assert read_table(tmp_path / name).table.to_pydict() == TOYS


@pytest.mark.parametrize("name", ["toys.csv", "toys.json", "toys.gz", "toys"])
@pytest.mark.parametrize("kind", ["parquet", "xlsx", "csv"])
def test_tables_are_known_by_their_content(tmp_path: Path, kind: str, name: str) -> None:
    path = tmp_path / name
    if kind == "parquet":
        pq.write_table(pa.table(TOYS), path)
    elif kind == "xlsx":
        write_xlsx(path, {"Toys": [["id", "title"], ["1", "Kite"], ["2", "Ball"]]})
    elif name.endswith("json"):
        path.write_bytes(b'[{"id": "1", "title": "Kite"}, {"id": "2", "title": "Ball"}]')
    else:
        path.write_bytes(CSV)
    assert read_table(path).table.to_pydict() == TOYS


@pytest.mark.parametrize(
    ("members", "table"),
    [
        ({"toys.csv": CSV}, ""),
        ({"data/": b"", "data/toys.csv": CSV, "data/README.txt": b"x", "__MACOSX/data/._toys.csv": b"x"}, ""),
        ({"ml/movies.csv": CSV, "ml/ratings.csv": b"user,item\n7,1\n", "ml/links.csv": b"a,b\n"}, ""),
        ({"a/items.csv": CSV, "a/reviews.csv": b"user,item\n7,1\n"}, ""),
        ({"a.csv": b"x,y\nu,v\n", "b.csv": CSV}, "b"),
        ({"a.csv": b"x,y\nu,v\n", "in/b.csv": CSV}, "in/b.csv"),
    ],
)
def test_the_table_of_an_archive_is_found(tmp_path: Path, members: dict[str, bytes], table: str) -> None:
    assert read_table(write_zip(tmp_path / "toys.zip", members), table=table).table.to_pydict() == TOYS


def test_the_ratings_of_an_archive_can_be_named(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "ml.zip", {"ml/movies.csv": CSV, "ml/ratings.csv": b"user,item\n7,1\n"})
    assert read_table(path, table="ratings").table.column_names == ["user", "item"]


def lock(path: Path) -> None:
    """Mark the members of a zip file as encrypted."""
    content = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    path.write_bytes(content)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("toys.csv", "w") as member:
        for _ in range(40):
            member.write(b"0" * (1 << 20))


def gzip_bomb(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(40):
            file.write(bytes(1 << 20))


def tar(path: Path) -> None:
    (path.parent / "toys.csv").write_bytes(CSV)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(path.parent / "toys.csv", "toys.csv")


def locked(path: Path) -> None:
    lock(write_zip(path, {"toys.csv": CSV}))


def broken_member(path: Path) -> None:
    content = write_zip(path, {"toys.csv": os.urandom(500)}).read_bytes()
    path.write_bytes(content.replace(content[100:110], b"0123456789"))


def short_parquet(path: Path) -> None:
    pq.write_table(pa.table(TOYS), path)
    path.write_bytes(path.read_bytes()[:-20])


REFUSED: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "missing": ("a.csv", lambda path: None, "There is no file .*a.csv. Give a file of CSV"),
    "FIFO": ("a.csv", os.mkfifo, "is a pipe, socket or device, not a file. Save"),
    "empty folder": ("a", Path.mkdir, "holds no table"),
    "folder without tables": ("a", lambda path: (path.mkdir(), (path / "a.png").touch()), "holds no table"),
    "dangling link": ("a.csv", lambda path: path.symlink_to("nowhere"), "There is no file"),
    "link to itself": ("a.csv", lambda path: path.symlink_to(path), "cannot be opened"),
    "locked zip": ("a.zip", locked, "locked with a password. Unpack it"),
    "zip in a zip": (
        "a.zip",
        lambda p: write_zip(p, {"b.zip": write_zip(p, {"c.csv": CSV}).read_bytes()}),
        "another packed",
    ),
    "gzip in gzip": ("a.gz", lambda path: path.write_bytes(gzip.compress(gzip.compress(CSV))), "another packed file"),
    "zip without tables": ("a.zip", lambda path: write_zip(path, {"README.md": b"x"}), "holds no table"),
    "zip with several tables": (
        "a.zip",
        lambda p: write_zip(p, {"b.csv": CSV, "c.csv": CSV}),
        "2 tables: b.csv, c.csv. Say which",
    ),
    "zip bomb": ("a.zip", bomb, "looks like a zip bomb"),
    "gzip bomb": ("a.csv", gzip_bomb, "looks like a zip bomb"),
    "zip cut short": (
        "a.zip",
        lambda p: p.write_bytes(write_zip(p, {"b.csv": CSV}).read_bytes()[:-30]),
        "damaged or cut short",
    ),
    "zip with a broken member": ("a.zip", broken_member, "damaged or cut short"),
    "gzip cut short": ("a.gz", lambda path: path.write_bytes(gzip.compress(CSV * 999)[:-12]), "damaged or cut short"),
    "gzip with a broken middle": (
        "a.gz",
        lambda path: path.write_bytes(b"\x1f\x8b\x08" + b"x" * 99),
        "damaged or cut short",
    ),
    "xz cut short": ("a.xz", lambda path: path.write_bytes(lzma.compress(CSV * 999)[:-12]), "damaged or cut short"),
    "tar": ("a.tar.gz", tar, "a tar archive"),
    "Parquet cut short": ("a.parquet", short_parquet, "damaged or cut short"),
    "Parquet in name only": ("a.parquet", lambda path: path.write_bytes(CSV), "not what its name says"),
    "Excel of an old kind, broken": (
        "a.xls",
        lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600),
        "damaged",
    ),
    "PDF": ("a.csv", lambda path: path.write_bytes(b"%PDF-1.4 ..."), "is a PDF. Give a table"),
    "web page": ("a.csv", lambda path: path.write_bytes(b"\n<!DOCTYPE html><html>"), "a web page or XML"),
    "random bytes": ("a.csv", lambda path: path.write_bytes(bytes(range(256)) * 20), "no text, and no table"),
    "empty gzip": ("a.csv.gz", lambda path: path.write_bytes(gzip.compress(b"")), "is empty"),
}


@pytest.mark.parametrize(("name", "write", "message"), REFUSED.values(), ids=list(REFUSED))
def test_it_is_refused_with_a_remedy(
    tmp_path: Path, name: str, write: Callable[[Path], Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "BOMB_BYTES", 20 << 20)
    write(tmp_path / name)
    with pytest.raises(CatalogError, match=message):
        read_table(tmp_path / name)


@pytest.mark.parametrize(
    "address", ["http://a.example/b.csv", "https://a.example/b.csv", "s3://bucket/b.parquet", "file:///b.csv"]
)
def test_nothing_is_fetched(address: str) -> None:
    with pytest.raises(
        CatalogError, match=f"^{address.replace('///', '//')} is an address on another machine. Download the file first"
    ):
        read_table(Path(address))


def test_a_device_is_refused_without_reading_it() -> None:
    with pytest.raises(CatalogError, match="a pipe, socket or device"):
        read_table(Path("/dev/zero"))


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(CSV)
    path.chmod(0)
    if os.access(path, os.R_OK):

        def refuse(self: Path, *_: Any, **__: Any) -> Any:
            raise PermissionError(13, "Permission denied", str(self))

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CatalogError, match=r"a\.csv may not be read. Give yourself the right"):
        read_table(path)
    path.chmod(stat.S_IRWXU)


def test_a_bomb_never_fills_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "BOMB_BYTES", 20 << 20)
    gzip_bomb(tmp_path / "a.csv.gz")
    written: list[int] = []
    monkeypatch.setattr(
        unpacking, "refuse_bomb", lambda n, *rest, real=unpacking.refuse_bomb: (written.append(n), real(n, *rest))
    )
    with pytest.raises(CatalogError):
        read_table(tmp_path / "a.csv.gz")
    assert max(written) <= 22 << 20
