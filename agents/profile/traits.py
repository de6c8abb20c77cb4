"""What items have in common, as one sparse matrix: facet values, people, decades, ends of numbers; with base rates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
from scipy import sparse

from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role
from retrieval.linking.flags import flags_of
from retrieval.text import fold

_LEAST_COVERED = 0.3
"""A number known of fewer items says nothing about taste."""
_ENDS = (20, 80)
"""Percentiles beyond which a number is a trait: the short and the long."""
_LEAST_KNOWN = 0.05
"""What an item nobody liked counts beside one liked by one."""


@dataclass(frozen=True)
class Trait:
    """One thing several items have in common."""

    field: str
    value: str
    """Of a span of numbers: the span in words."""
    role: Role
    filter: Filter


@dataclass(frozen=True)
class Traits:
    """All traits of a catalogue; row numbers are those of the catalogue."""

    traits: list[Trait]
    matrix: sparse.csr_matrix
    """(n_items, n_traits) float32, 1 where an item has the trait."""
    base: np.ndarray
    """(n_traits,) what share of all likes goes to items with the trait; without likes, of all prominence."""

    @cached_property
    def places(self) -> dict[tuple[str, str], int]:
        """Column by field and folded value."""
        return {(trait.field, fold(trait.value)): i for i, trait in enumerate(self.traits)}

    def without(self, fields: Sequence[str]) -> "Traits":
        """Return the traits without those of these fields."""
        kept = [i for i, trait in enumerate(self.traits) if trait.field not in fields]
        return Traits([self.traits[i] for i in kept], self.matrix[:, kept].tocsr(), self.base[kept])


_MADE: "WeakKeyDictionary[Catalog, Traits]" = WeakKeyDictionary()
"""By catalogue; an entry goes with it."""


def traits_of(bundle: Bundle) -> Traits:
    """Return the traits of a catalogue; made at first use, about a second for 20,000 items."""
    if bundle.catalog not in _MADE:
        _MADE[bundle.catalog] = make_traits(bundle)
    return _MADE[bundle.catalog]


def keep_traits(catalog: Catalog, traits: Traits) -> None:
    """Let these be the traits of a catalogue: for an evaluation that must not look at some fields."""
    _MADE[catalog] = traits


def make_traits(bundle: Bundle) -> Traits:
    """Read the traits off the catalogue, their base rates off what people liked, or how well known items are."""
    catalog = bundle.catalog
    traits: list[Trait] = []
    rows: list[np.ndarray] = []
    columns: list[np.ndarray] = []
    for trait, having in _all(catalog):
        if len(having):
            columns.append(np.full(len(having), len(traits)))
            rows.append(having)
            traits.append(trait)
    shape = (catalog.n_items, max(1, len(traits)))
    entries = (np.concatenate(rows), np.concatenate(columns)) if rows else (np.zeros(0, int), np.zeros(0, int))
    matrix = sparse.csr_matrix((np.ones(len(entries[0]), np.float32), entries), shape=shape)
    liked = bundle.co_liked.counts.astype(np.float64) if bundle.co_liked else catalog.prominence.astype(np.float64)
    weights = liked + _LEAST_KNOWN
    base = np.asarray(matrix.T @ (weights / weights.sum())).ravel()
    return Traits(traits, matrix, base)


def _all(catalog: Catalog) -> Iterator[tuple[Trait, np.ndarray]]:
    flags = flags_of(catalog)
    for field in catalog.with_role(Role.FACET, Role.PERSON):
        if field.name not in flags:
            yield from _values(field, catalog)
    for field in catalog.with_role(Role.NUMBER):
        if field.coverage >= _LEAST_COVERED:
            yield from _decades(field, catalog) if field.unit == "year" else _ends(field, catalog)


def _values(field: Field, catalog: Catalog) -> Iterator[tuple[Trait, np.ndarray]]:
    having: dict[str, list[int]] = {}
    for row, value in enumerate(catalog.column(field.name)):
        for one in () if value is None else dict.fromkeys(value) if isinstance(value, list) else (value,):
            having.setdefault(str(one), []).append(row)
    for value, rows in having.items():
        given = Filter(field=field.name, op="contains", value=value)
        yield _trait(field, value, given), np.array(rows)


def _decades(field: Field, catalog: Catalog) -> Iterator[tuple[Trait, np.ndarray]]:
    decades = catalog.numbers(field.name) // 10 * 10
    for decade in np.unique(decades[np.isfinite(decades)]).astype(int).tolist():
        given = Filter(field=field.name, op="between", value=[decade, decade + 9])
        yield _trait(field, f"{decade}s", given), np.flatnonzero(decades == decade)


def _ends(field: Field, catalog: Catalog) -> Iterator[tuple[Trait, np.ndarray]]:
    values = catalog.numbers(field.name)
    low, high = np.nanpercentile(values, _ENDS) if np.isfinite(values).any() else (0.0, 0.0)
    if low >= high:
        return
    unit = f" {field.unit}" if field.unit else ""
    for op, word, bound, which in (("lte", "at most", low, values <= low), ("gte", "at least", high, values >= high)):
        given = Filter(field=field.name, op=op, value=round(float(bound), 3))  # type: ignore[arg-type]
        yield _trait(field, f"{word} {round(float(bound), 3):g}{unit}", given), np.flatnonzero(which)


def _trait(field: Field, value: str, given: Filter) -> Trait:
    return Trait(field.name, value, field.role, given)
