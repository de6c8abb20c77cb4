"""Titles of a model's own beside a ranker that was fitted without them: as far as they were found to be right."""

import math
from collections.abc import Sequence

import numpy as np

from agents.ranking.ranker import Ranked
from retrieval.catalog import Catalog
from tools.spec import ToolResult

_FALLS = 5
"""The first title is trusted twice as much as the sixth, three times as much as the eleventh."""


def mixed(
    ranked: Sequence[Ranked], lists: Sequence[tuple[str, ToolResult]], trust: float, catalog: Catalog
) -> list[Ranked]:
    """Return a pool with chances as if the ranker and the titles spoke in turns, the titles in `trust` of them.

    `trust` is the share of what people take that was found among such titles: a model that knows nothing changes
    nothing. A pool without chances, or without titles, stays as it is.
    """
    titles = next((result.hits for name, result in lists if name == "suggest_titles"), [])
    if not titles or trust <= 0 or any(entry.chance is None for entry in ranked):
        return list(ranked)
    worth = [_FALLS / (_FALLS + place) for place in range(len(titles))]
    odds = dict(zip(catalog.rows_of(hit.item_id for hit in titles), worth, strict=True))
    scale = trust / sum(worth)
    known = np.array([(entry.chance or 0.0, entry.score) for entry in reversed(ranked)])
    best = []
    for entry in ranked:
        chance = (entry.chance or 0.0) + scale * odds.get(entry.row, 0.0)
        raised = entry._replace(chance=chance, score=max(entry.score, _score_of(chance, known)))
        best.append(raised if entry.row in odds else entry)
    return sorted(best, key=lambda entry: -entry.score)


def _score_of(chance: float, known: np.ndarray) -> float:
    """Return the score that the ranker gives to what it thinks so likely, by (n, 2) chances and scores, ascending.

    Above them all, scores are log-odds.
    """
    chances, scores = known.T
    above = math.log(chance / chances[-1]) if chance > chances[-1] > 0 else 0.0
    return float(np.interp(chance, chances, scores)) + above
