"""Which item comes next: every model is chosen by the validation position and scored on the last one."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.metrics import MISSED, hit_at, ndcg_at, reciprocal_rank_at, with_intervals
from eval.next_models import NextModel, select
from eval.sequences import Sequences

DEPTH = 200
_BATCH = 256
_RRF = 60
_WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0)
_CHOSEN_ON = 2000
METRICS = {
    "HR@1": hit_at(1),
    "HR@5": hit_at(5),
    "HR@10": hit_at(10),
    "HR@50": hit_at(50),
    "NDCG@10": ndcg_at(10),
    "MRR@10": reciprocal_rank_at(10),
}
Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What every model predicted at the test position."""

    rows: dict[str, dict[str, Any]]
    lists: dict[str, np.ndarray]
    """By model, (n_users, 200) positions of items, best first, −1 where there are no more."""
    chosen: dict[str, Mapping[str, float]]
    """Settings by model, and the weights of the fusion."""


def score_next(data: Sequences, names: Sequence[str], seed: int, say: Say) -> Outcome:
    """Fit, choose and score the models, and their fusion where there are several.

    Settings are chosen on the last but one item of (at most 2,000) users with models fitted on what is before it;
    the models are then fitted again on all but the last item.
    """
    models = select(names, data)
    users = np.random.default_rng(seed).permutation(len(data.users))[:_CHOSEN_ON]
    before, last = data.histories(2), data.histories(1)
    rows: dict[str, dict[str, Any]] = {}
    chosen: dict[str, Mapping[str, float]] = {}
    lists, tried = {}, {}
    for i, model in enumerate(models):
        chosen[model.name], tried[model.name] = _choose(model, before, data, users)
        model.fit(last, data, **chosen[model.name])
        started = time.perf_counter()
        lists[model.name] = _predict(model, last)
        ms = (time.perf_counter() - started) * 1000 / len(last)
        rows[model.name] = _row(lists[model.name], data, ms, seed)
        say("models", i + 1, len(models))
    if len(models) > 1:
        weights = _fusion_weights(list(tried.values()), data.targets(2)[users], len(data.items))
        chosen["fused"] = dict(zip(lists, weights, strict=True))
        lists["fused"] = _fuse(list(lists.values()), weights, len(data.items))
        rows["fused"] = _row(lists["fused"], data, sum(row["ms"] for row in rows.values()), seed)
    return Outcome(rows, lists, chosen)


def write_predictions(folder: Path, outcome: Outcome, data: Sequences, k: int = 50) -> None:
    """Write MODEL.jsonl for every model: {user, items}, the k best first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, lists in outcome.lists.items():
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for user, row in zip(data.users, lists[:, :k].tolist(), strict=True):
                file.write(json.dumps({"user": user, "items": [data.items[item] for item in row if item >= 0]}) + "\n")


def _choose(
    model: NextModel, before: list[np.ndarray], data: Sequences, users: np.ndarray
) -> tuple[dict[str, float], np.ndarray]:
    """Return the settings with the highest NDCG@10 on the validation position, and the lists they give there."""
    targets = data.targets(2)[users]
    histories = [before[user] for user in users]
    best: tuple[float, dict[str, float], np.ndarray] | None = None
    for choice in model.choices:
        model.fit(before, data, **choice)
        lists = _predict(model, histories)
        value = float(METRICS["NDCG@10"](_ranks(lists, targets)).mean())
        if best is None or value > best[0]:
            best = value, choice, lists
    assert best is not None
    return best[1], best[2]


def _predict(model: NextModel, histories: Sequence[np.ndarray]) -> np.ndarray:
    """Return (n, 200) items never taken before, best first; −1 after the last with a score above 0."""
    lists = []
    for start in range(0, len(histories), _BATCH):
        batch = histories[start : start + _BATCH]
        scores = model.score(batch)
        for row, history in zip(scores, batch, strict=True):
            row[history] = 0
        lists.append(_top(scores))
    return np.concatenate(lists)


def _top(scores: np.ndarray) -> np.ndarray:
    depth = min(DEPTH, scores.shape[1])
    best = np.argpartition(-scores, depth - 1, axis=1)[:, :depth]
    values = np.take_along_axis(scores, best, axis=1)
    order = np.lexsort((best, -values), axis=1)
    best, values = np.take_along_axis(best, order, axis=1), np.take_along_axis(values, order, axis=1)
    return np.where(values > 0, best, -1).astype(np.int32)


def _ranks(lists: np.ndarray, targets: np.ndarray) -> np.ndarray:
    found = lists == targets[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1), MISSED)


def _row(lists: np.ndarray, data: Sequences, ms: float, seed: int) -> dict[str, Any]:
    ranks = _ranks(lists, data.targets(1))
    top = np.unique(lists[:, :10])
    coverage = round(float((top >= 0).sum() / len(data.items)), 4)
    columns = {name: metric(ranks) for name, metric in METRICS.items()}
    return {"n": len(ranks), **with_intervals(columns, data.users, seed), "coverage": coverage, "ms": round(ms, 2)}


def _reciprocal(lists: np.ndarray, n_items: int) -> np.ndarray:
    """(n, n_items) float32 of 1 / (60 + rank), 0 where an item is not in the list."""
    scores = np.zeros((len(lists), n_items + 1), np.float32)  # the last column takes the −1
    np.put_along_axis(
        scores, lists.astype(np.int64) % (n_items + 1), 1 / (_RRF + 1 + np.arange(lists.shape[1])), axis=1
    )
    return scores[:, :n_items]


def _fusion_weights(lists: Sequence[np.ndarray], targets: np.ndarray, n_items: int) -> list[float]:
    """Choose weights of reciprocal-rank fusion one model at a time, twice round, by NDCG@10."""
    n = min(len(targets), max(50, 60_000_000 // (n_items * len(lists))))
    parts = [_reciprocal(part[:n], n_items) for part in lists]
    at = np.arange(n)

    def value(weights: Sequence[float]) -> float:
        total = sum((part * weight for part, weight in zip(parts, weights, strict=True)), np.zeros_like(parts[0]))
        mine = total[at, targets[:n]]
        ranks = np.where(mine > 0, (total > mine[:, None]).sum(axis=1), MISSED)
        return float(METRICS["NDCG@10"](ranks).mean())

    weights = [1.0] * len(lists)
    for i in [*range(len(lists))] * 2:
        weights[i] = max(_WEIGHTS, key=lambda w, i=i: value([*weights[:i], w, *weights[i + 1 :]]))  # type: ignore[misc]
    return weights


def _fuse(lists: Sequence[np.ndarray], weights: Sequence[float], n_items: int) -> np.ndarray:
    fused = []
    for start in range(0, len(lists[0]), _BATCH):
        parts = [_reciprocal(part[start : start + _BATCH], n_items) * w for part, w in zip(lists, weights, strict=True)]
        fused.append(_top(np.sum(parts, axis=0)))
    return np.concatenate(fused)
