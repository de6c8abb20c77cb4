"""Ratings files and whose ids they speak of."""

import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from errors import CatalogError
from retrieval.importing.interactions import read_interactions

IDS = {"item_id": pa.chunked_array([["tt1", "tt2", "tt3"]]), "other_id": pa.chunked_array([pa.array([11, 12, 13])])}
RATINGS = "userId,movieId,rating,timestamp\n1,11,4.0,100\n1,13,2.5,200\n2,12,5.0,300\n2,99,5.0,400\n"


def test_ratings_speak_of_whichever_id_matches(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text(RATINGS)
    found, n_lines = read_interactions(path, IDS)
    assert n_lines == 4
    assert found.rows.tolist() == [0, 2, 1]
    assert found.ratings.tolist() == [4.0, 2.5, 5.0]
    assert found.timestamps.tolist() == [100, 200, 300]


def test_a_movielens_archive_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "ml-tiny.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ml-tiny/README.txt", "about")
        archive.writestr("ml-tiny/ratings.csv", RATINGS)
    found, _ = read_interactions(path, IDS)
    assert found.rows.tolist() == [0, 2, 1]


@pytest.mark.parametrize("content", [b"PK nonsense", b""])
def test_an_archive_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(content)
    with pytest.raises(CatalogError, match=r"broken\.zip"):
        read_interactions(path, IDS)


def test_an_archive_without_ratings_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "about")
    with pytest.raises(CatalogError, match=r"no ratings\.csv"):
        read_interactions(path, IDS)


def test_ratings_of_other_items_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("user,item,rating\n1,zz,4\n")
    with pytest.raises(CatalogError, match="none of the catalogue"):
        read_interactions(path, IDS)
