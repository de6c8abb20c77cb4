"""The rows of the benchmark of next items, and what others published on the same data and protocol."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.metrics import hit_at, with_intervals
from eval.next_lists import METRICS, Lists, ranks_of
from eval.sequences import Sequences

_PUBLISHED = Path(__file__).with_name("next_published.toml")
_SEEN = {"never": (0, 0), "1–5": (1, 5), "6–20": (6, 20), "more": (21, None)}
"""Bounds of how often a target happened in training, both inclusive."""


def row(runs: Sequence[Lists], data: Sequences, ms: float, seed: int) -> dict[str, Any]:
    """Return the metrics of a model at the last position, the mean of its runs.

    Intervals are over users, of the mean of the runs; `sd` is that of the runs, where there are several. Coverage is
    the share of the catalogue in anybody's first ten; percentile how popular those are, 50 for items drawn blindly.
    """
    targets = data.targets(1)
    ranks = [ranks_of(lists, targets) for lists in runs]
    values = {name: np.stack([metric(one) for one in ranks]) for name, metric in METRICS.items()}
    cells = with_intervals({name: runs_of.mean(axis=0) for name, runs_of in values.items()}, data.users, seed)
    if len(runs) > 1:
        for name, runs_of in values.items():
            cells[name]["sd"] = round(float(runs_of.mean(axis=1).std(ddof=1)), 4)
    shown = [lists.items[:, :10][lists.items[:, :10] >= 0] for lists in runs]
    coverage = float(np.mean([len(np.unique(items)) for items in shown])) / len(data.items)
    percentile = float(np.mean([_percentiles(data)[items].mean() if len(items) else 0 for items in shown]))
    more = {"coverage": round(coverage, 4), "percentile": round(percentile, 1), "ms": round(ms, 2)}
    return {"n": len(targets), **cells, **more}


def by_times_seen(runs: Sequence[Lists], data: Sequences) -> dict[str, float | str]:
    """Return recall@10 by how often the target happened in all but the last two items of everybody."""
    targets = data.targets(1)
    times = _counts(data)[targets]
    hits = np.mean([hit_at(10)(ranks_of(lists, targets)) for lists in runs], axis=0)
    found: dict[str, float | str] = {}
    for name, (low, high) in _SEEN.items():
        among = (times >= low) & (times <= (times.max() if high is None else high))
        found[f"{name} (n {among.sum():,})"] = round(float(hits[among].mean()), 4) if among.any() else "–"
    return found


def published(name: str) -> Mapping[str, Mapping[str, float]]:
    """Return what others published for data of this name, by who; nothing for other data."""
    columns = ("R@5", "NDCG@5", "R@10", "NDCG@10")
    told = tomllib.loads(_PUBLISHED.read_text(encoding="utf-8")).get(name, {})
    return {
        f"*{who}*": {column: value for column, value in zip(columns, values, strict=True) if value > 0}
        for who, values in told.items()
    }


def _counts(data: Sequences) -> np.ndarray:
    return np.bincount(np.concatenate(data.histories(2)), minlength=len(data.items))


def _percentiles(data: Sequences) -> np.ndarray:
    """How many per cent of items are less popular, equals counting half."""
    counts = _counts(data)
    ordered = np.sort(counts)
    sides = [np.searchsorted(ordered, counts, side) for side in ("left", "right")]
    found: np.ndarray = 50 * (sides[0] + sides[1]) / len(counts)
    return found
