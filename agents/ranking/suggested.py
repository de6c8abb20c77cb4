"""Titles of a model's own beside a ranker that was fitted without them: as far as they were found to be right."""

import math
from collections.abc import Sequence

from agents.ranking.ranker import Ranked
from retrieval.catalog import Catalog
from tools.spec import ToolResult

_FALLS = 5
"""The first title is trusted twice as much as the sixth, three times as much as the eleventh."""
_LEAST = 1e-6
"""Chance of what the ranker gives none."""


def mixed(
    ranked: Sequence[Ranked], lists: Sequence[tuple[str, ToolResult]], trust: float, catalog: Catalog
) -> list[Ranked]:
    """Return a pool with chances as if the ranker and the titles spoke in turns, the titles in `trust` of them.

    `trust` is the share of what people take that was found among such titles: a model that knows nothing changes
    nothing. A pool without chances, or without titles, stays as it is.
    """
    titles = next((result.hits for name, result in lists if name == "suggest_titles"), [])
    if not titles or trust <= 0:
        return list(ranked)
    worth = [_FALLS / (_FALLS + place) for place in range(len(titles))]
    odds = dict(zip(catalog.rows_of(hit.item_id for hit in titles), worth, strict=True))
    scale = trust / sum(worth)
    best = [_raised(entry, scale * odds[entry.row]) if entry.row in odds else entry for entry in ranked]
    return sorted(best, key=lambda entry: -entry.score)


def _raised(entry: Ranked, chance: float) -> Ranked:
    """Scores of the ranker are log-odds: the factor by which a chance grows is added as its logarithm.

    To order by the chances themselves trusts titles too far: most that are wrong are as likely as those that are right.
    """
    if entry.chance is None:
        return entry
    before = max(entry.chance, _LEAST)
    return entry._replace(chance=entry.chance + chance, score=entry.score + math.log1p(chance / before))
