"""A Chroma server shared by replicas: a real one is started; what is wrong with it costs nobody an answer."""

import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from shelf import WordVectors
from teas import TEXTS, TeasContract

from errors import SettingsError
from retrieval.dense import DenseIndex
from retrieval.neighbours import ChromaServer, private_address

_CHROMA = Path(sys.executable).with_name("chroma")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of its own, the one in Rust that comes with the package."""
    if not _CHROMA.exists():
        pytest.skip("the command chroma is not installed here")
    folder, port = tmp_path_factory.mktemp("chroma"), _free_port()
    run = [str(_CHROMA), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(200):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            threading.Event().wait(0.05)
        yield f"http://127.0.0.1:{port}"
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vectors") / "vectors"
    DenseIndex.build(folder, WordVectors().embed(TEXTS))
    return folder


@pytest.fixture(scope="module")
def index(folder: Path, server: str) -> DenseIndex:
    index = DenseIndex.open(folder, WordVectors(), server, "teas")
    index.warm()
    return index


class TestContract(TeasContract):
    pass


def test_the_server_gives_what_the_own_copy_gives(folder: Path, index: DenseIndex) -> None:
    own = DenseIndex.open(folder, WordVectors())
    for text in TEXTS[::9]:
        assert index.search(text, 8) == own.search(text, 8)


def test_a_second_replica_finds_it_filled_and_a_half_filled_one_is_completed(server: str) -> None:
    vectors = WordVectors().embed(TEXTS[:40])
    first = ChromaServer(server, vectors, "pots")
    assert first.nearest(vectors[5], 3) is None, "nobody has filled it yet"
    first.warm()
    second = ChromaServer(server, vectors, "pots")
    found = second.nearest(vectors[5], 3)
    assert found is not None and found[0] == 5
    collection = second._client(5).get_collection(second._name, embedding_function=None)
    collection.delete(ids=["5", "6"])
    third = ChromaServer(server, vectors, "pots")
    assert third.nearest(vectors[5], 3) is None
    third.warm()
    assert collection.count() == 40


def test_only_the_newest_collections_of_a_catalogue_stay(server: str) -> None:
    made = [ChromaServer(server, WordVectors().embed(TEXTS[: 20 + n]), "cups") for n in range(5)]
    for one in made:
        one.warm()
    names = {one.name for one in made[0]._client(5).list_collections()}
    assert [one._name in names for one in made] == [False, False, True, True, True]


def test_without_the_server_the_vectors_are_scored_one_by_one_and_it_is_left_alone(folder: Path) -> None:
    away = f"http://127.0.0.1:{_free_port()}"
    index = DenseIndex.open(folder, WordVectors(), away)
    index.warm()
    assert index.search(TEXTS[17], 3) == DenseIndex.open(folder, WordVectors()).search(TEXTS[17], 3)
    now = 100.0
    vectors = WordVectors().embed(TEXTS)
    served = ChromaServer(away, vectors, "teas", lambda: now)
    assert served.nearest(vectors[0], 3) is None
    served._client = None  # type: ignore[method-assign, assignment] # asking again would fail on this
    assert served.nearest(vectors[0], 3) is None
    now += 60
    assert served.nearest(vectors[0], 3) is None
    assert served._not_before == now + 30


def test_a_server_that_hangs_is_given_up_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("retrieval.neighbours._ANSWER_WITHIN_S", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        vectors = WordVectors().embed(TEXTS)
        served = ChromaServer(f"http://127.0.0.1:{silent.getsockname()[1]}", vectors, "teas")
        before = time.monotonic()
        assert served.nearest(vectors[0], 3) is None
        assert time.monotonic() - before < 10


@pytest.mark.parametrize("url", ["http://8.8.8.8:8000", "https://1.1.1.1"])
def test_a_server_that_anybody_can_reach_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="private network"):
        private_address(url)


@pytest.mark.parametrize(
    "url", ["chroma:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999", "http://127.0.0.1/api"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="Give http://HOST:PORT"):
        private_address(url)


def test_private_addresses_are_taken() -> None:
    assert private_address("http://127.0.0.1") == ("127.0.0.1", 8000)
    assert private_address("https://10.1.2.3") == ("10.1.2.3", 443)
    assert private_address("http://[::1]:9000") == ("::1", 9000)


def test_np_rows_are_whole_numbers(index: DenseIndex) -> None:
    found = index._neighbours.nearest(np.asarray(index.vectors[0], np.float32), 4)
    assert found is not None and found.dtype == np.int32 and found[0] == 0
