"""A trained network → the files it is served from. Needs the extra `train`."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retrieval.semantic_ids.artefact import IDS
from retrieval.semantic_ids.graphs import write_items, write_network
from retrieval.semantic_ids.ids import SemanticIds

if TYPE_CHECKING:
    from retrieval.semantic_ids.model import NextCodes


def export(
    model: "NextCodes", folder: Path, ids: SemanticIds, counts: np.ndarray, vectors: np.ndarray | None = None
) -> None:
    """Write everything a `Decoder` needs but model.json, which `artefact.write` adds once the folder is complete.

    Args:
        model: weights are rounded to float16, so a served model equals `model.half().float()`.
        folder: made where there is none; files of the same names are replaced.
        ids: of every item of the catalogue, in row order.
        counts: (n_items,) how often each item was seen in training, for the debiasing.
        vectors: (n_items, content_dim) where the tokens of the model carry item vectors.
    """
    weights = {name: value.detach().cpu().float().numpy() for name, value in model.state_dict().items()}
    folder.mkdir(parents=True, exist_ok=True)
    ids.save(folder / IDS)
    write_network(weights, model.shape.n_heads, folder)
    write_items(weights, counts, vectors, folder)
