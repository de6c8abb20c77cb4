"""Training: histories → a folder that a `Decoder` serves from. Needs the extra `train`.

Chance is seeded, the best state at validation is kept, and a training that was stopped goes on from its checkpoint.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from errors import BundleError
from retrieval.semantic_ids import artefact
from retrieval.semantic_ids.examples import Examples
from retrieval.semantic_ids.ids import SemanticIds
from retrieval.semantic_ids.model import N_RECENT
from retrieval.semantic_ids.quantise import ResidualKMeans, n_codes_for
from retrieval.semantic_ids.run import Recipe, Run, Say, Validation
from retrieval.semantic_ids.tokeniser import Tokeniser
from retrieval.semantic_ids.vectors import Mixer
from retrieval.semantic_ids.workers import Workers

_CHECKPOINT = "checkpoint.pt"


def train(
    folder: Path,
    *,
    histories: Sequence[np.ndarray],
    vectors: np.ndarray,
    item_ids: Sequence[str],
    validation: Validation,
    minutes: float,
    seed: int = 0,
    say: Say,
    checkpoints: Path | None = None,
    embedder: str = "",
    recipe: Recipe | None = None,
    ids: SemanticIds | None = None,
) -> None:
    """Fit codes and network and write the served folder, model.json last.

    Args:
        folder: of the trained model; replaced.
        histories: rows of items, oldest first; nothing of the validation's targets.
        vectors: (n_items, dim) unit vectors of the items' texts.
        item_ids: of every item, in row order.
        validation: what the best state and the debiasing are chosen by, at most 2,000 histories of it.
        minutes: after which training stops at the latest; the learning rate falls in time for it.
        seed: of the codebooks, the weights and the order of examples.
        say: hears (stage, done, total); the stage of an epoch names the loss of the one before, in nats an item.
        checkpoints: where to keep what a stopped training goes on from; removed at the end.
        embedder: name of what made `vectors`.
        recipe: by default `Recipe()`.
        ids: of the items, instead of codes fitted here; tokens are then codes alone, and no new item gets any.

    Ctrl-C stops and keeps the best state so far; before the first validation it passes through. Started by torchrun,
    all processes train together and the first alone writes. Raises BundleError where no history holds two items.
    """
    if all(len(history) < 2 for history in histories):
        raise BundleError("No history holds two items: there is nothing to learn from. Build with more interactions.")
    workers = Workers()
    recipe = _for_all(recipe or Recipe(), workers.n)
    examples = Examples(histories, len(item_ids), N_RECENT, recipe.batch_size)
    tokeniser = None
    if ids is None:
        say("codes", 0, 1)
        tokeniser, ids = _coded(vectors, histories, examples.counts, seed)
        ids = workers.agreed(ids)
        say("codes", 1, 1)
    content = tokeniser.mixer.vectors() if tokeniser and recipe.content else None
    run = Run(ids, examples, content, vectors, validation, seed, recipe, workers)
    checkpoint = checkpoints / _CHECKPOINT if checkpoints else None
    _go(run, minutes, checkpoint, say)
    workers.part_company()
    if not workers.first:
        return
    debias = run.finish(folder)
    if tokeniser:
        tokeniser.save(folder / artefact.TOKENISER)
    about = _about(run, recipe, ids, item_ids, seed=seed, embedder=embedder, query_dim=vectors.shape[1], debias=debias)
    artefact.write(folder, about)
    if checkpoint:
        checkpoint.unlink(missing_ok=True)


def _for_all(recipe: Recipe, n: int) -> Recipe:
    """Give each of n processes as many pieces a step as one alone takes; steps grow with the root of that."""
    return replace(recipe, batch_size=recipe.batch_size * n, learning_rate=recipe.learning_rate * n**0.5)


def _about(run: Run, recipe: Recipe, ids: SemanticIds, item_ids: Sequence[str], **told: Any) -> artefact.Artefact:
    return artefact.Artefact(
        sizes=ids.sizes, n_codes=max(ids.sizes[:-1]), n_items=len(item_ids), width=recipe.width,
        items_sha256=artefact.items_hash(item_ids), content_dim=run.network.shape.content_dim,
        trained_at=datetime.now(UTC).isoformat(timespec="seconds"), metrics=run.metrics(), settings=asdict(recipe),
        **told,
    )  # fmt: skip


def _coded(
    vectors: np.ndarray, histories: Sequence[np.ndarray], counts: np.ndarray, seed: int
) -> tuple[Tokeniser, SemanticIds]:
    """Fit codes; of items alike, the one seen most often is numbered first."""
    tokeniser = Tokeniser(Mixer(), ResidualKMeans(n_codes_for(len(vectors))))
    order = np.argsort(np.argsort(-counts))
    return tokeniser, tokeniser.fit(np.asarray(vectors, np.float32), histories, seed, order)


def _go(run: Run, minutes: float, checkpoint: Path | None, say: Say) -> None:
    try:
        run.go(minutes * 60, checkpoint, say)
    except KeyboardInterrupt:
        if not run.best:
            raise
