"""Trains the demo's shipped model from a build of its own: python -m retrieval.demo_model [VAR_DIR [MINUTES]]."""

import logging
import shutil
import sys
from pathlib import Path

from retrieval.demo import MODEL, NAME, build_demo
from retrieval.manifest import SEMANTIC_IDS
from retrieval.semantic_ids.artefact import Artefact
from retrieval.trained_build import Material, train_build

_MINUTES = 30.0
_log = logging.getLogger("cicerone.demo_model")


def write_demo_model(var_dir: Path, minutes: float = _MINUTES) -> Artefact:
    """Build the demo, train on its ratings, and put the model where every build of the demo finds it.

    The model is shipped whether or not it is worth using: where it adds nothing, it says so and is off.
    """
    build_demo(var_dir)
    path, about = train_build(var_dir, Material.of(var_dir, NAME), minutes=minutes, report=_tell)
    shutil.rmtree(MODEL, ignore_errors=True)
    shutil.copytree(path / SEMANTIC_IDS, MODEL)
    return about


def _tell(stage: str, done: int, total: int) -> None:
    if done >= total:
        _log.info("%s: %d", stage, total)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var")
    logging.info(write_demo_model(folder, float(sys.argv[2]) if len(sys.argv) > 2 else _MINUTES).metrics)
