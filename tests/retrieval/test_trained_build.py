"""A model is trained beside the build in use, goes on after a kill, and becomes part of the next build in one step."""

import errno
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from shelf import WordVectors, write_generator

from errors import BundleError
from retrieval import trained_build
from retrieval.building import BuildReport, build_bundle
from retrieval.builds import UNFINISHED_TRAINING, roll_back
from retrieval.bundle import Bundle, open_bundle
from retrieval.importing import import_table
from retrieval.manifest import current_build, read_manifest
from retrieval.semantic_ids import artefact
from retrieval.trained_build import Material, train_build

N_ITEMS = 12
IDS = [f"i{i}" for i in range(N_ITEMS)]


def build(var: Path, ids: Sequence[str] = IDS, n_users: int = 60, n_taken: int = 4, **options: Any) -> BuildReport:
    table = pa.table({"item_id": list(ids), "title": [f"Toy number {item_id}" for item_id in ids]})
    steps = [(user, step) for user in range(n_users) for step in range(n_taken)]
    taken = [(user, IDS[(user + step) % N_ITEMS], 5 - step % 2, step) for user, step in steps]
    likes = pa.table({name: [one[i] for one in taken] for i, name in enumerate(("user", "item_id", "rating", "time"))})
    made = import_table(table, likes if n_users else None)
    return build_bundle(made, "toys", var, embedder=WordVectors(), **options)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("once")
    build(var)
    return var


@pytest.fixture
def var(once: Path, tmp_path: Path) -> Path:
    """A folder of its own with the catalogue built; building takes most of the time."""
    return shutil.copytree(once, tmp_path / "var")


def built(var: Path) -> Path:
    path = current_build(var, "toys")
    assert path is not None
    return path


def opened(var: Path) -> Bundle:
    return open_bundle(var, "toys", WordVectors())


class Trainer:
    """Writes random weights instead of training; dies at the first call where it is told to."""

    def __init__(self, dies: bool = False) -> None:
        self.dies = dies
        self.calls: list[dict[str, Any]] = []
        self.found: list[str] = []

    def __call__(self, folder: Path, **given: Any) -> None:
        self.calls.append(given)
        self.found = [path.name for path in given["checkpoints"].iterdir()]
        (given["checkpoints"] / "epoch-1").write_text("")
        if self.dies:
            raise KeyboardInterrupt
        write_generator(folder, given["item_ids"])


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained_build, "judged", lambda *_: {"recall@10": 0.5, "why_off": ""})


def train(var: Path, trainer: Trainer, **options: Any) -> Path:
    path, _ = train_build(var, Material.of(var, "toys"), minutes=1, trainer=trainer, **options)
    return path


@pytest.mark.usefixtures("on")
def test_the_next_build_has_the_model_and_everything_else_as_it_was(var: Path) -> None:
    before = built(var)
    assert opened(var).generator is None
    path = train(var, Trainer())
    assert built(var) == path != before
    bundle = opened(var)
    assert bundle.generator is not None
    assert bundle.generator.about.metrics["n_histories"] == 60
    files = read_manifest(before, "toys").files
    assert {name: bundle.manifest.files[name] for name in files} == files
    assert bundle.manifest.build_id == path.name
    assert (path / "catalog.duckdb").stat().st_ino == (before / "catalog.duckdb").stat().st_ino
    assert not (path.parent / UNFINISHED_TRAINING).exists()


@pytest.mark.usefixtures("on")
def test_a_rollback_leads_back_to_the_build_without(var: Path) -> None:
    before = built(var)
    train(var, Trainer())
    assert roll_back(var, "toys") == before.name
    assert opened(var).generator is None


def test_one_that_adds_nothing_is_kept_but_off(var: Path) -> None:
    path = train(var, Trainer())
    assert artefact.read(path / "semantic_ids").metrics["why_off"]
    assert opened(var).generator is None


@pytest.mark.usefixtures("on")
def test_it_learns_from_likes_but_not_from_the_endings_that_judge(var: Path) -> None:
    trainer = Trainer()
    train(var, trainer, seed=3)
    [given] = trainer.calls
    assert given["item_ids"] == IDS
    assert given["seed"] == 3
    assert given["embedder"] == "words"
    assert given["vectors"].shape == (N_ITEMS, WordVectors.dim)
    assert len(given["histories"]) == 60
    assert {len(history) for history in given["histories"]} == {3}
    assert {len(history) for history in given["validation"][0]} == {3}
    ahead = (given["histories"][0] + 3) % N_ITEMS
    assert int(ahead[0]) not in given["histories"][0]


@pytest.mark.usefixtures("on")
def test_a_stopped_training_goes_on_with_its_checkpoints_also_after_another_build(var: Path) -> None:
    before = built(var)
    with pytest.raises(KeyboardInterrupt):
        train(var, Trainer(dies=True))
    assert built(var) == before
    build(var)
    trainer = Trainer()
    train(var, trainer)
    assert trainer.found == ["epoch-1"]


@pytest.mark.usefixtures("on")
def test_one_on_something_else_starts_anew_and_forgets_the_other(var: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(var, Trainer(dies=True))
    trainer = Trainer()
    train(var, trainer, seed=1)
    assert trainer.found == []


@pytest.mark.usefixtures("on")
def test_of_two_at_once_the_second_is_refused_and_leaves_the_first_alone(var: Path) -> None:
    def trains(folder: Path, **given: Any) -> None:
        with pytest.raises(BundleError, match="Another training of 'toys' is running"):
            train(var, Trainer(), seed=1)
        Trainer()(folder, **given)

    path, _ = train_build(var, Material.of(var, "toys"), minutes=1, trainer=trains)
    assert built(var) == path


def test_a_full_disk_is_said_in_a_sentence_and_what_was_reached_stays(var: Path) -> None:
    def fails(folder: Path, **given: Any) -> None:
        (given["checkpoints"] / "epoch-1").write_text("")
        raise OSError(errno.ENOSPC, "No space left on device")

    before = built(var)
    with pytest.raises(BundleError, match=r"Cannot write to .* \(No space left on device\)"):
        train_build(var, Material.of(var, "toys"), minutes=1, trainer=fails)
    assert built(var) == before
    trainer = Trainer()
    train(var, trainer)
    assert trainer.found == ["epoch-1"]


def test_what_was_trained_is_not_trained_again_where_the_rest_failed(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def fails(*_: Any) -> dict[str, Any]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(trained_build, "judged", fails)
        train(var, Trainer())
    trainer = Trainer()
    train(var, trainer)
    assert not trainer.calls
    assert read_manifest(built(var), "toys").has("semantic_ids")


@pytest.mark.usefixtures("on")
def test_a_catalogue_built_anew_while_it_was_trained_gets_the_model_for_its_items(var: Path) -> None:
    material = Material.of(var, "toys")
    kept = IDS[::-1][:9]
    build(var, kept)
    train_build(var, material, minutes=1, trainer=Trainer())
    generator = opened(var).generator
    assert generator is not None
    codes = dict(zip(kept, generator.decoder.ids.codes.tolist(), strict=True))
    assert codes["i3"][:2] == [0, 1]
    assert codes["i11"][:2] == [2, 1]


@pytest.mark.parametrize(
    ("n_users", "options", "said"),
    [
        (0, {}, "without interactions.*--interactions FILE"),
        (20, {}, "Only 20 people"),
        (60, {"n_taken": 2}, "Only 0 people of 'toys' liked three things"),
        (60, {"vectors": False}, "without vectors"),
    ],
)
def test_what_cannot_be_learned_from_is_said_with_the_remedy(
    tmp_path: Path, n_users: int, options: dict[str, Any], said: str
) -> None:
    build(tmp_path, n_users=n_users, **options)
    with pytest.raises(BundleError, match=said):
        Material.of(tmp_path, "toys")


def test_a_build_of_before_there_were_histories_says_to_build_again(var: Path) -> None:
    path = built(var)
    manifest = json.loads((path / "manifest.json").read_text())
    del manifest["files"]["histories.npz"]
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="before histories were kept"):
        Material.of(var, "toys")


def test_without_torch_the_remedy_is_one_sentence(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BundleError, match="make torch"):
        train_build(var, Material.of(var, "toys"), minutes=1)


def test_histories_hold_nobody(var: Path) -> None:
    path = built(var)
    with np.load(path / "histories.npz") as stored:
        assert sorted(stored.files) == ["lengths", "liked", "rows"]
