"""What a profile is worth: the next liked item of people, from all the catalogue, by what is known of them.

Protocol: the last liked item of each user is held out and everything after it dropped; every item of the catalogue that
the user has not rated before is ranked. Popularity, item-kNN, EASE and base rates are fitted without what is held out,
on the rest of everybody. How much popularity counts beside the evidence is chosen, for each row, on other users.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from agents.profile.rated import profile_of_ratings
from agents.profile.state import Profile
from agents.profile.traits import Traits, make_traits
from agents.ranking.personal import Leaning, Weights
from agents.stateless import LIKED_FROM
from eval.metrics import hit_at, ndcg_at, with_intervals
from eval.ratings import History, Ratings, histories, without_held_out
from retrieval.bundle import Bundle
from retrieval.collaborative import CoLiked

OF_RATERS = ("ml_tags", "ml_rating_mean", "ml_rating_count")
"""Fields made by the very raters asked about; no profile may rest on them."""
_CHOSEN_ON = 100
_BUDGETS = (100, 300, 600)
_POPULARITY = (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)
Evidence = Callable[[History], np.ndarray]
"""(n_items,) log-odds."""


class Refitted(Bundle):
    """A bundle whose likes are others."""

    likes: CoLiked

    @property
    def co_liked(self) -> CoLiked:
        """The likes given."""
        return self.likes


@dataclass(frozen=True)
class Bench:
    """The users asked about, and all that is fitted without their held-out items."""

    bundle: Refitted
    traits: Traits
    asked: list[History]
    chosen_on: list[History]
    """Others, to choose settings by."""
    profiles: dict[tuple[str, int], Profile] = field(default_factory=dict)
    """By user and tokens, as they are asked for."""

    @property
    def popular(self) -> np.ndarray:
        """(n_items,) log of 1 + likes."""
        logs: np.ndarray = np.log1p(self.bundle.co_liked.counts.astype(np.float64))
        return logs

    def rank(self, scores: np.ndarray, history: History) -> float:
        """Return where the held-out item stands, from 0; of equal scores the better known item is first."""
        scores = scores + 1e-9 * self.popular
        scores[self.bundle.catalog.rows_of(one.item_id for one in history.rated)] = -np.inf
        return float((scores > scores[history.target]).sum())


def bench_of(bundle: Bundle, given: Ratings, n: int, seed: int) -> Bench:
    """Hold out, and fit on the rest."""
    found = histories(given, bundle.catalog, seed)
    asked, chosen_on = found[:n], found[n : n + _CHOSEN_ON]
    keep = without_held_out(given, [*asked, *chosen_on])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "likes.npz"
        arrays = (given.users[keep], given.rows[keep], given.ratings[keep], given.times[keep])
        CoLiked.build(path, *arrays, bundle.catalog.n_items)
        likes = CoLiked.open(path)
    refitted = Refitted(bundle.path, bundle.name, bundle.manifest, bundle.embedder)
    refitted.likes = likes
    return Bench(refitted, make_traits(refitted).without(OF_RATERS), asked, chosen_on)


def score_profiles(bench: Bench, say: Callable[[int, int], None]) -> dict[str, dict[str, Any]]:
    """Score popularity, histories as seeds, and profiles by statistics within several budgets."""
    systems = _systems(bench)
    rows: dict[str, dict[str, Any]] = {}
    for done, (name, (evidence, tokens)) in enumerate(systems.items()):
        rows[name] = scored(bench, evidence, tokens)
        say(done + 1, len(systems))
    return rows


def _systems(bench: Bench) -> dict[str, tuple[Evidence, Callable[[History], int]]]:
    likes = bench.bundle.co_liked
    everything = np.arange(bench.bundle.catalog.n_items)

    def seeds(history: History, most: int | None = None) -> list[int]:
        liked = [one.item_id for one in history.rated if (one.rating or 0) >= LIKED_FROM]
        return bench.bundle.catalog.rows_of(liked[-most:] if most else liked)

    def scaled(scores: np.ndarray) -> np.ndarray:
        found: np.ndarray = 4 * scores / max(float(scores.max()), 1e-9)
        return found

    def by_profile(most: int, weights: Weights) -> Evidence:
        def evidence(history: History) -> np.ndarray:
            profile = profile_of(bench, history, most)
            leaning = Leaning.of(profile, bench.bundle, history.today, bench.traits)
            return leaning.evidence(everything, bench.bundle, bench.traits, weights)

        return evidence

    nothing = np.zeros(len(everything))
    systems: dict[str, tuple[Evidence, Callable[[History], int]]] = {
        "popularity (no profile)": (lambda _: nothing, lambda _: 0),
        "history, item-kNN": (lambda h: scaled(likes.knn.summed(seeds(h))), _tokens_of_history),
        "history, EASE": (lambda h: scaled(likes.ease.summed(seeds(h))), _tokens_of_history),
        "history, last 50, both": (lambda h: scaled(likes.scores(seeds(h, 50))), lambda h: _tokens_of_history(h, 50)),
    }
    for most in _BUDGETS:
        tokens = partial(_tokens_of_profile, bench, most)
        systems[f"statistics, traits only, {most}"] = (by_profile(most, Weights(ties=0)), tokens)
        systems[f"statistics, traits and items, {most}"] = (by_profile(most, Weights()), tokens)
    return systems


def profile_of(bench: Bench, history: History, most_tokens: int) -> Profile:
    """Return the profile by statistics of a user on the day of the held-out item."""
    key = history.user, most_tokens
    if key not in bench.profiles:
        catalog, traits = bench.bundle.catalog, bench.traits
        bench.profiles[key] = profile_of_ratings(history.rated, catalog, traits, history.today, most_tokens)
    return bench.profiles[key]


def _tokens_of_profile(bench: Bench, most: int, history: History) -> int:
    return profile_of(bench, history, most).tokens


def _tokens_of_history(history: History, most: int = 10_000) -> int:
    """Guess what the liked titles with their ratings would take in a prompt."""
    return 8 * min(most, sum((one.rating or 0) >= LIKED_FROM for one in history.rated))


def scored(
    bench: Bench,
    evidence: Evidence,
    tokens: Callable[[History], int],
    more: Mapping[str, Any] | None = None,
    popularity: float | None = None,
) -> dict[str, Any]:
    """Rank for those asked about and make a row of the table; None chooses the weight of popularity on the others."""
    weight = _best_popularity(bench, evidence) if popularity is None else popularity
    ranks = np.array([bench.rank(weight * bench.popular + evidence(history), history) for history in bench.asked])
    taken = float(np.mean([tokens(history) for history in bench.asked]))
    return row(ranks, bench.asked, taken, {"popularity": weight, **(more or {})})


def _best_popularity(bench: Bench, evidence: Evidence) -> float:
    tried = [(history, evidence(history)) for history in bench.chosen_on]
    worth = []
    for weight in _POPULARITY:
        ranks = np.array([bench.rank(weight * bench.popular + odds, history) for history, odds in tried])
        worth.append(float(ndcg_at(10)(ranks).mean()) if len(ranks) else 0.0)
    return _POPULARITY[int(np.argmax(worth))]


def row(ranks: np.ndarray, asked: Sequence[History], tokens: float, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metrics of one system with their intervals over users."""
    columns = {"NDCG@10": ndcg_at(10)(ranks), "R@10": hit_at(10)(ranks), "R@50": hit_at(50)(ranks)}
    return {
        "n": len(ranks),
        **with_intervals(columns, [h.user for h in asked]),
        "profile tokens": round(tokens),
        **more,
    }
