"""How far a catalogue can be trusted to assign its own facet values, measured where two facets speak of the same thing."""

from collections import Counter, defaultdict

from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.link_text import words_of

_PRIOR, _PRIOR_ITEMS = 0.92, 8.0
"""What is believed of a value before any item is looked at, and how many items that belief is worth."""


def agreement(catalog: Catalog, small: int) -> dict[tuple[str, str], float]:
    """Return, by (field, value), the share of items tagged with a value's word in a larger facet that have the value.

    Only facets of at most `small` values are measured. A low share (items tagged "musical" without the genre) means
    that the value is assigned too patchily to be a hard limit.
    """
    facets = catalog.with_role(Role.FACET)
    tags = [field for field in facets if field.n_values > small and field.many]
    shares: dict[tuple[str, str], float] = {}
    for field in facets:
        if field.n_values <= small and tags:
            shares |= _agreement(catalog, field, tags)
    return shares


def _agreement(catalog: Catalog, field: Field, tags: list[Field]) -> dict[tuple[str, str], float]:
    values = {" ".join(words_of(name)): name for name, _ in catalog.counts(field.name, limit=1000)}
    own = [set(v if field.many else [v]) if v else set() for v in catalog.column(field.name)]
    tagged: dict[str, set[int]] = defaultdict(set)
    for tag in tags:
        for row, names in enumerate(catalog.column("~" + tag.name)):
            for name in names or ():
                if name in values and own[row]:
                    tagged[name].add(row)
    shares = {}
    for key, rows in tagged.items():
        hits = Counter(values[key] in own[row] for row in rows)[True]
        shares[field.name, values[key]] = (hits + _PRIOR * _PRIOR_ITEMS) / (len(rows) + _PRIOR_ITEMS)
    return shares
