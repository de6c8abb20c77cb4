"""Score turns of dialogues that name what was recommended next, beside simple baselines on the same turns."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np

from agents.session import Cicerone
from eval.metrics import interval, ndcg_at, percentile, recall_at, reciprocal_rank_at

K = 50
System = Callable[[dict[str, Any]], Awaitable[tuple[list[str], float]]]
"""A turn in; ids best first and milliseconds out."""


async def score_turns(
    agent: Cicerone, turns: Sequence[dict[str, Any]], say: Callable[[int, int], None]
) -> dict[str, dict[str, Any]]:
    """Return a row of metrics by system. Items named in the context are excluded, for every system alike.

    A turn counts once for each target that its context has not named yet; unmapped targets are misses.
    """
    systems: dict[str, System] = {
        "agent": _agent(agent),
        "popularity": _popularity(agent),
        "bm25 on raw chat": _bm25(agent),
    }
    kept = [(turn, targets) for turn in turns if (targets := _targets(turn))]
    rows: dict[str, dict[str, Any]] = {}
    for n, (name, system) in enumerate(systems.items()):
        scores: dict[str, list[float]] = {metric: [] for metric in ("R@1", "R@10", "R@50", "NDCG@10", "MRR@10", "ms")}
        clusters = []
        for i, (turn, targets) in enumerate(kept):
            ranked, ms = await system(turn)
            for target in targets:
                clusters.append(str(turn["dialog_id"]))
                for k in (1, 10, 50):
                    scores[f"R@{k}"].append(recall_at(ranked, [target], k))
                scores["NDCG@10"].append(ndcg_at(ranked, [target], 10))
                scores["MRR@10"].append(reciprocal_rank_at(ranked, [target], 10))
                scores["ms"].append(ms)
            say(n * len(kept) + i + 1, len(kept) * len(systems))
        rows[name] = _row(scores, clusters)
    return rows


def _row(scores: dict[str, list[float]], clusters: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"n": len(clusters)}
    for metric, values in scores.items():
        if metric == "ms":
            row |= {"ms p50": round(percentile(values, 0.5), 1), "ms p95": round(percentile(values, 0.95), 1)}
        elif values:
            low, high = interval(values, clusters)
            row[metric] = {"mean": round(float(np.mean(values)), 4), "low": round(low, 4), "high": round(high, 4)}
    return row


def _targets(turn: dict[str, Any]) -> list[str | None]:
    return [target.get("item_id") for target in turn["targets"] if not target.get("in_context")]


def named_in(turn: dict[str, Any]) -> list[str]:
    """Ids the data says the context names."""
    return [m["item_id"] for m in turn.get("mentioned", []) if isinstance(m, dict) and m.get("item_id")]


def _agent(agent: Cicerone) -> System:
    async def run(turn: dict[str, Any]) -> tuple[list[str], float]:
        answer = await agent.recommend({"context": turn["context"]}, k=K, full=False)
        return [item["item_id"] for item in answer["items"]], answer["ms"]

    return run


def _popularity(agent: Cicerone) -> System:
    catalog = agent.kit.bundle.catalog
    best = [catalog.ids[row] for row in np.argsort(-catalog.prominence, kind="stable")[: K * 4]]

    async def run(turn: dict[str, Any]) -> tuple[list[str], float]:
        named = set(named_in(turn))
        return [item_id for item_id in best if item_id not in named][:K], 0.0

    return run


def _bm25(agent: Cicerone) -> System:
    bundle = agent.kit.bundle

    async def run(turn: dict[str, Any]) -> tuple[list[str], float]:
        named = set(named_in(turn))
        text = " ".join(message["text"] for message in turn["context"])
        found = [bundle.catalog.ids[row] for row, _ in bundle.lexical.search(text, K * 2)]
        return [item_id for item_id in found if item_id not in named][:K], 0.0

    return run
