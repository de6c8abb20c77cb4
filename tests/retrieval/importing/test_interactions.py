"""Interactions in every published layout, whose ids they speak of, and what became of each line."""

import contextlib
import gzip
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from errors import CatalogError
from retrieval.importing import import_file, import_table
from retrieval.importing.imported import InteractionReport, Interactions
from retrieval.importing.interactions import read_interactions, require_usable

IDS = {"item_id": pa.chunked_array([["tt1", "tt2", "tt3"]]), "other_id": pa.chunked_array([pa.array([11, 12, 13])])}
RATINGS = "userId,movieId,rating,timestamp\n1,11,4.0,100\n1,13,2.5,200\n2,12,5.0,300\n2,99,5.0,400\n"


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(
    path: Any, ids: dict[str, Any] | None = None, *, force: bool = False
) -> tuple[Interactions, InteractionReport]:
    found, done = read_interactions(path, ids or IDS)
    if not force:
        require_usable(done)
    assert done.n_in == done.n_matched + done.n_unmatched + len(done.rejected)
    assert len(found.rows) == done.n_matched - done.n_repeated
    return found, done


def triples(found: Interactions) -> list[tuple[int, int, float, int]]:
    return list(
        zip(found.users.tolist(), found.rows.tolist(), found.ratings.tolist(), found.timestamps.tolist(), strict=True)
    )


def test_ratings_speak_of_whichever_id_matches(tmp_path: Path) -> None:
    found, done = read(write(tmp_path, "ratings.csv", RATINGS))
    assert triples(found) == [(0, 0, 4.0, 100), (0, 2, 2.5, 200), (1, 1, 5.0, 300)]
    assert done.n_in == 4 and done.n_unmatched == 1 and done.unmatched == ("99",)
    assert done.columns == {
        "user": "userId", "item": "movieId (the catalogue's other_id)", "rating": "rating", "time": "timestamp",
    }  # fmt: skip
    told = "\n".join(done.lines())
    assert "user = userId" in told and "4 in = 3 of items here + 1 of others (99) + 0 quarantined" in told


LAYOUTS = {
    "ratings.dat": "1::11::4::100\n1::13::2::200\n2::12::5::300\n",
    "u.data": "1\t11\t4\t100\n1\t13\t2\t200\n2\t12\t5\t300\n",
    "ml.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    "1\t11\t4\t100\n1\t13\t2\t200\n2\t12\t5\t300\n",
    "bx.csv": '"User-ID";"ISBN";"Book-Rating"\n"1";"tt1";"4"\n"1";"tt3";"2"\n"2";"tt2";"5"\n',
    "amazon.csv": "A1,tt1,4.0,1369699200\nA1,tt3,2.0,1369699300\nA2,tt2,5.0,1369699400\n",
    "amazon_2018.csv": "tt1,A1,4.0,1369699200\ntt3,A1,2.0,1369699300\ntt2,A2,5.0,1369699400\n",
    "reviews.jsonl": '{"reviewerID": "A1", "asin": "tt1", "overall": 4.0, "unixReviewTime": 100, "summary": "good"}\n'
    '{"reviewerID": "A1", "asin": "tt3", "overall": 2.0, "unixReviewTime": 200, "summary": "bad"}\n'
    '{"reviewerID": "A2", "asin": "tt2", "overall": 5.0, "unixReviewTime": 300}\n',
    "log.tsv": "ts\tproduct_id\tvisitorid\n2020-01-01\ttt1\ta\n2020-01-02\ttt3\ta\n2020-01-03\ttt2\tb\n",
    "sequences.txt": "a tt1 tt3\nb tt2\n",
    "sequences_tabs.txt": "a\ttt1\ttt3\nb\ttt2\n",
    "table.txt": "user,item,rating\na,tt1,4\na,tt3,2\nb,tt2,5\n",
    "table_tabs.txt": "user_id\titem_id\trating\na\ttt1\t4\na\ttt3\t2\nb\ttt2\t5\n",
    "titles.csv": "user,title,rating\n1,One,4\n1,Three,2\n2,Two,5\n",
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_published_layouts(tmp_path: Path, name: str, packed: bool) -> None:
    content = LAYOUTS[name].encode()
    path = write(tmp_path, name + ".gz" * packed, gzip.compress(content) if packed else content)
    found, done = read(path, IDS | {"title": pa.chunked_array([["One", "Two", "Three"]])})
    order = np.lexsort((found.rows, found.users))
    assert found.users[order].tolist() == [0, 0, 1]
    assert found.rows[order].tolist() == [0, 2, 1]
    assert np.diff(found.timestamps[found.users == found.users[0]]).tolist()[0] >= 0
    if "rating" in done.columns:
        assert found.ratings[order].tolist() == [4.0, 2.0, 5.0]
    else:
        assert found.ratings.tolist() == [1.0, 1.0, 1.0]


def test_sequences_are_likes_in_order(tmp_path: Path) -> None:
    found, done = read(
        write(tmp_path, "sequences.txt.gz", gzip.compress(b"u1 tt3 tt1\nu2 tt2 zz tt3\nu3\nu1 tt2\n")), force=True
    )
    assert triples(found) == [(0, 2, 1.0, 0), (0, 0, 1.0, 1), (1, 1, 1.0, 0), (1, 2, 1.0, 2), (0, 1, 1.0, 2)]
    assert done.unmatched == ("zz",)
    assert [(row.line, row.reason, row.raw) for row in done.rejected] == [(3, "a user without items", "u3")]
    assert "sequences" in done.notices[0]


@pytest.mark.parametrize("member", ["ml-tiny/ratings.csv", "ml-tiny/ratings.dat", "ml-tiny/u.data"])
def test_an_archive_or_its_folder_is_read_as_it_is(tmp_path: Path, member: str) -> None:
    content = LAYOUTS.get(Path(member).name, RATINGS)
    path = tmp_path / "ml-tiny.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ml-tiny/README.txt", "about")
        archive.writestr(member, content)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    for source in (path, tmp_path / "ml-tiny"):
        assert read(source)[0].rows.tolist() == [0, 2, 1]


@pytest.mark.parametrize("content", [b"PK nonsense", b""])
def test_an_archive_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CatalogError, match=r"broken\.zip"):
        read(write(tmp_path, "broken.zip", content))


def test_an_archive_without_ratings_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "about")
    with pytest.raises(CatalogError, match=r"no ratings\.csv"):
        read(path)


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="cannot be read"):
        read(write(tmp_path, "ratings.dat.gz", gzip.compress(b"1::2::3::4\n" * 9000)[:50]))


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames(kind: Any) -> None:
    frame = kind({"user": ["a", "b"], "item": ["tt2", "tt3"], "rating": [1, 5]})
    assert triples(read(frame)[0]) == [(0, 1, 1.0, 0), (1, 2, 5.0, 0)]


def test_bad_lines_are_told_and_the_rest_is_used(tmp_path: Path) -> None:
    rows = [f"{n},tt1,4" for n in range(96)] + ["x,tt2,", "y,tt2,soso", ",tt2,3", "z,,3"]
    path = write(tmp_path, "ratings.csv", "\n".join(["user,item,rating", *rows]))
    found, done = read(path)
    assert len(found.rows) == 96
    assert [(row.line, row.reason, row.file) for row in done.rejected] == [
        (98, "no number in 'rating'", "ratings.csv"), (99, "no number in 'rating'", "ratings.csv"),
        (100, "no user", "ratings.csv"), (101, "no item", "ratings.csv"),
    ]  # fmt: skip
    assert done.rejected[1].raw == "user=y, item=tt2, rating=soso"


def test_many_bad_lines_are_refused_unless_forced(tmp_path: Path) -> None:
    path = write(tmp_path, "ratings.csv", "user,item,rating\na,tt1,good\nb,tt2,4\n")
    with pytest.raises(CatalogError, match="1 of 2 lines of ratings.csv cannot be used; the first, line 2: no number"):
        read(path)
    assert read(path, force=True)[0].rows.tolist() == [1]


def test_the_last_of_a_repeated_pair_counts(tmp_path: Path) -> None:
    lines = "user,item,rating,timestamp\na,tt1,5,300\na,tt1,1,100\nb,tt1,2,1\nb,tt1,3,1\n"
    found, done = read(write(tmp_path, "ratings.csv", lines))
    assert triples(found) == [(0, 0, 5.0, 300), (1, 0, 3.0, 1)]
    assert done.n_repeated == 2 and "2 repeat a user and item" in "\n".join(done.lines())


def test_without_a_user_column_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"names no user \(its columns are item, rating\).*reviewerID"):
        read(write(tmp_path, "ratings.csv", "item,rating\ntt1,4\n"))


def test_ratings_of_other_items_are_refused_with_ids_of_both_sides(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"Less than 1 %.*'item' holds zz, yy.*'item_id' holds tt1, tt2.*11, 12"):
        read(write(tmp_path, "ratings.csv", "user,item,rating\n1,zz,4\n1,yy,4\n"))


def test_a_column_named_alike_goes_before_numbers_that_match_by_accident(tmp_path: Path) -> None:
    path = write(tmp_path, "r.csv", "user,helpful,other_id,rating\na,11,11,4\na,12,99,4\nb,13,12,4\nb,11,13,1\n")
    found, done = read(path)
    assert done.columns["item"] == "other_id (the catalogue's other_id)"
    assert found.rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize("items", [[11.0, 12.0, None], ["11.0", " 12 ", ""]])
def test_ids_match_however_they_are_written(items: list[Any]) -> None:
    found, done = read(pd.DataFrame({"user": [1, 1, 1], "item": items}), force=True)
    assert found.rows.tolist() == [0, 1]
    assert [row.reason for row in done.rejected] == ["no item"]


def test_counts_are_no_scale() -> None:
    plays = [1, 1, 2, 3, 2, 1, 5, 4, 900, 1] * 10
    found, done = read(pd.DataFrame({"user": range(100), "item": ["tt1"] * 100, "play_count": plays}))
    assert set(found.ratings.tolist()) == {1.0}
    assert "looks like a count" in done.notices[0]
    stars = [5, 4, 1, 3, 4] * 20
    assert read(pd.DataFrame({"user": range(100), "item": ["tt1"] * 100, "stars": stars}))[0].ratings.tolist() == stars


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([1369699200000, 1369699300000], [1369699200, 1369699300]),
        (["2013-05-28", "2013-05-29T00:00:00"], [1369699200, 1369785600]),
        (["05 28, 2013", "05 29, 2013"], [1369699200, 1369785600]),
        (["1369699200", "soon"], [1369699200, 0]),
        (pd.to_datetime(["2013-05-28", "2013-05-29"]).tz_localize("UTC"), [1369699200, 1369785600]),
    ],
)
def test_times(times: Any, expected: list[int]) -> None:
    found, done = read(pd.DataFrame({"user": ["a", "b"], "item": ["tt1", "tt2"], "timestamp": times}))
    assert found.timestamps.tolist() == expected
    assert ("1 times could not be read" in " ".join(done.notices)) == (0 in expected)


def test_a_recbole_data_set_is_catalogue_and_interactions(tmp_path: Path) -> None:
    header = "item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"
    rows = ["1\tToy Story\t1995\tAnimation Comedy", "2\tGoldenEye\t1995\tAction", "3\tFour Rooms\t1996\tComedy"]
    items = write(tmp_path, "ml.item", "\n".join([header, *rows]))
    ratings = write(tmp_path, "ml.inter", "user_id:token\titem_id:token\trating:float\n7\t2\t4\n7\t3\t5\n")
    imported = import_file(items, ratings)
    fields = {f.name: f.role.value for f in imported.fields}
    assert fields == {"item_id": "id", "movie_title": "title", "release_year": "number", "class": "facet"}
    assert imported.table.column("movie_title").to_pylist() == ["Toy Story", "GoldenEye", "Four Rooms"]
    assert imported.table.column("class").to_pylist()[0] == ["Animation", "Comedy"]
    assert imported.interactions is not None and imported.interactions.rows.tolist() == [1, 2]


def test_lines_that_refuse_a_build_are_listed(tmp_path: Path) -> None:
    items = pa.table({"item_id": ["tt1", "tt2"], "title": ["One", "Two"]})
    path = write(tmp_path, "ratings.csv", "user,item,rating\na,tt1,good\nb,tt2,4\n")
    listed = tmp_path / "quarantine.jsonl"
    with pytest.raises(CatalogError, match=r"1 of 2 lines.*listed in .*quarantine\.jsonl.*--force"):
        import_table(items, path, quarantine=listed)
    (line,) = listed.read_text(encoding="utf-8").splitlines()
    assert json.loads(line) == {
        "file": "ratings.csv", "line": 2, "reason": "no number in 'rating'", "raw": "user=a, item=tt1, rating=good",
    }  # fmt: skip
    done = import_table(items, path, quarantine=listed, force=True)
    assert done.report.outcome == "ok with 1 quarantined"


def test_the_table_of_ratings_is_found_in_a_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE items (item_id TEXT, title TEXT)")
        database.execute("INSERT INTO items VALUES ('tt1', 'One')")
        database.execute("CREATE TABLE ratings (user_id INTEGER, item_id TEXT, rating REAL)")
        database.executemany("INSERT INTO ratings VALUES (?, ?, ?)", [(1, "tt1", 4), (2, "tt3", 2.5)])
        database.commit()
    assert triples(read(path)[0]) == [(0, 0, 4.0, 0), (1, 2, 2.5, 0)]


@pytest.mark.parametrize(
    "name", ["ratings.dat", "ratings.csv", "ratings.txt", "ratings.jsonl", "u.data", "ratings.inter"]
)
@pytest.mark.parametrize("content", [b"", b"\n\n", b"\0\0\0", b"a", b'"'])
def test_nothing_to_read_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(CatalogError):
        read(write(tmp_path, name, content))
