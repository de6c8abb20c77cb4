"""Whether a trained model is worth using: what it adds, on histories it has not seen end, to what co-liking finds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrieval.collaborative import Ties
from retrieval.collaborative_likes import likes_of
from retrieval.collaborative_weights import ease_weights, knn_weights
from retrieval.fuse import rrf
from retrieval.semantic_ids.decode import Decoder

LEAST_LENGTH = 3
"""Items of a history whose last may be held out: two must be left."""
_HELD_OUT = 4000
"""Histories whose last item is held out, at most; of the others the whole is learned from."""
_STOPPED_BY = 0.3
"""Share of these that training is stopped by; the others judge."""
_TOP = 10
_DEPTH = 100
_WEIGHTS = (0.25, 0.5, 1.0, 2.0)
_SURE = 1.96

Pairs = tuple[list[np.ndarray], np.ndarray]
"""Histories, and the row (n,) that comes next after each."""


@dataclass(frozen=True)
class Split:
    """Histories to learn from, and endings held out."""

    train: list[np.ndarray]
    stop: Pairs
    """To stop by, and to choose a weight."""
    judge: Pairs


def split(histories: Sequence[np.ndarray], seed: int) -> Split:
    """Hold out the last item of (at most 4,000) histories of at least 3 items."""
    long = [i for i, history in enumerate(histories) if len(history) >= LEAST_LENGTH]
    held = np.random.default_rng(seed).permutation(long)[:_HELD_OUT].astype(np.int64)
    n_stop = round(len(held) * _STOPPED_BY)
    ends = set(held.tolist())
    train = [history[:-1] if i in ends else history for i, history in enumerate(histories)]
    return Split(train, _ended(histories, held[:n_stop]), _ended(histories, held[n_stop:]))


def _ended(histories: Sequence[np.ndarray], held: np.ndarray) -> Pairs:
    chosen = [histories[i] for i in held]
    return [history[:-1] for history in chosen], np.array([history[-1] for history in chosen], np.int32)


def judged(decoder: Decoder, parts: Split, n_items: int, tell: Callable[[int, int], None]) -> dict[str, Any]:
    """Return recall@10 of the model, of co-occurrence, of EASE and of fusions, and why it should be off ("" for on).

    It is on where it adds to the reciprocal-rank fusion of the others, pair by pair, by more than noise (95 %). Its
    weight there is chosen by the histories it was stopped by. `tell` hears (done, total).
    """
    tell(0, 3)
    others = _Others(parts.train, n_items)
    tell(1, 3)
    trials = _listed(decoder, others, parts.stop[0])
    weight = max(_WEIGHTS, key=lambda one: _mean(_found(trials.fused(one), parts.stop[1])))
    tell(2, 3)
    lists, targets = _listed(decoder, others, parts.judge[0]), parts.judge[1]
    without, with_it = _found(lists.fused(0.0), targets), _found(lists.fused(weight), targets)
    gains = with_it - without
    noise = _SURE * float(gains.std(ddof=1)) / np.sqrt(len(gains)) if len(gains) > 1 else np.inf
    tell(3, 3)
    metrics = {
        "n": len(targets),
        "recall@10": _mean(_found(lists.generated, targets)),
        "co_occurrence": _mean(_found(lists.co_occurrence, targets)),
        "ease": _mean(_found(lists.ease, targets)),
        "fused_without": _mean(without),
        "fused": _mean(with_it),
        "weight": weight,
        "gain": _mean(gains),
        "noise": round(float(noise), 4) if np.isfinite(noise) else None,
    }
    return metrics | {"why_off": _why_off(metrics)}


def _why_off(metrics: dict[str, Any]) -> str:
    if metrics["noise"] is None:
        return "There are too few histories to tell whether it adds anything."
    if metrics["gain"] > metrics["noise"]:
        return ""
    return (
        f"It does not add to what co-occurrence and EASE find: recall@10 {metrics['fused']:.3f} with it and "
        f"{metrics['fused_without']:.3f} without, over {metrics['n']:,} histories, a difference of "
        f"{metrics['gain']:+.4f} ± {metrics['noise']:.4f}."
    )


@dataclass(frozen=True)
class _Lists:
    """Of each history the items each way finds, best first."""

    generated: list[list[int]]
    co_occurrence: list[list[int]]
    ease: list[list[int]]

    def fused(self, weight: float) -> list[list[int]]:
        """Fuse the lists by reciprocal rank, the model's with this weight."""
        every = zip(self.generated, self.co_occurrence, self.ease, strict=True)
        return [[row for row, _ in rrf(list(lists), [weight, 1.0, 1.0])] for lists in every]


class _Others:
    """Item-kNN over co-occurrence, and EASE, fitted on the same histories as the model."""

    def __init__(self, histories: Sequence[np.ndarray], n_items: int) -> None:
        users = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
        rows = np.concatenate([np.zeros(0, np.int32), *histories])
        likes = likes_of(users, rows, None, None, n_items)
        self.co_occurrence, self.ease = Ties(knn_weights(likes)), Ties(ease_weights(likes))


def _listed(decoder: Decoder, others: _Others, histories: Sequence[np.ndarray]) -> _Lists:
    found = decoder.decode(histories, _DEPTH, _DEPTH, excluded=list(histories)) if len(histories) else []
    tied = [
        [[row for row, _ in ties.neighbours(history.tolist(), _DEPTH)] for history in histories]
        for ties in (others.co_occurrence, others.ease)
    ]
    return _Lists([[row for row, _ in one] for one in found], *tied)


def _found(lists: Sequence[Sequence[int]], targets: np.ndarray) -> np.ndarray:
    """Return (n,) 1.0 where the target is among the ten best."""
    return np.array([float(target in one[:_TOP]) for one, target in zip(lists, targets.tolist(), strict=True)])


def _mean(values: np.ndarray) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0
