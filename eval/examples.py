"""Turns as examples for fitting a ranker: candidates × features × label, by the code that serves them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.features import NAMES, Evidence, features
from agents.graph import build_graph
from agents.session import Cicerone
from eval.cases import Options, answer, targets_of


@dataclass(frozen=True)
class Example:
    """The pool of one turn, before it is ranked."""

    dialog_id: str
    rows: np.ndarray
    """(n,) rows a list may hold, ascending."""
    features: np.ndarray
    """(n, n_features) float32, columns as `agents.features.NAMES`."""
    is_target: np.ndarray
    """(n,) bool."""
    scores: np.ndarray
    """(n,) float32: what the ranker in force gave each row; 0 for what it did not rank."""
    n_targets: int
    """Targets that count, found or not: those outside the pool are lost to any ranker."""


async def examples(
    agent: Cicerone,
    turns: Sequence[Mapping[str, Any]],
    say: Callable[[int, int], None],
    options: Options | None = None,
) -> list[Example]:
    """Return an example for every turn that has a target, found or not."""
    options = options or Options()
    graph = build_graph(agent.kit)
    bundle = agent.kit.bundle
    kept = [raw for raw in turns if targets_of(raw, options)]
    made = []
    for i, raw in enumerate(kept):
        case = await answer(agent, graph, raw, options)
        evidence = Evidence.of(case.turn)
        rows = np.array([row for row in evidence.rows(bundle).tolist() if row not in case.hidden], np.int32)
        given = {ranked.row: ranked.score for ranked in case.turn.ranked}
        made.append(
            Example(
                str(raw["dialog_id"]),
                rows,
                features(rows, evidence, bundle) if len(rows) else np.zeros((0, len(NAMES)), np.float32),
                np.isin(rows, [target for target in case.targets if target is not None]),
                np.array([given.get(int(row), 0.0) for row in rows], np.float32),
                len(case.targets),
            )
        )
        say(i + 1, len(kept))
    return made
