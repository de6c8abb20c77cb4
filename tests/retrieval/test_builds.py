"""Builds side by side: stopped, killed or damaged ones do no harm, and there is a way back."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import Mock

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from errors import BundleError
from retrieval import builds
from retrieval.building import BuildReport, build_bundle
from retrieval.builds import roll_back
from retrieval.bundle import open_bundle
from retrieval.embed import Vectors, unit
from retrieval.importing import import_table
from retrieval.importing.imported import Imported, Progress
from retrieval.importing.quarantine import write_quarantine
from retrieval.importing.raw import Rejected
from retrieval.manifest import current_build
from retrieval.unfinished import UnfinishedVectors

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["catalogue", "keyword index", "embedding", "vector index", "checksums"]


class Letters:
    """Counts letters; remembers what it was asked for."""

    name = "letters"
    dim = 26

    def __init__(self, fails_after: int = 1_000_000) -> None:
        self.asked: list[str] = []
        self._fails_after = fails_after

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        if len(self.asked) >= self._fails_after:
            raise ConnectionError("the embedder is gone")
        self.asked += texts
        counts = [[1 + text.lower().count(chr(97 + i)) for i in range(self.dim)] for text in texts]
        if progress:
            progress(len(texts))
        return unit(np.array(counts, np.float32))


class Killed(BaseException):
    """Stands for SIGKILL: with `dying`, nothing is cleaned up."""


def toys(n: int) -> Imported:
    titles = [f"Toy {'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10 % 10]} {i}" for i in range(n)]
    return import_table(pa.table({"item_id": [f"i{i}" for i in range(n)], "title": titles}))


def build(var: Path, n: int, embedder: Letters | None = None, report: Progress | None = None) -> BuildReport:
    return build_bundle(toys(n), "toys", var, embedder=embedder or Letters(), report=report)


def folders(var: Path) -> list[str]:
    return sorted(path.name for path in (var / "catalogs" / "toys").iterdir() if path.is_dir())


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], None]:
    """Start a build that dies as soon as a stage begins."""

    def start(var: Path, stage: str) -> None:
        def report(told: str, done: int, total: int) -> None:
            if told == stage and done == (total if stage == "checksums" else 0):
                raise Killed

        with monkeypatch.context() as dead:
            dead.setattr(builds.shutil, "rmtree", lambda *_, **__: None)
            with pytest.raises(Killed):
                build(var, 7, report=report)

    return start


@pytest.mark.parametrize("stage", STAGES)
def test_a_build_killed_anywhere_leaves_the_old_one_and_is_cleaned_up(
    tmp_path: Path, stage: str, dying: Callable[[Path, str], None]
) -> None:
    first, second = build(tmp_path, 3).path, build(tmp_path, 4).path
    dying(tmp_path, stage)
    assert len(folders(tmp_path)) == 3
    assert current_build(tmp_path, "toys") == second
    assert open_bundle(tmp_path, "toys", Letters()).catalog.n_items == 4
    third = build(tmp_path, 5).path
    assert folders(tmp_path) == [second.name, third.name]
    assert not first.exists()
    assert open_bundle(tmp_path, "toys", Letters()).catalog.n_items == 5


def test_a_failed_build_keeps_the_way_back(tmp_path: Path) -> None:
    first = build(tmp_path, 3).path
    build(tmp_path, 4)
    with pytest.raises(ConnectionError):
        build(tmp_path, 5, Letters(fails_after=0))
    assert roll_back(tmp_path, "toys") == first.name


KILLED_WHILE_EMBEDDING = """
import os, signal, sys
from pathlib import Path
from retrieval import item_vectors
from test_builds import Letters, build

class Mortal(Letters):
    def embed(self, texts, progress=None):
        if len(self.asked) >= 20:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts, progress)

item_vectors._CHUNK = 10
build(Path(sys.argv[1]), 50, Mortal())
"""


def test_vectors_of_a_killed_process_are_not_computed_again(tmp_path: Path) -> None:
    old = build(tmp_path, 3).path
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(Path(__file__).parent)])
    command = [sys.executable, "-c", KILLED_WHILE_EMBEDDING, str(tmp_path)]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert current_build(tmp_path, "toys") == old
    embedder = Letters()
    report = build(tmp_path, 50, embedder)
    assert (len(embedder.asked), report.n_embedded) == (27, 27)  # 3 were built, 20 left behind
    assert "Embedded 27 items" in report.text()
    assert "23 were known" in report.text()
    assert folders(tmp_path) == [old.name, report.path.name]
    assert list(report.path.parent.glob("unfinished-*")) == []


def test_vectors_of_a_build_that_failed_give_the_same_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.item_vectors._CHUNK", 10)
    whole = np.load(build(tmp_path / "whole", 50).path / "vectors" / "vectors.npy")
    with pytest.raises(ConnectionError):
        build(tmp_path, 50, Letters(fails_after=20))
    (left,) = (tmp_path / "catalogs" / "toys").glob("unfinished-*")
    with left.open("ab") as file:
        file.write(b"torn")
    with pytest.raises(ConnectionError):
        build(tmp_path, 50, Letters(fails_after=10))
    embedder = Letters()
    resumed = np.load(build(tmp_path, 50, embedder).path / "vectors" / "vectors.npy")
    assert len(embedder.asked) == 20
    assert np.abs(whole.astype(np.float32) - resumed.astype(np.float32)).max() < 1e-3


def test_another_embedder_finds_nothing_unfinished(tmp_path: Path) -> None:
    class Other(Letters):
        name = "others"

    UnfinishedVectors(tmp_path, Letters()).append(np.array([7], np.uint64), np.ones((1, 26), np.float32))
    assert not UnfinishedVectors(tmp_path, Other()).path.exists()


def test_records_after_a_damaged_one_are_left_out(tmp_path: Path) -> None:
    unfinished = UnfinishedVectors(tmp_path, Letters())
    unfinished.append(np.arange(5, dtype=np.uint64), np.ones((5, 26), np.float32))
    whole = unfinished.path.read_bytes()
    size = len(whole) // 5
    unfinished.path.write_bytes(whole[: 3 * size + 20] + bytes(size - 20) + whole[4 * size :])
    assert UnfinishedVectors(tmp_path, Letters()).read()[0].tolist() == [0, 1, 2]
    UnfinishedVectors(tmp_path, Letters()).append(np.array([9], np.uint64), np.ones((1, 26), np.float32))
    assert UnfinishedVectors(tmp_path, Letters()).read()[0].tolist() == [0, 1, 2, 9]


def test_rolling_back_twice_undoes_it(tmp_path: Path) -> None:
    build(tmp_path, 3)
    build(tmp_path, 4)
    for n in (3, 4, 3):
        roll_back(tmp_path, "toys")
        assert open_bundle(tmp_path, "toys", Letters()).catalog.n_items == n


def test_a_build_after_rolling_back_drops_what_was_given_up(tmp_path: Path) -> None:
    first, second = build(tmp_path, 3).path, build(tmp_path, 4).path
    roll_back(tmp_path, "toys")
    third = build(tmp_path, 5).path
    assert folders(tmp_path) == [first.name, third.name]
    assert not second.exists()


def test_there_is_no_way_back_to_a_damaged_build(tmp_path: Path) -> None:
    first, second = build(tmp_path, 3).path, build(tmp_path, 4).path
    (first / "lexical.npz").write_bytes(b"")
    with pytest.raises(BundleError, match=r"lexical\.npz has changed"):
        roll_back(tmp_path, "toys")
    assert current_build(tmp_path, "toys") == second


def test_nothing_to_go_back_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no catalogue 'toys'"):
        roll_back(tmp_path, "toys")
    assert not (tmp_path / "catalogs").exists()
    build(tmp_path, 3)
    with pytest.raises(BundleError, match="no earlier build"):
        roll_back(tmp_path, "toys")


@pytest.mark.parametrize("damage", ["manifest.json", "catalog.duckdb"])
def test_a_damaged_build_names_the_way_back(tmp_path: Path, damage: str) -> None:
    first, second = build(tmp_path, 3).path, build(tmp_path, 4).path
    (second / damage).write_bytes(b"{")
    with pytest.raises(BundleError, match=r"app\.py rollback --catalog toys"):
        open_bundle(tmp_path, "toys", Letters())
    roll_back(tmp_path, "toys")
    assert open_bundle(tmp_path, "toys", Letters()).catalog.n_items == 3
    shutil.rmtree(second)
    (first / damage).write_bytes(b"{")
    with pytest.raises(BundleError, match=r"Run: .* build --catalog FILE --name toys") as raised:
        open_bundle(tmp_path, "toys", Letters())
    assert "rollback" not in str(raised.value)


def test_a_damaged_current_build_is_not_what_a_new_one_keeps(tmp_path: Path) -> None:
    first, second = build(tmp_path, 3).path, build(tmp_path, 4).path
    (second / "catalog.duckdb").write_bytes(b"")
    third = build(tmp_path, 5).path
    assert folders(tmp_path) == [first.name, third.name]


def test_a_disk_that_takes_nothing_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = build(tmp_path, 3).path.parent
    for full, what in (
        ("duckdb.connect", duckdb.TransactionException("Failed to commit: No space left on device\nmore")),
        ("retrieval.lexical.np.savez", OSError(errno.ENOSPC, "No space left on device")),
        ("retrieval.builds.write_whole", OSError(errno.ENOSPC, "No space left on device")),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(full, Mock(side_effect=what))
            with pytest.raises(BundleError, match=r"^Cannot write to .*No space left on device\)\. Free the disk"):
                build(tmp_path, 4)
    assert open_bundle(tmp_path, "toys", Letters()).catalog.n_items == 3
    with pytest.raises(BundleError, match=r"^Cannot write to .*quarantine.jsonl"):
        write_quarantine(home / "CURRENT" / "quarantine.jsonl", [Rejected(1, "odd", "x")])
