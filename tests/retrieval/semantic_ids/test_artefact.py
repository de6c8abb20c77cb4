import dataclasses
import json
from pathlib import Path

import pytest
from made_network import write_small

from errors import BundleError
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.decode import Decoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_small(tmp_path / "model", n_items=40)
    return tmp_path / "model"


def test_what_is_written_is_read(folder: Path) -> None:
    about = dataclasses.replace(artefact.read(folder), debias=0.25, metrics={"R@10": 0.07}, settings={"epochs": 3})
    artefact.write(folder, about)
    assert artefact.read(folder) == about


def test_the_hash_of_a_catalogue_depends_on_the_order_of_its_items() -> None:
    assert artefact.items_hash(["a", "b"]) != artefact.items_hash(["b", "a"])
    assert artefact.items_hash(["ab", "c"]) != artefact.items_hash(["a", "bc"])


@pytest.mark.parametrize("name", ["encoder.onnx", "level_1.onnx", "ids.npz", "items.npz", "embeddings.npz"])
def test_a_damaged_or_missing_file_is_named(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleError, match=rf"{name} is damaged\. Train it again"):
        Decoder.open(folder)
    (folder / name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing"):
        Decoder.open(folder)


def test_no_model_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="holds no trained model"):
        Decoder.open(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "is damaged"), ("[]", "another version"), ('{"format": 0}', "another version"), ('{"format": 1}', "sizes")],
)
def test_a_broken_description_is_refused(folder: Path, content: str, said: str) -> None:
    (folder / artefact.MODEL).write_text(content, encoding="utf-8")
    with pytest.raises(BundleError, match=said):
        artefact.read(folder)


def test_files_that_are_whole_but_do_not_belong_together_are_refused(folder: Path, tmp_path: Path) -> None:
    write_small(tmp_path / "other", n_items=60)
    (folder / "ids.npz").write_bytes((tmp_path / "other" / "ids.npz").read_bytes())
    artefact.write(folder, _about(folder))
    with pytest.raises(BundleError, match="item codes"):
        Decoder.open(folder)


def test_a_file_onnxruntime_cannot_open_is_said_in_one_sentence(folder: Path) -> None:
    (folder / "level_0.onnx").write_bytes(b"not a graph")
    artefact.write(folder, _about(folder))
    with pytest.raises(BundleError, match="cannot be opened"):
        Decoder.open(folder)


def _about(folder: Path) -> artefact.Artefact:
    found = json.loads((folder / artefact.MODEL).read_text(encoding="utf-8"))
    found.pop("files")
    return artefact.Artefact(**found | {"sizes": tuple(found["sizes"])})
