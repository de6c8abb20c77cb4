"""How far a catalogue can be trusted to assign its own values, measured where two facets speak of one thing."""

from collections import defaultdict

from retrieval.catalog import Catalog
from retrieval.filters import shadow_of
from retrieval.items import Field, Role
from retrieval.linking.message import Draft, words_of

_HARD, _SOFT, _LONG_RUN = 0.8, 0.72, 3
_SMALL = 400
_PRIOR, _PRIOR_ITEMS = 0.92, 8.0
"""What is believed of a value before any item is looked at, and how many items that belief is worth."""


def is_class(field: Field) -> bool:
    """Whether a facet classifies items (genres, a category each); otherwise it is a bag of tags."""
    return not field.many or field.n_values <= _SMALL


def agreement(catalog: Catalog) -> dict[tuple[str, str], float]:
    """Return, by (field, value), the share of items tagged with a value's word in a larger facet that have the value.

    Only classifications are measured. A low share (items tagged "musical" without the genre) means
    that the value is assigned too patchily to be a hard limit.
    """
    facets = catalog.with_role(Role.FACET)
    classes = [field for field in facets if is_class(field)]
    tags = [field for field in facets if not is_class(field)]
    if not classes or not tags:
        return {}
    keys = {
        field.name: {" ".join(words_of(v)): v for v, _ in catalog.counts(field.name, limit=_SMALL)} for field in classes
    }
    tagged = _tagged(catalog, tags, {key for known in keys.values() for key in known})
    shares: dict[tuple[str, str], float] = {}
    for field in classes:
        own = catalog.column(field.name)
        for key, value in keys[field.name].items():
            rows = [row for row in tagged.get(key, ()) if own[row]]
            hits = sum(value in own[row] if field.many else value == own[row] for row in rows)
            shares[field.name, value] = (hits + _PRIOR * _PRIOR_ITEMS) / (len(rows) + _PRIOR_ITEMS)
    return shares


def _tagged(catalog: Catalog, tags: list[Field], keys: set[str]) -> dict[str, set[int]]:
    """Return, by key, the rows that carry it as a tag."""
    tagged: dict[str, set[int]] = defaultdict(set)
    for tag in tags:
        for row, names in enumerate(catalog.column(shadow_of(tag.name))):
            for name in names or ():
                if name in keys:
                    tagged[name].add(row)
    return tagged


def soften_runs(drafts: list[Draft]) -> None:
    """Keep only the last of three or more values in a row hard: "animated fantasy action comedy".

    Each is likely, all of them together are not: catalogues seldom assign every value that people can think of.
    """
    by_first = {draft.first: draft for draft in drafts if draft.score >= _HARD}
    for draft in list(by_first.values()):
        run = [draft]
        while (following := by_first.get(run[-1].last)) and following.field == draft.field:
            run.append(following)
        if len(run) >= _LONG_RUN:
            for early in run[:-1]:
                early.score = min(early.score, _SOFT)
