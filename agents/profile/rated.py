"""A given history of ratings → a profile: what its likes have in common, then the items liked and disliked most."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, NamedTuple

import numpy as np

from agents.profile.lifts import Lift, sure_lifts
from agents.profile.state import MOST_TOKENS, Profile, Source, Statement
from agents.profile.traits import Traits
from agents.profile.update import within_budget
from retrieval.catalog import Catalog

_LIKED_FROM, _DISLIKED_TO = 0.7, 0.45
"""Shares of the scale."""
_LIKES, _AVOIDS = 16, 6
"""Traits named, the strongest."""


class Rated(NamedTuple):
    """One item of a given history."""

    item_id: str
    rating: float | None
    """Of the scale given with it; None where it was merely taken."""
    day: date


def profile_of_ratings(
    rated: Sequence[Rated], catalog: Catalog, traits: Traits, today: date, most_tokens: int = MOST_TOKENS
) -> Profile:
    """Return the profile that a history makes, within so many tokens; traits count all of it, named or not."""
    items = statements_of(rated, catalog)
    liked = catalog.rows_of(s.item_id for s in items if s.kind == "like")
    source = Source(by="statistics", words=f"{len(liked)} liked", day=today)
    lifts = sure_lifts(traits, liked)
    named = [*[x for x in lifts if x.log > 0][:_LIKES], *[x for x in lifts if x.log < 0][:_AVOIDS]]
    values = [
        Statement(
            kind="like" if lift.log > 0 else "dislike", strength=_strength(lift), confirmed=today,
            catalog=catalog.name, field=lift.trait.field, value=lift.trait.value, filter=lift.trait.filter,
            sources=[source],
        )
        for lift in named
    ]  # fmt: skip
    room = most_tokens - Profile(statements=values).tokens
    told = [*within_budget(values, today, most_tokens), *within_budget(items, today, max(0, room))]
    return Profile(statements=told, version=1)


def _strength(lift: Lift) -> float:
    """Avoiding counts half: not to take something has many reasons."""
    return float(1 - np.exp(-abs(lift.log))) * (1.0 if lift.log > 0 else 0.5)


def statements_of(rated: Sequence[Rated], catalog: Catalog, top: float = 5.0) -> list[Statement]:
    """Return a statement for each rated item, oldest first: liked, disliked, or merely known.

    A like is a rating of at least 70 % of `top`, a dislike one of at most 45 %; the further, the stronger. Items that
    do not exist are left out.
    """
    known = [one for one in rated if catalog.row_of(one.item_id) is not None]
    return [_of_rating(one, catalog, top) for one in sorted(known, key=lambda one: one.day)]


def _of_rating(one: Rated, catalog: Catalog, top: float) -> Statement:
    share = 0.8 if one.rating is None else one.rating / top
    kind: Literal["like", "dislike", "seen"] = "seen"
    kind = "like" if share >= _LIKED_FROM else "dislike" if share <= _DISLIKED_TO else "seen"
    strength = {"like": 0.5 + (share - _LIKED_FROM), "dislike": 0.5 + (_DISLIKED_TO - share), "seen": 0.3}[kind]
    words = "took it" if one.rating is None else f"{one.rating:g} of {top:g}"
    title = catalog.titles[catalog.rows_of([one.item_id])[0]]
    return Statement(
        kind=kind, strength=min(0.9, strength), confirmed=one.day, catalog=catalog.name, item_id=one.item_id,
        value=title, sources=[Source(by="rating", words=words, day=one.day)],
    )  # fmt: skip
