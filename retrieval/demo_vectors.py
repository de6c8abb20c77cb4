"""Writes the shipped vectors of the demo from its current build: python -m retrieval.demo_vectors [VAR_DIR]."""

import sys
from pathlib import Path

import numpy as np

from errors import BundleError
from retrieval.demo import NAME, VECTORS, build_demo
from retrieval.known_vectors import write_artefact
from retrieval.manifest import HASHES, current_build, read_manifest
from retrieval.manifest import VECTORS as FOLDER


def write_demo_vectors(var_dir: Path) -> int:
    """Build the demo, which embeds what is not known yet, and write all its vectors; return the bytes written."""
    build_demo(var_dir)
    path = current_build(var_dir, NAME)
    if path is None:
        raise BundleError(f"The demo was not built in {var_dir}. Run: .venv/bin/python app.py build")
    hashes = np.load(path / HASHES)
    vectors = np.load(path / FOLDER / "vectors.npy").astype(np.float32)
    write_artefact(VECTORS, hashes, vectors, read_manifest(path, NAME).embedder)
    return VECTORS.stat().st_size


if __name__ == "__main__":
    write_demo_vectors(Path(sys.argv[1] if len(sys.argv) > 1 else "var"))
