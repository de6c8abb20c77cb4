"""A trained build: the files of the current one beside a new model of what comes next, made current in one step."""

import hashlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from errors import BundleError
from retrieval.builds import UNFINISHED_TRAINING, fresh_build, locked, seal, unwritable
from retrieval.catalog import Catalog
from retrieval.histories import Histories
from retrieval.importing.imported import Progress, no_progress
from retrieval.known_vectors import stored_vectors
from retrieval.manifest import (
    CATALOG,
    HASHES,
    HISTORIES,
    SEMANTIC_IDS,
    Manifest,
    catalogs_folder,
    current_build,
    read_manifest,
    remedy,
    verify,
)
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.artefact import Artefact
from retrieval.semantic_ids.carrying import carry_over
from retrieval.semantic_ids.decode import Decoder
from retrieval.semantic_ids.validation import LEAST_LENGTH, Split, judged, split

LEAST_HISTORIES = 50
"""Of three items or more, whose last can be held out; fewer teach nothing that could be told from chance."""
_LOCK = "TRAINING"
Trainer = Callable[..., None]
"""`retrieval.semantic_ids.training.train`."""


@dataclass(frozen=True)
class Material:
    """What a catalogue's current build has to learn from."""

    name: str
    path: Path
    manifest: Manifest
    ids: Sequence[str]
    histories: list[np.ndarray]
    """What each of its people liked, oldest first, at least two items."""

    @classmethod
    def of(cls, var_dir: Path, name: str) -> "Material":
        """Read it. Raises BundleError, with the remedy, where something is missing or damaged."""
        path = current_build(var_dir, name)
        if path is None or not path.is_dir():
            raise BundleError(f"There is no catalogue {name!r} in {var_dir}. {remedy(name)}")
        manifest = read_manifest(path, name)
        verify(path, manifest, name)
        if not manifest.embedder:
            raise BundleError(f"{name!r} was built without vectors, from which items get their codes. {remedy(name)}")
        if not manifest.n_interactions:
            raise BundleError(f"{name!r} was built without interactions. {remedy(name)} --interactions FILE")
        if not manifest.has(HISTORIES):
            raise BundleError(f"{name!r} was built before histories were kept. {remedy(name)} --interactions FILE")
        histories = Histories.load(path / HISTORIES).of_likes()
        n_long = sum(len(history) >= LEAST_LENGTH for history in histories)
        if n_long < LEAST_HISTORIES:
            raise BundleError(
                f"Only {n_long} people of {name!r} liked three things or more; training needs {LEAST_HISTORIES}."
            )
        return cls(name, path, manifest, Catalog(path / CATALOG, name).ids, histories)

    @property
    def vectors(self) -> np.ndarray:
        """(n_items, dim) float32, of the items' texts."""
        return np.asarray(stored_vectors(self.path), np.float32)

    def fingerprint(self, seed: int) -> str:
        """Return a name for a training on exactly this; one that was stopped is gone on with under the same."""
        parts = [self.manifest.files[name].sha256 for name in (HISTORIES, HASHES)]
        told = "/".join([*parts, artefact.items_hash(self.ids), self.manifest.embedder, str(seed)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def require_torch() -> None:
    """Raise BundleError where the extra for training is not installed."""
    if importlib.util.find_spec("torch") is None:
        raise BundleError("Training needs PyTorch, which is not installed. Run: make torch")


def train_build(
    var_dir: Path,
    material: Material,
    *,
    minutes: float,
    seed: int = 0,
    report: Progress = no_progress,
    trainer: Trainer | None = None,
) -> tuple[Path, Artefact]:
    """Train, measure, and make a build with the new model current; return its folder and what there is to tell.

    A training that was stopped goes on where it was; the catalogue may be built anew meanwhile, the model is then
    carried over. Raises BundleError where the extra is missing, another build or training of the catalogue is running
    or the disk is full.
    """
    parent = catalogs_folder(var_dir, material.name)
    home = parent / UNFINISHED_TRAINING
    with _alone(parent, material.name):
        made, about = _trained(home, material, minutes, seed, report, trainer)
        path = _with_model(var_dir, material, made, report)
        shutil.rmtree(home, ignore_errors=True)
    return path, about


def _trained(
    home: Path, material: Material, minutes: float, seed: int, report: Progress, trainer: Trainer | None
) -> tuple[Path, Artefact]:
    """Train in a folder, or go on there, and measure; return where the model is and what there is to tell."""
    made = home / material.fingerprint(seed)
    _forget(home, but={made.name, _checkpoints(made).name})
    parts = split(material.histories, seed)
    if not (made / artefact.MODEL).exists():
        _checkpoints(made).mkdir(parents=True, exist_ok=True)
        shutil.rmtree(made, ignore_errors=True)
        _train(made, parts, material, minutes, seed, report, trainer)
    measured = judged(
        Decoder.open(made), parts, len(material.ids), lambda done, total: report("measuring", done, total)
    )
    about = artefact.read(made)
    about = replace(about, metrics={**about.metrics, **measured, "n_histories": len(material.histories)})
    artefact.write(made, about)
    return made, about


def take_part(var_dir: Path, material: Material, *, minutes: float, seed: int = 0) -> None:
    """Train along with the first of several processes, which leads and alone writes anything."""
    made = catalogs_folder(var_dir, material.name) / UNFINISHED_TRAINING / material.fingerprint(seed)
    if not (made / artefact.MODEL).exists():
        _train(made, split(material.histories, seed), material, minutes, seed, no_progress)


def _train(
    made: Path, parts: Split, material: Material, minutes: float, seed: int, report: Progress,
    trainer: Trainer | None = None,
) -> None:  # fmt: skip
    (trainer or _trainer())(
        made, histories=parts.train, vectors=material.vectors, item_ids=material.ids, validation=parts.stop,
        minutes=minutes, seed=seed, say=report, checkpoints=_checkpoints(made), embedder=material.manifest.embedder,
    )  # fmt: skip


def _checkpoints(made: Path) -> Path:
    return made.with_name(f"{made.name}-checkpoints")


@contextmanager
def _alone(parent: Path, name: str) -> Iterator[None]:
    """Hold the catalogue's training; a disk that does not take what it writes is said in one sentence."""
    try:
        with locked(parent / _LOCK, f"Another training of {name!r} is running."):
            yield
    except OSError as error:
        raise unwritable(parent, error) from error


def _trainer() -> Trainer:
    require_torch()
    from retrieval.semantic_ids.training import train

    return train


def _forget(home: Path, but: set[str]) -> None:
    """Remove what trainings on something else had reached."""
    for path in home.iterdir() if home.is_dir() else ():
        if path.name not in but:
            shutil.rmtree(path, ignore_errors=True)


def _with_model(var_dir: Path, material: Material, made: Path, report: Progress) -> Path:
    """Make a build of the current one's files and this model, and make it current."""
    with fresh_build(var_dir, material.name) as folder:
        current = current_build(var_dir, material.name)
        if current is None:
            raise BundleError(f"The catalogue {material.name!r} was removed while its model was trained.")
        manifest = read_manifest(current, material.name)
        if manifest.embedder != material.manifest.embedder:
            raise BundleError(
                f"The catalogue {material.name!r} was built with another embedder while its model was trained. "
                f"Run: .venv/bin/python app.py train --catalog {material.name}"
            )
        kept = {name: entry for name, entry in manifest.files.items() if not name.startswith(f"{SEMANTIC_IDS}/")}
        for name in kept:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _link(current / name, folder / name)
        ids = Catalog(folder / CATALOG, material.name).ids
        carry_over(made, material.ids, folder / SEMANTIC_IDS, ids, stored_vectors(folder))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        seal(folder, manifest.model_copy(update={"build_id": folder.name, "built_at": now}), report, kept)
    return folder


def _link(source: Path, target: Path) -> None:
    """Give a file of one build to another as well; where the disk knows no links, as a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
