"""Models of what comes next after a history of items; none looks at anything but the training part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy import sparse

from errors import InputError
from eval import next_weights
from eval.next_content import meaning_weights, text_vectors, word_weights
from eval.sequences import Sequences
from retrieval.embed import Embedder

Histories = Sequence[np.ndarray]
Say = Callable[[str, int, int], None]
_EASE_IS_DEAR = 8_000
"""Items above which EASE takes a minute a fit, so that its regularisation is not searched."""


_ONLY_ASKED = "semantic_ids_codes_alone"
"""A model that is scored only where it is named."""


@dataclass(frozen=True)
class Means:
    """What models may use to be made."""

    embedder: Embedder
    cache: Path
    """Folder in which vectors of texts and trained models are kept."""
    minutes: float = 15
    """Processor time one trained model may take to train."""
    seed: int = 0
    say: Say = lambda *_: None


class NextModel(Protocol):
    """Scores every item as the next one of a history."""

    name: str
    choices: Sequence[dict[str, float]]
    """Settings to choose among by the validation position; the first is the default."""
    trained: bool
    """Whether it is trained, with a seed, and then never fitted again."""

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        """Learn from these histories, and from the items' texts in `data`; never from what its sequences hold back.

        What is trained may stop early by the validation position.
        """
        ...

    def score(self, histories: Histories) -> np.ndarray:
        """Return (n_histories, n_items) float32, above 0 for what may come; a history's own items may have any."""
        ...


class Popularity:
    """How many took it."""

    name = "popularity"
    choices: Sequence[dict[str, float]] = ({},)
    trained = False

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        """Count."""
        self._counts = np.bincount(np.concatenate(list(histories)), minlength=len(data.items)).astype(np.float32)

    def score(self, histories: Histories) -> np.ndarray:
        """Give everyone the same."""
        return np.broadcast_to(self._counts, (len(histories), len(self._counts))).copy()


class ItemToItem:
    """Weights from each item of the history to the others, summed; later items may count more."""

    trained = False

    def __init__(
        self,
        name: str,
        weigh: Callable[..., sparse.csr_matrix],
        decays: Sequence[float] = (1.0, 0.8, 0.5, 0.0),
        n_recent: int | None = None,
        **grid: Sequence[float],
    ) -> None:
        """`weigh` makes (n_items, n_items) weights of (histories, data, **one choice of the grid)."""
        self.name = name
        self._weigh, self._n_recent = weigh, n_recent
        choices: list[dict[str, float]] = [{}]
        for setting, values in grid.items():
            choices = [{**choice, setting: value} for choice in choices for value in values]
        self.choices: Sequence[dict[str, float]] = [
            {**choice, "decay": decay} for choice in choices for decay in decays
        ]
        self._of: Histories | None = None
        self._made: dict[tuple[tuple[str, float], ...], sparse.csr_matrix] = {}

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        """Weigh items, unless they are weighed already by the same histories and settings."""
        self._decay = chosen.pop("decay", 1.0)
        if self._of is not histories:
            self._of, self._made = histories, {}
        key = tuple(sorted(chosen.items()))
        if key not in self._made:
            self._made[key] = self._weigh(histories, data, **chosen)
        self._weights = self._made[key]

    def score(self, histories: Histories) -> np.ndarray:
        """Sum the weights; with decay d, the n-th last item counts dⁿ⁻¹."""
        recent = [history[-self._n_recent :] if self._n_recent else history for history in histories]
        worth = [self._decay ** np.arange(len(history))[::-1] for history in recent]
        users = np.repeat(np.arange(len(recent)), [len(history) for history in recent])
        entries = np.concatenate(worth).astype(np.float32), (users, np.concatenate(recent))
        taken = sparse.csr_matrix(entries, shape=(len(recent), self._weights.shape[0]))
        taken.eliminate_zeros()
        scores: np.ndarray = (taken @ self._weights).toarray()
        return scores


def models(data: Sequences, means: Means) -> tuple[NextModel, ...]:
    """Make one of every model there is, unfitted."""
    from eval.next_trained import SasRec, SemanticIdModel

    def content(histories: Histories, data: Sequences, power: float) -> sparse.csr_matrix:
        """Power 0 stands for words instead of meaning."""
        if not power:
            return word_weights(data)
        return meaning_weights(text_vectors(data.texts, means.embedder, means.cache, means.say), data.texts, power)

    lambdas = (300.0, 50.0, 1000.0) if len(data.items) <= _EASE_IS_DEAR else (100.0,)
    return (
        Popularity(),
        ItemToItem("transitions", next_weights.transitions),
        ItemToItem("co-occurrence", next_weights.together),
        ItemToItem(
            "sequential", next_weights.sequential, (0.8, 0.6), 10, given=(0.0, 0.25, 0.5), taken=(0.5, 0.3, 0.15)
        ),
        ItemToItem("item-knn", next_weights.knn),
        ItemToItem("ease", next_weights.ease, regularisation=lambdas),
        ItemToItem("content", content, (0.8, 0.5), 5, power=(2.0, 4.0, 0.0)),
        SasRec(means),
        SemanticIdModel(means),
        SemanticIdModel(means, _ONLY_ASKED, content=False),
    )


def select(names: Sequence[str], data: Sequences, means: Means) -> list[NextModel]:
    """Return these models, or all the data and the machine allow for. Raises InputError naming one that cannot be."""
    known = models(data, means)
    if unknown := [name for name in names if name not in {model.name for model in known}]:
        raise InputError(f"There is no model {unknown[0]!r}. Choose among {', '.join(model.name for model in known)}.")
    can_train = find_spec("torch") is not None
    if lacking := [model.name for model in known if model.name in names and model.trained and not can_train]:
        raise InputError(f"{lacking[0]} needs torch to train. Run: make torch, or leave it out of --models.")
    usable = [
        model for model in known if (model.name != "content" or any(data.texts)) and (can_train or not model.trained)
    ]
    return [model for model in usable if (model.name in names if names else model.name != _ONLY_ASKED)]


def reseeded(model: NextModel, data: Sequences, means: Means, seed: int) -> NextModel:
    """Return the same kind of model, unfitted, with another seed."""
    [again] = select([model.name], data, replace(means, seed=seed))
    return again
