"""A ranker fitted on conversations: a weighted sum of what a turn knows of every candidate, trees, and how sure it is.

The weights are those of a conditional logit: of a pool, item i is taken with a chance of exp(zᵢ) / Σ exp(z). Trees
order the best of them anew, where nothing was asked for by likeness or subject: a wish is for the weights to hear.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from agents.ranking.features import NAMES, Evidence, features
from agents.ranking.ranker import Ranked
from agents.ranking.trees import Forest
from errors import BundleError
from retrieval.bundle import Bundle

FITTED = Path(__file__).with_name("learned.json")
"""What the command `eval fit` writes."""
_HALVES = 20
_FAME_HALVES = 100
_YEARS = 40
_BEST = 300
"""So many of a pool, by the weights, are ordered anew by the trees."""
CONTEXT = ("n_seeds", "n_query_words", "n_limits", "n_said")
"""Features of the turn, alike for its whole pool, that trees may ask about."""
_SPOKEN_TO = frozenset({"recommend", "similar", "more", "feedback", "smalltalk"})

Of = Callable[[str], np.ndarray]


def standing(values: np.ndarray, halves: int = _HALVES) -> np.ndarray:
    """Return h / (h + rank) within the pool, rank from 0, equal values alike; 0 for what is not above 0."""
    order = np.argsort(-values, kind="stable")
    ordered = values[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]] if len(values) else np.zeros(0, bool)
    ranks = np.empty(len(values))
    ranks[order] = np.maximum.accumulate(np.where(first, np.arange(len(values)), 0))
    worth: np.ndarray = np.where(values > 0, halves / (halves + ranks), 0.0)
    return worth


def share(values: np.ndarray) -> np.ndarray:
    """Return values over the highest of the pool; 0 for what is not above 0."""
    top = values.max(initial=0.0)
    return np.maximum(values, 0.0) / top if top > 0 else np.zeros(len(values))


def _likeness(of: Of) -> np.ndarray:
    content = share(of("meaning_like_seeds")) + share(of("facets_like_seeds")) + standing(of("people_like_seeds"))
    likeness: np.ndarray = content + share(of("knn")) + standing(of("ease"))
    return likeness


COLUMNS: dict[str, Callable[[Of], np.ndarray]] = {
    "known": lambda of: of("prominence"),
    "known_standing": lambda of: standing(of("prominence")),
    "known_and_new": lambda of: standing(of("prominence") * of("newness"), _FAME_HALVES),
    "newness": lambda of: of("newness"),
    "near_in_time": lambda of: -np.minimum(np.abs(of("years_after_seeds")), _YEARS) / _YEARS,
    "meaning_like_seeds": lambda of: share(of("meaning_like_seeds")),
    "facets_like_seeds": lambda of: share(of("facets_like_seeds")),
    "people_like_seeds": lambda of: standing(of("people_like_seeds")),
    "co_liked": lambda of: share(of("knn")),
    "ease": lambda of: standing(of("ease")),
    "ease_of_latest": lambda of: standing(of("ease_last")),
    "likeness_asked_for": lambda of: of("asks_similar") * _likeness(of),
    "words_of_talk": lambda of: share(of("bm25_chat")),
    "words_of_request": lambda of: share(of("bm25_query")),
    "meaning_of_request": lambda of: share(of("cosine_query")),
    "keywords": lambda of: of("search_keywords_rank"),
    "meaning": lambda of: of("search_meaning_rank"),
    "talk": lambda of: of("talk_rank"),
    "subject_asked_for": lambda of: (
        of("asks_about")
        * (share(of("bm25_query")) + share(of("cosine_query")) + of("search_keywords_rank") + of("search_meaning_rank"))
    ),
    "likes_met": lambda of: of("likes_met"),
    "dislikes_not_met": lambda of: -of("dislikes_met"),
    "unsure_words_met": lambda of: of("soft_met"),
    "wished_and_known": lambda of: of("wished_rank"),
}
"""What is weighed, each of use the higher it is, and on a scale that no catalogue changes; 0 where nothing is known."""


def weighed(table: np.ndarray) -> np.ndarray:
    """Turn the features of one pool (n, as `NAMES`) into its columns (n, as `COLUMNS`), float32."""
    known = np.nan_to_num(table.astype(np.float64), nan=0.0)
    made = [column(lambda name: known[:, NAMES.index(name)]) for column in COLUMNS.values()]
    return np.stack(made, axis=1).astype(np.float32)


def context_of(table: np.ndarray) -> np.ndarray:
    """Return the turn's (n_context,) features of a pool; zeros of an empty one."""
    columns = [NAMES.index(name) for name in CONTEXT]
    of_turn: np.ndarray = np.nan_to_num(table[0, columns]) if len(table) else np.zeros(len(columns))
    return of_turn


def tree_columns(columns: np.ndarray, context: np.ndarray) -> np.ndarray:
    """Return (n, n_columns + n_context) float32, what the trees ask about."""
    return np.hstack([columns, np.tile(context, (len(columns), 1))]).astype(np.float32)


ASKED = ("likeness_asked_for", "subject_asked_for")
"""Columns above 0 only where likeness or a subject was asked for: their weights are set, and trees keep out."""


def blended(columns: np.ndarray, context: np.ndarray, weights: np.ndarray, trees: Forest) -> np.ndarray:
    """Return (n,) scores of one pool: the weighted sum, and for the best of it as much again by the trees."""
    scores: np.ndarray = columns @ weights
    asked = columns[:, [list(COLUMNS).index(name) for name in ("likeness_asked_for", "subject_asked_for")]].any()
    if asked or len(scores) < 2:
        return scores
    best = np.argsort(-scores, kind="stable")[:_BEST]
    votes = trees.scores(tree_columns(columns[best], context))
    scores[best] += scores[best].std() * (votes - votes.mean()) / (votes.std() + 1e-9)
    return scores


@dataclass(frozen=True)
class Learned:
    """A fitted ranker."""

    weights: np.ndarray
    """(n_columns,), none below 0."""
    trees: Forest
    knots: np.ndarray
    """(2, n_knots): log of the share of the pool's odds, ascending, and the chance seen at it, never falling."""

    @classmethod
    def read(cls, path: Path = FITTED) -> "Learned":
        """Read what was fitted. Raises BundleError where its columns are not ours."""
        raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if list(raw["weights"]) != list(COLUMNS):
            raise BundleError(f"{path.name} was fitted on other columns. Fit it again: app.py eval fit.")
        return cls(
            np.array(list(raw["weights"].values())),
            Forest.of(raw["trees"]),
            np.array([raw["strength"]["log_share"], raw["strength"]["chance"]]),
        )

    def scores(self, table: np.ndarray) -> np.ndarray:
        """Return (n,) scores of one pool from its features."""
        return blended(weighed(table), context_of(table), self.weights, self.trees)

    def chances(self, scores: np.ndarray) -> np.ndarray:
        """Return (n,) calibrated chances that each item of a pool is what people took next, never falling in score."""
        chances: np.ndarray = np.interp(log_share(scores), self.knots[0], self.knots[1])
        return chances


def log_share(scores: np.ndarray) -> np.ndarray:
    """Return log(exp(sᵢ) / Σ exp(s)) of the scores of one pool."""
    top = scores.max(initial=0.0)
    logs: np.ndarray = scores - top - np.log(np.exp(scores - top).sum())
    return logs


@cache
def fitted() -> Learned:
    """Return the ranker that is shipped."""
    return Learned.read()


def speaks(evidence: Evidence) -> bool:
    """Whether a turn is one it was fitted for: talk that goes on or names items, not a request that stands alone."""
    understood = evidence.understood
    if understood.order or understood.intent not in _SPOKEN_TO:
        return False
    return bool(evidence.seeds) or len(evidence.said) > 1


def by_learned(ranked: Sequence[Ranked], evidence: Evidence, bundle: Bundle) -> list[Ranked]:
    """Rank a pool anew, best first, with the chance of each."""
    if not ranked:
        return []
    entries = {entry.row: entry for entry in ranked}
    rows = np.array(sorted(entries), np.int32)
    scores = fitted().scores(features(rows, evidence, bundle))
    chances = fitted().chances(scores)
    order = np.lexsort((rows, -scores))
    best = zip(rows[order].tolist(), scores[order].tolist(), chances[order].tolist(), strict=True)
    return [Ranked(row, score, entries[row].why, entries[row].liked, chance) for row, score, chance in best]
