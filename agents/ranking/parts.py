"""What the scores of a pool are made of, for whoever wants to know how an answer came about."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from agents.ranking.features import features
from agents.ranking.learned import COLUMNS, fitted, speaks, weighed
from agents.ranking.ranker import DESCRIBED, WEIGHTS, Ranked
from retrieval.bundle import Bundle

if TYPE_CHECKING:
    from agents.turn import Turn

Parts = dict[str, float]
"""By name, the highest first; those that are 0 are left out."""
_DIGITS = 5
_FIRST, _UNNAMED = 60, 0.5
"""As lists are fused: weight / (60 + place), and the weight of a list that has none of its own."""


def parts_of(ranked: Sequence[Ranked], turn: "Turn", bundle: Bundle) -> list[Parts]:
    """Return the parts of the scores of the first of a turn's pool; they add up to the score.

    A fitted score is a sum of weighted columns, a plain one of what each list gives for the place in it. What is told
    of neither is "rest": trees and the profile; fame, tastes and what counts by score.
    """
    if turn.evidence is None or not ranked:
        return [{} for _ in ranked]
    columns = _fitted(ranked, turn, bundle) if speaks(turn.evidence) else _plain(ranked, turn, bundle)
    return [_told(entry.score, parts) for entry, parts in zip(ranked, columns, strict=True)]


def _fitted(ranked: Sequence[Ranked], turn: "Turn", bundle: Bundle) -> list[Parts]:
    assert turn.evidence is not None
    rows = np.array(sorted({entry.row for entry in turn.ranked}), np.int32)
    worth = weighed(features(rows, turn.evidence, bundle)) * fitted().weights
    at = np.searchsorted(rows, [entry.row for entry in ranked])
    return [dict(zip(COLUMNS, line.tolist(), strict=True)) for line in worth[at]]


def _plain(ranked: Sequence[Ranked], turn: "Turn", bundle: Bundle) -> list[Parts]:
    understood = turn.read.understanding
    by_score = DESCRIBED if understood.query and understood.intent != "similar" else ()
    columns: list[Parts] = [{} for _ in ranked]
    for name, result in turn.results:
        if understood.order or name in by_score:
            continue
        places = {hit.item_id: place for place, hit in enumerate(result.hits, start=1)}
        for entry, parts in zip(ranked, columns, strict=True):
            if place := places.get(bundle.catalog.ids[entry.row]):
                parts[name] = WEIGHTS.get(name, _UNNAMED) / (_FIRST + place)
    return columns


def _told(score: float, parts: Parts) -> Parts:
    parts = {**parts, "rest": score - sum(parts.values())}
    kept = {name: round(value, _DIGITS) for name, value in parts.items() if abs(value) >= 10**-_DIGITS}
    return dict(sorted(kept.items(), key=lambda part: -part[1]))
