"""What is known of a user beyond the conversation, as evidence for every candidate; it never overrides a wish.

Evidence is in log-odds, as the weights of a conditional logit: how often such people take such items, over how often
people do. What it is worth beside a request depends on how much the request says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from agents.profile.lifts import log_lifts
from agents.profile.state import Profile, Statement
from agents.profile.traits import Traits, traits_of
from agents.ranking.learned import fitted, share
from agents.ranking.ranker import LIKED, UNSURE_DESCRIBED, Ranked
from agents.state import Understanding
from retrieval.bundle import Bundle
from retrieval.text import fold

SEEDS = 50
"""Liked items whose ties to the candidates are summed, the strongest."""
_LIKED, _DISLIKED, _REFUSED = 1.0, -2.0, -3.0
"""A value liked or disliked with all strength, an item disliked."""
_DERIVED = 0.5
_MOST = 3.0
_ROOM = 0.03
"""What log-odds are worth, in scores of plain fusion, where nothing is described and no item named: as much as being
among the best known, for that is about how people's likes of the two compare."""
_OF_LEARNED = 0.5
"""What log-odds of the profile are worth beside those fitted on conversations, which have heard the wish."""
_IN_WORDS = 200
"""Items found by the words of a like or dislike that is no value of the catalogue."""
_EXPLAINED = 50
"""Best places whose evidence is put into words."""
_TELLING = 0.3


@dataclass(frozen=True)
class Weights:
    """What parts of the evidence are worth, in log-odds."""

    ties: float = 4.0
    """The strongest tie by likes to the liked items."""
    traits: float = 0.5
    """A log lift of 1 of a trait among them."""
    told: float = 1.0
    """A value the profile names."""


WEIGHTS = Weights()
"""Chosen on the ratings of people who are not those `eval profile` reports."""


@dataclass(frozen=True)
class Leaning:
    """One profile, ready to judge the items of one catalogue."""

    liked: dict[int, float]
    """Rows of liked items with how strongly."""
    disliked: dict[int, float]
    seen: frozenset[str]
    """Ids."""
    lifts: np.ndarray
    """(n_traits,) logs of how much oftener liked items have a trait."""
    told: np.ndarray
    """(n_traits,) log-odds of the values the profile names."""
    words: tuple[tuple[str, float], ...]
    """What is liked (above 0) or disliked in words."""
    values: tuple[Statement, ...]
    """Liked values, the strongest first."""

    @classmethod
    def of(cls, profile: Profile, bundle: Bundle, today: date, traits: Traits | None = None) -> "Leaning":
        """Read a profile as of a day."""
        traits = traits or traits_of(bundle)
        catalog = bundle.catalog
        about = profile.of(catalog.name, "like", "dislike")
        strength = {s.key: s.strength_at(today) for s in about}
        items: dict[str, dict[int, float]] = {"like": {}, "dislike": {}}
        for s in about:
            if s.item_id and (row := catalog.row_of(s.item_id)) is not None:
                items[s.kind][row] = strength[s.key]
        liked = items["like"]
        told = np.zeros(len(traits.base))
        for s in about:
            place = traits.places.get((s.field, fold(s.value))) if s.field else None
            if place is not None:
                told[place] = (_LIKED if s.kind == "like" else _DISLIKED) * strength[s.key] * _trusted(s)
        lifts = log_lifts(traits, list(liked), list(liked.values()))
        values = sorted((s for s in about if s.field and s.kind == "like"), key=lambda s: -strength[s.key])
        words = [
            (s.text, strength[s.key] if s.kind == "like" else _DISLIKED * strength[s.key]) for s in about if s.text
        ]
        seen = frozenset(s.item_id for s in profile.of(catalog.name, "seen"))
        return cls(liked, items["dislike"], seen, lifts, told, tuple(words[-3:]), tuple(values))

    @property
    def seeds(self) -> list[int]:
        """Rows of the items liked most."""
        return sorted(self.liked, key=lambda row: -self.liked[row])[:SEEDS]

    def evidence(
        self, rows: np.ndarray, bundle: Bundle, traits: Traits | None = None, weights: Weights = WEIGHTS
    ) -> np.ndarray:
        """Return (n,) log-odds of these rows, between −3 and 3."""
        traits = traits or traits_of(bundle)
        odds = np.asarray(traits.matrix[rows] @ (weights.traits * self.lifts + weights.told * self.told)).ravel()
        if bundle.co_liked is not None and self.liked:
            odds = odds + weights.ties * share(bundle.co_liked.scores(self.seeds))[rows]
        for words, worth in self.words:
            found = dict(bundle.lexical.search(words, _IN_WORDS))
            top = max(found.values(), default=1.0)
            odds = odds + worth * np.array([found.get(row, 0.0) / top for row in rows.tolist()])
        if self.disliked:
            odds = odds + _REFUSED * np.array([self.disliked.get(row, 0.0) for row in rows.tolist()])
        bounded: np.ndarray = _MOST * np.tanh(odds / _MOST)
        return bounded


def _trusted(statement: Statement) -> float:
    """What was worked out from likes says less beside these likes than what the user said."""
    derived = all(source.by in ("statistics", "model") for source in statement.sources)
    return _DERIVED if derived and statement.sources else 1.0


def personal(
    ranked: Sequence[Ranked], profile: Profile, understood: Understanding, bundle: Bundle, today: date
) -> list[Ranked]:
    """Return a ranked pool as this user would have it; an empty profile or an order asked for changes nothing."""
    if not ranked or understood.order or not profile.of(bundle.catalog.name, "like", "dislike", "seen"):
        return list(ranked)
    leaning = Leaning.of(profile, bundle, today)
    rows = np.array([entry.row for entry in ranked])
    learned = ranked[0].chance is not None
    worth = _OF_LEARNED if learned else _worth(understood)
    scores = np.array([entry.score for entry in ranked]) + worth * leaning.evidence(rows, bundle)
    chances = fitted().chances(scores).tolist() if learned else [None] * len(ranked)
    order = np.lexsort((np.arange(len(rows)), -scores)).tolist()
    best = [ranked[i]._replace(score=float(scores[i]), chance=chances[i]) for i in order]
    return [*_explained(best[:_EXPLAINED], leaning, bundle), *best[_EXPLAINED:]]


def _worth(understood: Understanding) -> float:
    if understood.anchors:
        return LIKED / 2
    return UNSURE_DESCRIBED if understood.query else _ROOM


def _explained(best: Sequence[Ranked], leaning: Leaning, bundle: Bundle) -> list[Ranked]:
    """Say of each what of the profile speaks for it: a liked value, or a liked item that likes tie it to."""
    rows = [entry.row for entry in best]
    seeds = leaning.seeds
    closest = bundle.co_liked.closest_seed(rows, seeds) if bundle.co_liked and seeds else [None] * len(rows)
    traits = traits_of(bundle)
    told = []
    for entry, seed in zip(best, closest, strict=True):
        has = set(traits.matrix[entry.row].indices.tolist())
        matched = [
            f"you like {s.value}" for s in leaning.values
            if s.strength >= _TELLING and traits.places.get((s.field, fold(s.value))) in has
        ]  # fmt: skip
        if seed is not None:
            matched.append(f"close to {bundle.catalog.titles[seed]}, which you like")
        told.append(entry._replace(profile=tuple(matched)))
    return told
