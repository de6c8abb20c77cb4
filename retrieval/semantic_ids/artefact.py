"""A trained model as a folder: what it is made of and from, and whether it is whole."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from errors import BundleError

FORMAT = 1
"""Raise it whenever the files change in form; older models are then trained again."""
MODEL, IDS, TOKENISER = "model.json", "ids.npz", "tokeniser.npz"
ENCODER, LEVEL, TABLES, ITEMS = "encoder.onnx", "level_{}.onnx", "embeddings.npz", "items.npz"
_REMEDY = "Train it again: .venv/bin/python app.py train --catalog NAME"


@dataclass(frozen=True)
class Artefact:
    """model.json: the facts about a trained model."""

    sizes: tuple[int, ...]
    """Number of codes the network knows, by level."""
    n_codes: int
    """Codes of a level of the quantiser."""
    n_items: int
    items_sha256: str
    """`items_hash` of the catalogue it was trained on."""
    width: int
    content_dim: int
    """Floats of an item's vector that went into its token; 0 where tokens are codes alone."""
    query_dim: int
    embedder: str
    """Name of the embedder of requests."""
    debias: float
    """How much of an item's popularity is taken out of its score: 0 none, 1 all."""
    seed: int
    trained_at: str
    """ISO date."""
    metrics: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    """Of the training, to tell and to repeat it."""
    format: int = FORMAT


def items_hash(ids: Sequence[str]) -> str:
    """Return a hash of the ids of a catalogue's items in the order of their rows."""
    return hashlib.sha256("\0".join(ids).encode()).hexdigest()


def write(folder: Path, artefact: Artefact) -> None:
    """Write model.json with the hash of every other file of the folder: the last thing to do."""
    files = {path.name: _hash(path) for path in sorted(folder.iterdir()) if path.is_file() and path.name != MODEL}
    (folder / MODEL).write_text(json.dumps(asdict(artefact) | {"files": files}, indent=1), encoding="utf-8")


def read(folder: Path) -> Artefact:
    """Read model.json and check every file it names. Raises BundleError on a folder missing, damaged or of old form."""
    try:
        found = json.loads((folder / MODEL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BundleError(f"{folder} holds no trained model. {_REMEDY}") from None
    except ValueError:
        raise BundleError(f"{folder / MODEL} is damaged. {_REMEDY}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BundleError(f"The trained model in {folder} is of another version of this program. {_REMEDY}")
    try:
        files = dict(found.pop("files"))
        artefact = Artefact(**found | {"sizes": tuple(found["sizes"])})
    except (KeyError, TypeError, ValueError):
        expected = ", ".join(part.name for part in fields(Artefact))
        raise BundleError(f"{folder / MODEL} is damaged: it should hold {expected} and files. {_REMEDY}") from None
    for name, expected in files.items():
        path = folder / Path(name).name
        if not path.is_file() or _hash(path) != expected:
            raise BundleError(f"{path} is {'damaged' if path.is_file() else 'missing'}. {_REMEDY}")
    return artefact


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
