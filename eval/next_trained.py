"""The models that are trained: once for a seed and a time, and then read from the cache."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.next_content import text_vectors
from eval.next_lists import ndcg, predict
from eval.next_semantic import recipe_of, train_semantic_ids
from eval.sequences import Sequences

if TYPE_CHECKING:
    from eval.next_models import Histories, Means
    from eval.next_sasrec import Network
    from retrieval.semantic_ids.decode import Decoder
    from retrieval.semantic_ids.ids import SemanticIds
    from retrieval.semantic_ids.indexings import Indexing

_VALIDATED_ON = 2000
_LISTED = 100
"""Items decoded a user."""


def validation(histories: "Histories", data: Sequences, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the histories and targets of (at most 2,000) users by which training may stop early.

    What is fitted on all but the last two items is validated on the last but one.
    """
    users = np.random.default_rng(seed).permutation(len(histories))[:_VALIDATED_ON]
    return [histories[user] for user in users], data.targets(2)[users]


def cached(cache: Path, name: str, histories: "Histories", data: Sequences, **settings: float) -> Path:
    """Return where a model trained on exactly this, in exactly this way, is kept."""
    known = hashlib.sha256(json.dumps([name, sorted(settings.items()), data.items, data.texts]).encode())
    known.update(np.array([len(history) for history in histories], np.int64).tobytes())
    known.update(np.concatenate(list(histories)).astype(np.int64).tobytes())
    return cache / "next" / f"{name}-{known.hexdigest()[:20]}"


class _Softmaxed:
    """Logits as probabilities, so that all items may come."""

    def __init__(self, logits: Callable[[Sequence[np.ndarray]], np.ndarray]) -> None:
        self._logits = logits

    def score(self, histories: Sequence[np.ndarray]) -> np.ndarray:
        logits = self._logits(histories)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        scores: np.ndarray = odds / odds.sum(axis=1, keepdims=True)
        return scores


class SasRec:
    """SASRec with cross-entropy over the whole catalogue."""

    name = "sasrec"
    choices: Sequence[dict[str, float]] = ({},)
    trained = True
    width, dropout = 64, 0.5

    def __init__(self, means: "Means") -> None:
        self._means = means
        self._net: Network | None = None

    def fit(self, histories: "Histories", data: Sequences, **chosen: float) -> None:
        """Train, or read what was trained on the same before."""
        from eval.next_sasrec import Network

        means = self._means
        settings = {"width": self.width, "dropout": self.dropout, "minutes": means.minutes, "seed": means.seed}
        path = cached(means.cache, self.name, histories, data, **settings).with_suffix(".pt")
        self._net = Network(len(data.items), means.seed, self.width, self.dropout)
        if path.exists():
            self._net.load(path)
            return
        asked, targets = validation(histories, data, 0)

        def validate(logits: Callable[[Sequence[np.ndarray]], np.ndarray]) -> float:
            return ndcg(predict(_Softmaxed(logits), asked), targets)

        told = self._net.train(histories, validate, means.minutes * 60, means.say)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._net.save(path)
        path.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")

    def score(self, histories: "Histories") -> np.ndarray:
        """Return probabilities of all items."""
        assert self._net is not None
        return _Softmaxed(self._net.score).score(histories)


class SemanticIdModel:
    """Semantic IDs, decoded as they are served: by beam search without torch."""

    choices: Sequence[dict[str, float]] = ({},)
    trained = True

    def __init__(
        self,
        means: "Means",
        name: str = "semantic_ids",
        *,
        content: bool = True,
        indexing: "Indexing | None" = None,
        **recipe: float,
    ) -> None:
        """Without `content` the network sees of an item its codes alone, as it does under an `indexing`.

        `recipe` is what differs from the default one.
        """
        self.name, self._content, self._indexing, self._recipe = name, content, indexing, recipe
        self._means, self._n_items = means, 0
        self.decoder: Decoder | None = None
        self.folder = Path()
        """Of the trained model, once there is one."""

    def fit(self, histories: "Histories", data: Sequences, **chosen: float) -> None:
        """Train, or open what was trained on the same before."""
        from retrieval.semantic_ids.decode import Decoder

        means, recipe = self._means, replace(recipe_of(content=self._content), **self._recipe)  # type: ignore[arg-type]
        settings = {"minutes": means.minutes, "seed": means.seed, **asdict(recipe)}
        self.folder = cached(means.cache, self.name, histories, data, **settings)
        if not (self.folder / "model.json").exists():
            ids, asked = self._ids(histories, data), validation(histories, data, 0)
            train_semantic_ids(self.folder, histories, data, asked, means, recipe, ids)
        self.decoder, self._n_items = Decoder.open(self.folder), len(data.items)

    def _ids(self, histories: "Histories", data: Sequences) -> "SemanticIds | None":
        if self._indexing is None:
            return None
        from retrieval.semantic_ids.indexings import indexed
        from retrieval.semantic_ids.quantise import ResidualKMeans, n_codes_for

        vectors = text_vectors(data.texts, self._means.embedder, self._means.cache, self._means.say)
        quantiser = ResidualKMeans(n_codes_for(len(data.items)))
        return indexed(self._indexing, vectors, histories, quantiser, self._means.seed)

    def score(self, histories: "Histories") -> np.ndarray:
        """Return the probabilities of the hundred items decoded for each, 0 for all others."""
        assert self.decoder is not None
        scores = np.zeros((len(histories), self._n_items), np.float32)
        found = self.decoder.decode(histories, _LISTED, _LISTED, excluded=histories)
        for row, hits in zip(scores, found, strict=True):
            # Their order is the decoder's, which may hold popularity against an item; the numbers must not reverse it.
            falling = np.minimum.accumulate([log_prob for _, log_prob in hits])
            row[[item for item, _ in hits]] = np.exp(falling) * (1 - 1e-4 * np.arange(len(hits)))
        return scores
