"""Embedding by a local ONNX folder: pooling, lengths, inputs, its name, and what is said of a folder that is none."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from contracts import EmbedderContract
from onnx_folder import WORDS, table, write_folder

from errors import SettingsError
from retrieval.embed import Embedder, unit
from retrieval.embed_folder import FolderEmbedder

TEXT = "green tea pot"
IDS = [WORDS.index(word) for word in f"[CLS] {TEXT} [SEP]".split()]


class TestContract(EmbedderContract):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> Embedder:
        return FolderEmbedder(write_folder(tmp_path))


def made(folder: Path, **more: Any) -> FolderEmbedder:
    return FolderEmbedder(write_folder(folder, **more))


MEAN = table()[IDS].mean(axis=0)
WAYS = {
    "none said": (None, MEAN),
    "mean": ({"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False}, MEAN),
    "cls": ({"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}, table()[IDS[0]]),
    "last": ({"pooling_mode_lasttoken": True}, table()[IDS[-1]]),
    "cls in the newer form": ({"pooling_mode": "cls", "embedding_dimension": 6}, table()[IDS[0]]),
}


@pytest.mark.parametrize(("pooling", "expected"), WAYS.values(), ids=WAYS)
def test_tokens_become_one_vector_as_the_folder_says(
    tmp_path: Path, pooling: dict[str, Any] | None, expected: np.ndarray
) -> None:
    embedder = made(tmp_path, pooling=pooling)
    beside = embedder.embed([TEXT, "kettle boils water in a green cup a cup a cup"])
    assert beside[0] == pytest.approx(unit(expected[None])[0], abs=1e-5)


def test_a_model_that_pools_itself_is_believed(tmp_path: Path) -> None:
    embedder = made(tmp_path, pooled=True, pooling={"pooling_mode_max_tokens": False, "pooling_mode_cls_token": True})
    assert embedder.embed([TEXT])[0] == pytest.approx(unit(table()[IDS].sum(axis=0)[None])[0], abs=1e-5)


@pytest.mark.parametrize(
    "inputs", [("input_ids",), ("input_ids", "attention_mask"), ("input_ids", "attention_mask", "token_type_ids")]
)
def test_a_model_gets_the_inputs_it_has(tmp_path: Path, inputs: tuple[str, ...]) -> None:
    assert made(tmp_path, inputs=inputs).embed([TEXT]).shape == (1, 6)


def test_the_model_may_lie_in_onnx(tmp_path: Path) -> None:
    assert made(tmp_path, model="onnx/model.onnx").embed([TEXT]).shape == (1, 6)


def test_no_more_of_a_text_is_read_than_the_folder_allows(tmp_path: Path) -> None:
    embedder = made(tmp_path)
    (tmp_path / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 5}))
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 1e30}))
    short = FolderEmbedder(tmp_path)
    assert np.array_equal(short.embed([TEXT + " kettle"]), short.embed([TEXT]))
    assert not np.array_equal(embedder.embed([TEXT + " kettle"]), embedder.embed([TEXT]))


def test_its_name_holds_a_hash_of_all_that_makes_the_vectors(tmp_path: Path) -> None:
    one = made(tmp_path / "words")
    assert one.name.startswith("words/")
    assert made(tmp_path / "words").name == one.name
    names = {made(tmp_path / "words", **more).name for more in ({"seed": 2}, {"pooling": {"pooling_mode": "cls"}})}
    assert len({one.name, *names}) == 3


def test_weights_beside_the_model_count_too(tmp_path: Path) -> None:
    before = made(tmp_path).name
    (tmp_path / "model.onnx_data").write_bytes(b"weights")
    assert FolderEmbedder(tmp_path).name != before


@pytest.mark.parametrize(
    ("missing", "said"), [("model.onnx", "model.onnx or onnx/model.onnx"), ("tokenizer.json",) * 2]
)
def test_a_missing_file_is_named(tmp_path: Path, missing: str, said: str) -> None:
    (write_folder(tmp_path) / missing).unlink()
    with pytest.raises(SettingsError, match=f"CICERONE_EMBED_FOLDER=.* holds no {said}"):
        FolderEmbedder(tmp_path)


def test_a_damaged_model_a_strange_one_and_unknown_pooling_are_refused(tmp_path: Path) -> None:
    embedder = made(tmp_path / "a")
    (tmp_path / "a" / "model.onnx").write_bytes(b"half a download")
    with pytest.raises(SettingsError, match="no usable ONNX model"):
        embedder.embed(["tea"])
    with pytest.raises(SettingsError, match="takes pixel_values, but"):
        made(tmp_path / "b", inputs=("pixel_values",)).embed(["tea"])
    with pytest.raises(SettingsError, match="max_tokens and mean_tokens; only"):
        made(tmp_path / "c", pooling={"pooling_mode_max_tokens": True, "pooling_mode_mean_tokens": True})
    (write_folder(tmp_path / "d") / "config.json").write_text("{")
    with pytest.raises(SettingsError, match=r"config\.json cannot be read"):
        FolderEmbedder(tmp_path / "d")
