"""Turns as examples for fitting a ranker: candidates × columns × label, by the code that serves them."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import numpy as np

from agents.graph import build_graph
from agents.ranking.features import NAMES, features
from agents.ranking.learned import COLUMNS, context_of, speaks, weighed
from agents.ranking.ranker import rank
from agents.session import Cicerone
from errors import CiceroneError
from eval.cases import Case, Options, answer, targets_of
from eval.logit import Pool


async def examples(
    agent: Cicerone,
    turns: Sequence[Mapping[str, Any]],
    say: Callable[[int, int], None],
    name: str = "",
    options: Options | None = None,
) -> AsyncIterator[Pool]:
    """Yield the pool of every turn that has a target, found or not; `name` is that of the file."""
    options = options or Options()
    graph = build_graph(agent.kit)
    kept = [raw for raw in turns if targets_of(raw, options)]
    for i, raw in enumerate(kept):
        yield pool_of(await answer(agent, graph, raw, options), f"{name} {raw['dialog_id']}")
        say(i + 1, len(kept))


def pool_of(case: Case, group: str = "") -> Pool:
    """Return what one turn ranks, without what no list may hold; rows ascend."""
    turn, bundle = case.turn, case.bundle
    evidence = turn.evidence
    if evidence is None:
        raise CiceroneError(f"A turn of {group} was not ranked: {'; '.join(turn.notices) or 'nothing says why'}.")
    rows = np.array([row for row in evidence.rows(bundle).tolist() if row not in case.hidden], np.int32)
    lists = [(name, result) for name, result in turn.results if result.hits]
    fixed = {entry.row: entry.score for entry in rank(lists, evidence.understood, evidence.ledger, bundle.catalog)}
    table = features(rows, evidence, bundle) if len(rows) else np.zeros((0, len(NAMES)), np.float32)
    return Pool(
        group,
        weighed(table) if len(rows) else np.zeros((0, len(COLUMNS)), np.float32),
        context_of(table),
        np.isin(rows, [target for target in case.targets if target is not None]),
        np.array([fixed.get(int(row), 0.0) for row in rows], np.float32),
        len(case.targets),
        speaks(evidence),
    )
