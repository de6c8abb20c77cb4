"""A profile in two sentences, by statistics: what is liked and avoided, and how sure that is."""

from collections.abc import Sequence

from agents.profile.lifts import Lift, sure_lifts
from agents.profile.state import Kind, Profile
from agents.profile.traits import traits_of
from agents.wording import join
from retrieval.bundle import Bundle
from retrieval.items import Role
from retrieval.text import fold

_MOST_NAMED = 3
_FEW, _MANY = 5, 20
"""Likes below which a taste is a guess, and from which it is fairly sure."""


def summary_of(profile: Profile, bundle: Bundle, nouns: tuple[str, str]) -> str:
    """Return what is known for this catalogue in two sentences, "" where that is nothing.

    A trait of liked items is named only where chance does not explain it.
    """
    catalog = bundle.catalog
    about = profile.of(catalog.name)
    liked = catalog.rows_of(s.item_id for s in about if s.kind == "like" and s.item_id)
    lifts = sure_lifts(traits_of(bundle), liked) if liked else []
    likes = _named(profile, catalog.name, "like", lifts)
    avoids = _named(profile, catalog.name, "dislike", lifts)
    said = [f"you like {join(likes)}"] if likes else []
    said += [f"{'' if likes else 'you '}keep away from {join(avoids)}"] if avoids else []
    said += [f"you said “{s.text}”" for s in about if s.kind == "context"][:1]
    n_told = sum(s.kind in ("like", "dislike", "limit", "context") and not s.item_id for s in about)
    if not liked and not n_told:
        return ""
    first = _joined(said) if said else f"nothing stands out yet in the {nouns[1]} you like"
    return f"{first[0].upper()}{first[1:]}. {_how_sure(len(liked), n_told, nouns)}"


def _named(profile: Profile, catalog: str, kind: Kind, lifts: Sequence[Lift]) -> list[str]:
    """Name what the user said first, then what statistics tell, each once, few of one field."""
    kinds: tuple[Kind, ...] = (kind, "limit") if kind == "dislike" else (kind,)
    told = [s for s in profile.of(catalog, *kinds) if not s.item_id]
    told = [s for s in told if s.kind != "limit" or (s.filter is not None and "not" in s.filter.op)]
    names = [s.value or s.text for s in sorted(told, key=lambda s: -s.strength)][:_MOST_NAMED]
    per_field: dict[str, int] = {}
    for lift in lifts:
        if (lift.log > 0) != (kind == "like") or per_field.get(lift.trait.field, 0) >= 2:
            continue
        if fold(lift.trait.value) not in map(fold, names):
            names.append(_value(lift))
            per_field[lift.trait.field] = per_field.get(lift.trait.field, 0) + 1
        if len(names) > _MOST_NAMED + 1:
            break
    return names


def _value(lift: Lift) -> str:
    trait = lift.trait
    if trait.role is not Role.NUMBER:
        return trait.value
    return f"the {trait.value}" if trait.filter.op == "between" else f"{trait.field.replace('_', ' ')} {trait.value}"


def _joined(clauses: Sequence[str]) -> str:
    return clauses[0] if len(clauses) == 1 else f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


def _how_sure(n_liked: int, n_told: int, nouns: tuple[str, str]) -> str:
    things = [f"{n_liked} {nouns[n_liked != 1]} you like"] if n_liked else []
    things += [f"{n_told} thing{'s' * (n_told != 1)} you said"] if n_told else []
    weight = n_liked + 3 * n_told
    sure = "a first guess" if weight < _FEW else "fairly sure" if weight >= _MANY else "likely, but not sure yet"
    return f"This is {sure}: it rests on {join(things)}."
