"""Reading as a whole: the same rows from every kind of file, all accounted for, and never another error than ours."""

import gzip
import json
import random
import sqlite3
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from workbook import write_xlsx

from errors import CatalogError
from retrieval.importing.imported import no_progress
from retrieval.importing.readers import read_table

ROWS = [("a1", "Kite, red"), ("a2", 'The "best" ball'), ("a3", "Törn")]
TABLE = {"id": ["a1", "a2", "a3"], "title": ["Kite, red", 'The "best" ball', "Törn"]}


def write(path: Path) -> Path:
    """Write ROWS as what the name says."""
    records = [dict(zip(TABLE, row, strict=True)) for row in ROWS]
    quoted = ["id,title", *(",".join('"' + value.replace('"', '""') + '"' for value in row) for row in ROWS)]
    text = "\n".join(quoted) + "\n"
    if path.suffix == ".parquet":
        pq.write_table(pa.table(TABLE), path)
    elif path.suffix == ".xlsx":
        write_xlsx(path, {"Toys": [list(TABLE), *ROWS]})
    elif path.suffix == ".db":
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE toys (id, title)")
            database.executemany("INSERT INTO toys VALUES (?, ?)", ROWS)
            database.commit()
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("toys.csv", text)
    elif path.suffix.startswith(".json"):
        lines = map(json.dumps, records)
        path.write_text("\n".join(lines) if path.suffix == ".jsonl" else json.dumps(records), encoding="utf-8")
    else:
        path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


NAMES = ["a.csv", "a.csv.gz", "a.zip", "a.json", "a.jsonl", "a.parquet", "a.db", "a.xlsx"]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    raw = read_table(write(tmp_path / name))
    assert raw.table.to_pydict() == TABLE
    assert len(raw.lines) == 3
    assert not raw.rejected and not raw.notices


def test_one_of_several_tables_is_read_with_a_notice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x/items.csv", "id,title\na1,Kite\n")
        archive.writestr("x/likes.csv", "user,item\n7,a1\n")
    assert read_table(tmp_path / "a.zip").notices == ["Of the 2 tables in a.zip only x/items.csv is read."]


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_is_read_in_part_or_refused(tmp_path: Path, name: str) -> None:
    """Of bytes changed at random, what is read holds together, and what is not is refused in our words."""
    chance = random.Random(name)
    whole = write(tmp_path / name).read_bytes()
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(chance.choice([1, 2, 8])):
            place = chance.randrange(len(damaged))
            if chance.random() < 0.5:
                damaged[place] = chance.randrange(256)
            elif chance.random() < 0.5:
                del damaged[place : place + chance.randrange(1, 20)]
            else:
                damaged[place:place] = chance.choice([b'"', b",", b"\n", b"\0", b"\xff", b"{", b"]", b"\\ud800"])
        (tmp_path / name).write_bytes(damaged)
        with suppress(CatalogError):
            raw = read_table(tmp_path / name, no_progress)
            raw.table.validate(full=True)
            assert raw.table.num_rows == len(raw.lines) > 0
            assert all(row.raw.encode() is not None and row.reason for row in raw.rejected)


def test_a_table_that_one_file_does_not_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "toys.csv"
    path.write_text("id,title\n1,Kite\n2,Ball\n", encoding="utf-8")
    assert read_table(path, table="toys").table.num_rows == 2
    with pytest.raises(CatalogError, match=r"toys.csv is one table, and it is not called games\. Leave out --table"):
        read_table(path, table="games")
