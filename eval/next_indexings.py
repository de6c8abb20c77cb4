"""What an ID should follow: one small model for each classical indexing, all trained alike, on codes alone."""

from typing import Any

from eval.next_lists import predict
from eval.next_models import Means
from eval.next_rows import by_times_seen, row
from eval.next_trained import SemanticIdModel
from eval.sequences import Sequences
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.describe import report
from retrieval.semantic_ids.indexings import INDEXINGS, Indexing

N_EPOCHS = 8
_METRICS = ("R@5", "R@10", "R@50", "NDCG@5", "NDCG@10", "coverage")
_NEED_TEXTS: tuple[Indexing, ...] = ("semantic", "hybrid")


def score_indexings(data: Sequences, means: Means, n_epochs: int = N_EPOCHS) -> dict[str, dict[str, Any]]:
    """Train a model an indexing, or open what is trained, and score it at the last position.

    Each trains for `n_epochs` or the minutes of `means`, whichever end first. Those made of texts are left out where
    no item has one. Raises BundleError where nothing can be trained here.
    """
    from retrieval.trained_build import require_torch

    require_torch()
    kinds = [kind for kind in INDEXINGS if any(data.texts) or kind not in _NEED_TEXTS]
    rows: dict[str, dict[str, Any]] = {}
    for i, kind in enumerate(kinds):
        rows[kind] = _scored(kind, data, means, n_epochs)
        means.say("indexings", i + 1, len(kinds))
    return rows


def _scored(kind: Indexing, data: Sequences, means: Means, n_epochs: int) -> dict[str, Any]:
    model = SemanticIdModel(means, f"indexing-{kind}", content=False, indexing=kind, n_epochs=n_epochs)
    model.fit(data.histories(2), data)
    lists = predict(model, data.histories(1))
    cells = row([lists], data, 0.0, means.seed)
    seen = {f"R@10, seen {name}": value for name, value in by_times_seen([lists], data).items()}
    assert model.decoder is not None
    ids, told = report(model.decoder.ids), artefact.read(model.folder).metrics
    return {
        **{name: cells[name] for name in _METRICS},
        **seen,
        "distinct": ids.n_distinct,
        "colliding": round(ids.colliding, 4),
        "first-level perplexity": round(ids.levels[0].perplexity, 1),
        "epochs": told["n_epochs"],
        "seconds": told["seconds"],
    }
