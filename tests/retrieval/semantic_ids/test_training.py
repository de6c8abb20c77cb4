"""A grammar where item i is always followed by i + 1: whoever cannot learn this learns nothing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from grammar import IDS, N_ITEMS, RECIPE, asked, silent, trained, vectors

from errors import BundleError
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.decode import Decoder
from retrieval.semantic_ids.ids import made_unique
from retrieval.semantic_ids.tokeniser import Tokeniser
from retrieval.semantic_ids.training import train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(tmp_path_factory.mktemp("trained") / "model")


def first_of(decoder: Decoder) -> tuple[np.ndarray, np.ndarray]:
    begins, targets = asked()
    found = decoder.decode(begins, 1, excluded=begins)
    return np.array([hits[0][0] for hits in found]), targets


def test_the_grammar_is_learned(folder: Path) -> None:
    first, targets = first_of(Decoder.open(folder))
    assert (first == targets).mean() >= 0.95


def test_what_was_made_is_told(folder: Path) -> None:
    about = artefact.read(folder)
    assert about.n_items == N_ITEMS
    assert about.items_sha256 == artefact.items_hash(IDS)
    assert about.embedder == "made"
    assert about.metrics["validation_ndcg@10"] > 0.9
    assert about.settings["n_epochs"] == RECIPE.n_epochs
    assert {path.name for path in folder.iterdir()} == set(about_files(folder)) | {artefact.MODEL}


def about_files(folder: Path) -> dict[str, str]:
    files: dict[str, str] = json.loads((folder / artefact.MODEL).read_text())["files"]
    return files


def test_the_same_seed_trains_the_same_model_and_another_one_another(folder: Path, tmp_path: Path) -> None:
    short = replace(RECIPE, n_epochs=2)
    lists = [trained(tmp_path / str(i), short, seed=seed) for i, seed in enumerate((3, 3, 4))]
    one, same, other = (Decoder.open(path).decode(asked()[0], 5) for path in lists)
    assert one == same
    assert one != other


def test_a_training_that_was_killed_goes_on_to_the_same_end(folder: Path, tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def kill(stage: str, done: int, total: int) -> None:
        if stage.startswith("epoch 4 "):
            raise Killed

    short = replace(RECIPE, n_epochs=6)
    whole = trained(tmp_path / "whole", short)
    with pytest.raises(Killed):
        trained(tmp_path / "resumed", short, kill, checkpoints=tmp_path / "checkpoints")
    stages = []
    trained(tmp_path / "resumed", short, lambda stage, *_: stages.append(stage), checkpoints=tmp_path / "checkpoints")
    epochs = {stage.split()[1] for stage in stages if stage.startswith("epoch")}
    assert epochs == {"4", "5", "6"}, "the epochs before the checkpoint are not trained again"
    assert first_of(Decoder.open(whole))[0].tolist() == first_of(Decoder.open(tmp_path / "resumed"))[0].tolist()
    assert not list((tmp_path / "checkpoints").glob("*.pt"))


def test_a_checkpoint_cut_short_is_trained_over(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"half a file")
    short = replace(RECIPE, n_epochs=2)
    assert artefact.read(trained(tmp_path / "model", short, checkpoints=tmp_path)).metrics["n_epochs"] == 2


def test_control_c_keeps_the_best_so_far(tmp_path: Path) -> None:
    def interrupt(stage: str, done: int, total: int) -> None:
        if stage.startswith("epoch 4 "):
            raise KeyboardInterrupt

    about = artefact.read(trained(tmp_path / "model", RECIPE, interrupt))
    assert about.metrics["best_epoch"] == 2


def test_control_c_before_there_is_anything_to_keep_passes_through(tmp_path: Path) -> None:
    def interrupt(stage: str, done: int, total: int) -> None:
        if stage.startswith("epoch"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trained(tmp_path / "model", RECIPE, interrupt)
    assert not (tmp_path / "model" / artefact.MODEL).exists()


def test_the_time_given_is_an_end(tmp_path: Path) -> None:
    about = artefact.read(trained(tmp_path / "model", minutes=0.0005))
    assert about.metrics["n_epochs"] < RECIPE.n_epochs


def test_requests_are_learned_as_a_condition_of_their_own(tmp_path: Path) -> None:
    path = trained(tmp_path / "model", replace(RECIPE, asked=1.0, noise=0.3))
    nothing = [np.empty(0, np.int32)] * N_ITEMS
    found = Decoder.open(path).decode(nothing, 3, queries=vectors())
    right = [row in [hit for hit, _ in hits] for row, hits in enumerate(found)]
    assert np.mean(right) > 0.8
    first, targets = first_of(Decoder.open(path))
    assert (first == targets).mean() >= 0.9, "histories alone still work"


def test_a_new_item_gets_an_id_from_its_text(folder: Path) -> None:
    tokeniser, decoder = Tokeniser.load(folder / artefact.TOKENISER), Decoder.open(folder)
    codes = tokeniser.codes_of_new(vectors()[:3], decoder.ids)
    assert codes.shape == (3, decoder.ids.codes.shape[1])
    assert not {tuple(code) for code in codes.tolist()} & {tuple(code) for code in decoder.ids.codes.tolist()}


def test_no_history_long_enough_is_said(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="two items"):
        train(
            tmp_path / "model", histories=[np.array([1], np.int32)], vectors=vectors(), item_ids=IDS,
            validation=asked(), minutes=1.0, say=silent,
        )  # fmt: skip


def test_given_ids_are_kept_and_nothing_is_there_to_code_new_items(tmp_path: Path) -> None:
    ids = made_unique(np.column_stack([np.arange(N_ITEMS) // 8, np.arange(N_ITEMS) % 8]))
    path = trained(tmp_path / "model", replace(RECIPE, n_epochs=2), ids=ids)
    assert Decoder.open(path).ids.codes.tolist() == ids.codes.tolist()
    assert artefact.read(path).content_dim == 0
    assert not (path / artefact.TOKENISER).exists()
