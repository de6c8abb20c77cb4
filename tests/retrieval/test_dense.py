"""Vectors: exact and by Chroma, one answer; immutable folder; guards."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from shelf import WordVectors
from teas import TEXTS, TeasContract

from errors import BundleError, ModelUnavailable
from retrieval.dense import DenseIndex
from retrieval.embed import unit
from retrieval.neighbours import OwnCopy


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dense") / "vectors"
    DenseIndex.build(folder, WordVectors().embed(TEXTS))
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> DenseIndex:
    return DenseIndex.open(folder, WordVectors())


class TestContract(TeasContract):
    pass


def _digests(folder: Path) -> dict[str, str]:
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def test_searching_leaves_every_file_as_it_was(folder: Path) -> None:
    before = _digests(folder)
    index = DenseIndex.open(folder, WordVectors())
    assert index.search("green tea", 5)
    assert _digests(folder) == before


def test_private_copy_goes_with_the_index(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    index = DenseIndex.open(folder, WordVectors())
    index.warm()
    assert len(list(tmp_path.iterdir())) == 1
    del index
    assert list(tmp_path.iterdir()) == []


def test_the_nearest_text_comes_first(index: DenseIndex) -> None:
    assert index.search(TEXTS[17], 1)[0] == (17, pytest.approx(1, abs=0.01))


def test_similar_leaves_out_the_seeds_and_obeys_allowed(index: DenseIndex) -> None:
    free = index.similar([3, 10], 5)
    assert len(free) == 5
    assert not {3, 10} & {row for row, _ in free}
    allowed = np.array([3, 20, 40], np.int32)
    assert sorted(row for row, _ in index.similar([3, 10], 5, allowed)) == [20, 40]
    assert index.similar([], 5) == []


def test_similar_by_chroma_and_exactly_agree(index: DenseIndex) -> None:
    everything = np.arange(len(TEXTS), dtype=np.int32)
    assert [row for row, _ in index.similar([5], 6)] == [row for row, _ in index.similar([5], 6, everything)]


def test_closest_seed_is_the_nearer_one(index: DenseIndex) -> None:
    assert index.closest_seed([3, 4, 3], [4, 3]) == [3, 4, 3]
    assert index.closest_seed([], [3]) == []


def test_opposite_and_zero_vectors_are_no_hits(tmp_path: Path) -> None:
    class Fixed(WordVectors):
        dim = 2

        def embed(self, texts: object, progress: object = None) -> np.ndarray:
            return np.array([[1, 0]], np.float32)

    DenseIndex.build(tmp_path / "v", np.array([[1, 0], [-1, 0], [0, 0], [0, 1]], np.float32))
    index = DenseIndex.open(tmp_path / "v", Fixed())
    assert [row for row, _ in index.search("x", 4)] == [0]
    assert [row for row, _ in index.search("x", 4, np.arange(4, dtype=np.int32))] == [0]


def test_a_query_is_embedded_once(folder: Path) -> None:
    asked: list[str] = []

    class Counting(WordVectors):
        def embed(self, texts, progress=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            asked.extend(texts)
            return super().embed(texts)

    index = DenseIndex.open(folder, Counting())
    for _ in range(3):
        index.search(" green   tea", 2, np.arange(9, dtype=np.int32))
        index.search("green tea", 2)
    assert asked == ["green tea"]


def test_many_threads_get_the_answer_of_one(folder: Path) -> None:
    index = DenseIndex.open(folder, WordVectors())
    alone = [DenseIndex.open(folder, WordVectors()).search(text, 8) for text in TEXTS[:12]]
    with ThreadPoolExecutor(8) as threads:
        for together in threads.map(lambda _: [index.search(text, 8) for text in TEXTS[:12]], range(8)):
            assert together == alone


def test_another_dimension_is_refused_naming_both(folder: Path) -> None:
    class Wide(WordVectors):
        name = "wide"

        def embed(self, texts: object, progress: object = None) -> np.ndarray:
            return np.ones((1, 384), np.float32)

    with pytest.raises(BundleError, match=r"have 64 numbers.*'wide'.*384"):
        DenseIndex.open(folder, Wide()).search("tea", 3)


class Silent(WordVectors):
    def embed(self, texts: object, progress: object = None) -> np.ndarray:
        raise ModelUnavailable("The embedder is asleep.")


def test_an_embedder_that_does_not_answer_leaves_likeness_among_items(folder: Path) -> None:
    index = DenseIndex.open(folder, Silent())
    index.warm()
    assert index.similar([5], 3) == DenseIndex.open(folder, WordVectors()).similar([5], 3)
    with pytest.raises(ModelUnavailable):
        index.search("tea", 3)


def test_few_allowed_rows_are_scored_exactly_without_chroma(index: DenseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the index of everything was asked")

    monkeypatch.setattr(OwnCopy, "nearest", never)
    allowed = np.array([3, 17, 40], np.int32)
    vectors = index.vectors[allowed].astype(np.float32)
    cosines = dict(zip(allowed.tolist(), vectors @ WordVectors().embed(["green pot3"])[0], strict=True))
    found = index.search("green pot3", 3, allowed)
    assert [row for row, _ in found] == sorted(cosines, key=lambda row: (-round(float(cosines[row]), 6), row))
    assert [score for _, score in found] == pytest.approx(sorted(cosines.values(), reverse=True), abs=1e-6)


def test_missing_and_damaged_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no readable vectors"):
        DenseIndex.open(tmp_path, WordVectors())
    (tmp_path / "vectors.npy").write_bytes(b"not an array")
    with pytest.raises(BundleError, match="no readable vectors"):
        DenseIndex.open(tmp_path, WordVectors())
    np.save(tmp_path / "vectors.npy", unit(np.ones((2, 64))))
    with pytest.raises(BundleError, match="no Chroma collection"):
        DenseIndex.open(tmp_path, WordVectors())


def test_an_empty_catalogue_finds_nothing(tmp_path: Path) -> None:
    DenseIndex.build(tmp_path / "v", np.zeros((0, 64), np.float32))
    assert DenseIndex.open(tmp_path / "v", WordVectors()).search("tea", 3) == []


def test_chroma_is_not_imported_before_it_is_needed(folder: Path) -> None:
    program = (
        "import sys, numpy as np; from pathlib import Path; from retrieval.dense import DenseIndex; "
        "from shelf import WordVectors; index = DenseIndex.open(Path(sys.argv[1]), WordVectors()); "
        "assert index.search('green tea', 3, np.arange(9, dtype=np.int32)); assert 'chromadb' not in sys.modules"
    )
    root = Path(__file__).parents[2]
    subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root}:{root / 'tests'}"},
    )


def test_however_many_are_scored_the_answer_is_one(index: DenseIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.arange(0, len(TEXTS), 2, dtype=np.int32)
    every = index.search("green pot3", 9, rows)
    monkeypatch.setattr("retrieval.dense._MANY", 2.0)
    monkeypatch.setattr("retrieval.dense._ROWS_AT_ONCE", 7)
    assert index.search("green pot3", 9, rows) == every
