"""Models of what comes next after a history of items; none looks at anything but the training part."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from errors import InputError
from eval.sequences import Sequences
from retrieval.collaborative_weights import ease_weights, knn_weights
from retrieval.text import tokens

Histories = Sequence[np.ndarray]


class NextModel(Protocol):
    """Scores every item as the next one of a history."""

    name: str
    choices: Sequence[dict[str, float]]
    """Settings to choose among by the validation position; the first is the default."""

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        """Learn from these histories, and from the items' texts in `data`; never from what its sequences hold back."""
        ...

    def score(self, histories: Histories) -> np.ndarray:
        """Return (n_histories, n_items) float32; what a history holds already may have any score."""
        ...


class Popularity:
    """How many took it."""

    name = "popularity"
    choices: Sequence[dict[str, float]] = ({},)

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        """Count."""
        self._counts = np.bincount(np.concatenate(list(histories)), minlength=len(data.items)).astype(np.float32)

    def score(self, histories: Histories) -> np.ndarray:
        """Give everyone the same."""
        return np.broadcast_to(self._counts, (len(histories), len(self._counts))).copy()


class ItemToItem:
    """Weights from each item of the history to the others, summed; later items may count more."""

    def __init__(
        self,
        name: str,
        weigh: Callable[..., sparse.csr_matrix],
        decays: Sequence[float] = (1.0, 0.8, 0.5, 0.0),
        **grid: Sequence[float],
    ) -> None:
        """`weigh` makes (n_items, n_items) weights of (histories, data, **one choice of the grid)."""
        self.name = name
        self._weigh = weigh
        choices: list[dict[str, float]] = [{}]
        for setting, values in grid.items():
            choices = [{**choice, setting: value} for choice in choices for value in values]
        self.choices: Sequence[dict[str, float]] = [
            {**choice, "decay": decay} for choice in choices for decay in decays
        ]
        self._made: tuple[Any, sparse.csr_matrix] | None = None

    def fit(self, histories: Histories, data: Sequences, **chosen: float) -> None:
        """Weigh items, unless they are weighed already by the same histories and settings."""
        self._decay = chosen.pop("decay", 1.0)
        key = (id(histories), tuple(sorted(chosen.items())))
        if self._made is None or self._made[0] != key:
            self._made = key, self._weigh(histories, data, **chosen)

    def score(self, histories: Histories) -> np.ndarray:
        """Sum the weights; with decay d, the n-th last item counts dⁿ⁻¹."""
        assert self._made is not None
        weights = self._made[1]
        worth = [self._decay ** np.arange(len(history))[::-1] for history in histories]
        users = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
        entries = np.concatenate(worth).astype(np.float32), (users, np.concatenate(list(histories)))
        taken = sparse.csr_matrix(entries, shape=(len(histories), weights.shape[0]))
        taken.eliminate_zeros()
        scores: np.ndarray = (taken @ weights).toarray()
        return scores


def _likes(histories: Histories, n_items: int) -> sparse.csr_matrix:
    users = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    shape = (len(histories), n_items)
    likes = sparse.csr_matrix((np.ones(len(users), np.float32), (users, np.concatenate(list(histories)))), shape=shape)
    likes.data[:] = 1
    return likes


def _transitions(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    """How often one item came right after another."""
    pairs = Counter(pair for history in histories for pair in zip(history[:-1].tolist(), history[1:].tolist()))  # noqa: B905
    rows, columns = np.array(list(pairs), np.int32).reshape(-1, 2).T
    counts = np.fromiter(pairs.values(), np.float32, len(pairs))
    return sparse.csr_matrix((counts, (rows, columns)), shape=(len(data.items),) * 2)


def _together(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    """How many took both."""
    likes = _likes(histories, len(data.items))
    both = (likes.T @ likes).tocsr()
    both.setdiag(0)
    return both


def _knn(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    return knn_weights(_likes(histories, len(data.items)))


def _ease(histories: Histories, data: Sequences, regularisation: float) -> sparse.csr_matrix:
    n_items = len(data.items)
    return ease_weights(_likes(histories, n_items), 200, min(n_items, 15_000), regularisation)


def _content(histories: Histories, data: Sequences) -> sparse.csr_matrix:
    """Cosine of TF-IDF texts, the hundred nearest of each item."""
    words = [Counter(tokens(text)) for text in data.texts]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(word for counted in words for word in counted))}
    rows = np.repeat(np.arange(len(words)), [len(counted) for counted in words])
    columns = np.array([vocabulary[word] for counted in words for word in counted], np.int32)
    n_with = np.bincount(columns, minlength=len(vocabulary))
    counts = np.array([n for counted in words for n in counted.values()], np.float32)
    values = (1 + np.log(counts)) * np.log(len(words) / n_with)[columns]
    length = np.sqrt(np.bincount(rows, values**2, minlength=len(words)))
    vectors = sparse.csr_matrix((values / length[rows], (rows, columns)), shape=(len(words), len(vocabulary)))
    parts = []
    for start in range(0, len(words), 256):
        near = (vectors[start : start + 256] @ vectors.T).toarray()
        near[np.arange(len(near)), np.arange(start, start + len(near))] = 0
        floor = np.partition(near, -min(100, near.shape[1]), axis=1)[:, -min(100, near.shape[1])]
        parts.append(sparse.csr_matrix(np.where(near >= np.maximum(floor, 1e-9)[:, None], near, 0).astype(np.float32)))
    return sparse.vstack(parts).tocsr()


def models() -> tuple[NextModel, ...]:
    """Make one of every model there is, unfitted."""
    return (
        Popularity(),
        ItemToItem("transitions", _transitions),
        ItemToItem("co-occurrence", _together),
        ItemToItem("item-knn", _knn),
        ItemToItem("ease", _ease, regularisation=(300.0, 50.0, 1000.0)),
        ItemToItem("content", _content),
    )


def select(names: Sequence[str], data: Sequences) -> list[NextModel]:
    """Return these models, or all the data allows for. Raises InputError naming one that does not exist."""
    known = models()
    if unknown := [name for name in names if name not in {model.name for model in known}]:
        raise InputError(f"There is no model {unknown[0]!r}. Choose among {', '.join(model.name for model in known)}.")
    usable = [model for model in known if model.name != "content" or any(data.texts)]
    return [model for model in usable if not names or model.name in names]
