"""Score turns of dialogues that name what was recommended next, beside simpler systems on the same turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from agents.graph import build_graph
from agents.session import Cicerone
from agents.verifier import broken
from eval.cases import Case, Options, answer, targets_of
from eval.metrics import RANKING, percentile, rank_of, with_intervals
from eval.systems import select
from retrieval.bundle import Bundle
from retrieval.items import Filter

K = 10
"""Length of the list that coverage, popularity, likeness and satisfaction are measured on."""


async def score_turns(
    agent: Cicerone,
    turns: Sequence[Mapping[str, Any]],
    say: Callable[[int, int], None],
    options: Options | None = None,
) -> dict[str, dict[str, Any]]:
    """Return a row of metrics by system, over all targets that count; a target without an id is a miss.

    The agent takes each turn once; the lists of its tools are those it then used. `constraints` of a turn are what
    items must meet (a label, told to nobody).
    """
    options = options or Options()
    systems = select(options.models)
    graph = build_graph(agent.kit)
    tallies = {name: _Tally(agent.kit.bundle) for name in systems}
    kept = [raw for raw in turns if targets_of(raw, options)]
    for i, raw in enumerate(kept):
        case = await answer(agent, graph, raw, options)
        for name, system in systems.items():
            tallies[name].add(case, *system(case))
        say(i + 1, len(kept))
    return {name: tally.row(options.seed) for name, tally in tallies.items()}


@dataclass
class _Tally:
    bundle: Bundle
    ranks: list[float] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)
    shown: set[int] = field(default_factory=set)
    fame: list[float] = field(default_factory=list)
    spread: list[float] = field(default_factory=list)
    met: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        prominence = self.bundle.catalog.prominence
        self._percentiles = np.searchsorted(np.sort(prominence), prominence, side="right") / max(len(prominence), 1)

    def add(self, case: Case, rows: list[int], ms: float) -> None:
        """Count one turn's list."""
        self.ranks += [rank_of(rows, target) for target in case.targets]
        self.clusters += [str(case.raw["dialog_id"])] * len(case.targets)
        self.ms.append(ms)
        top = rows[:K]
        self.shown.update(top)
        if top:
            self.fame.append(float(self._percentiles[top].mean()))
        if len(top) > 1 and self.bundle.dense is not None:
            vectors = self.bundle.dense.vectors[top].astype(np.float32)
            likeness = vectors @ vectors.T
            self.spread.append(1 - float((likeness.sum() - likeness.trace()) / (len(top) * (len(top) - 1))))
        if constraints := [Filter.model_validate(c) for c in case.raw.get("constraints", [])]:
            fields = self.bundle.catalog.fields
            meets = [not broken(item, constraints, fields) for item in self.bundle.catalog.items(top)]
            self.met.append(float(np.mean(meets)) if meets else 0.0)

    def row(self, seed: int) -> dict[str, Any]:
        """Return the metrics with their intervals."""
        ranks = np.asarray(self.ranks)
        row: dict[str, Any] = {"n": len(ranks)}
        row |= with_intervals({name: metric(ranks) for name, metric in RANKING.items()}, self.clusters, seed)
        if self.met:
            row["satisfied"] = round(float(np.mean(self.met)), 4)
        row["coverage"] = round(len(self.shown) / max(1, self.bundle.catalog.n_items), 4)
        row["fame"] = round(float(np.mean(self.fame)), 3) if self.fame else ""
        row["spread"] = round(float(np.mean(self.spread)), 3) if self.spread else ""
        return row | {"ms p50": round(percentile(self.ms, 0.5), 1), "ms p95": round(percentile(self.ms, 0.95), 1)}
