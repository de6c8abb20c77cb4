"""The trained model of a bundle: whether it is in use, and what there is to tell about it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import BundleError
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.artefact import Artefact
from retrieval.semantic_ids.decode import Decoder

_log = logging.getLogger("cicerone.semantic_ids")


@dataclass(frozen=True)
class Standing:
    """Whether the model of a folder can and should be used."""

    about: Artefact | None
    """None where it cannot be read."""
    why_off: str = ""
    """One sentence, or "" where it is in use."""
    usable: bool = True
    """False where it could not be used even if it were worth it."""

    @classmethod
    def of(cls, folder: Path, ids: Sequence[str]) -> "Standing":
        """Look at a folder; `ids` are those of the catalogue's items, in row order."""
        try:
            about = artefact.read(folder)
        except BundleError as error:
            return cls(None, str(error), usable=False)
        if about.items_sha256 != artefact.items_hash(ids):
            again = "Train it again: .venv/bin/python app.py train --catalog NAME"
            return cls(about, f"It was trained for other items. {again}", usable=False)
        return cls(about, str(about.metrics.get("why_off", "")))


@dataclass(frozen=True)
class Generator:
    """A model in use."""

    about: Artefact
    decoder: Decoder

    @property
    def takes_queries(self) -> bool:
        """Whether it was trained to hear a request beside a history."""
        return bool(self.about.settings.get("asked"))


def open_generator(folder: Path, ids: Sequence[str]) -> Generator | None:
    """Open the model of a folder, or return None where it is switched off or cannot be used: a bundle works without."""
    standing = Standing.of(folder, ids)
    why_off = standing.why_off
    if standing.about and not why_off:
        try:
            return Generator(standing.about, Decoder.open(folder))
        except BundleError as error:
            why_off = str(error)
    _log.info("generate_items is off: %s", why_off)
    return None
