"""The part every retrieval tool shares: filters over the whole catalogue first, then a list without the excluded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process

from retrieval.catalog import Catalog
from retrieval.items import Field, Filter, Role, Rows
from retrieval.text import fold
from tools.spec import ToolArgs, ToolContext, ToolResult

Ranking = list[tuple[int, float]]
_POSITIVE = ("eq", "in", "contains")
_VALUES_READ = 200_000


@dataclass(frozen=True)
class Pool:
    """What a tool may return."""

    catalog: Catalog
    rows: Rows | None
    """Rows that satisfy the filters, without the excluded ones; None where there are no filters."""
    excluded: frozenset[int]
    n_pool: int
    n_unknown: int
    note: str

    @classmethod
    def of(cls, args: ToolArgs, context: ToolContext) -> "Pool":
        """Apply the filters of a call. Raises FilterError."""
        catalog = context.bundle.catalog
        excluded = frozenset(catalog.rows_of(context.exclude))
        if not args.filters:
            return cls(catalog, None, excluded, catalog.n_items, 0, "")
        rows, n_unknown = catalog.select(args.filters)
        note = " ".join(filter(None, (_unheard_of(f, catalog, empty=not len(rows)) for f in args.filters)))
        kept = np.setdiff1d(rows, np.fromiter(excluded, np.int32, len(excluded)), assume_unique=True)
        return cls(catalog, kept, excluded, len(rows), n_unknown, note)

    def allowed(self) -> Rows:
        """Return the rows as numbers, also where there are no filters."""
        if self.rows is not None:
            return self.rows
        everything = np.arange(self.catalog.n_items, dtype=np.int32)
        return np.setdiff1d(everything, np.fromiter(self.excluded, np.int32, len(self.excluded)), assume_unique=True)

    def ranked(self, search: Callable[[int, Rows | None], Ranking], k: int) -> Ranking:
        """Run a search within the pool; unfiltered searches stay unfiltered, so that they may use an index."""
        if self.rows is not None:
            return search(k, self.rows)
        found = search(k + len(self.excluded), None)
        return [pair for pair in found if pair[0] not in self.excluded][:k]

    def result(self, ranking: Ranking, why: Sequence[dict[str, object]], note: str = "") -> ToolResult:
        """Make hits of ranked rows, each with its evidence."""
        ids = self.catalog.ids
        hits = [
            {"item_id": ids[row], "score": round(score, 6), "why": reason}
            for (row, score), reason in zip(ranking, why, strict=True)
        ]
        notes = " ".join(filter(None, (self.note, note)))
        # All hits in one go: made one by one they take several times as long.
        raw = {"hits": hits, "note": notes, "n_pool": self.n_pool, "n_unknown": self.n_unknown}
        return ToolResult.model_validate(raw)


def canonical(field: Field, value: str, catalog: Catalog) -> str | None:
    """Return a value of a facet or person field as the catalogue writes it, or None where no item has it."""
    rows = catalog.select([Filter(field=field.name, op="eq", value=value)]).rows
    if not len(rows):
        return None
    counted = catalog.counts(field.name, rows, _VALUES_READ)
    return next((name for name, _ in counted if fold(name) == fold(value)), None)


def nearest_values(field: Field, value: str, catalog: Catalog) -> list[str]:
    """Return up to three values of a field that are spelled much like this one, the nearest first."""
    names = [name for name, _ in catalog.counts(field.name, limit=_VALUES_READ)]
    found = process.extract(value, names, processor=fold, limit=3, score_cutoff=55)
    return [name for name, _, _ in found]


def unknown_value(field: Field, value: str, catalog: Catalog) -> str:
    """Say that no item has this value, and which values come nearest."""
    near = nearest_values(field, value, catalog)
    hint = " The nearest are " + ", ".join(map(repr, near)) + "." if near else ""
    return f"Nothing here has {field.label} {value[:60]!r}.{hint}"


def _unheard_of(given: Filter, catalog: Catalog, *, empty: bool) -> str:
    field = catalog.fields[given.field]
    if field.role not in (Role.FACET, Role.PERSON) or given.op not in _POSITIVE or not (empty or given.op == "in"):
        return ""
    values = given.value if isinstance(given.value, list | tuple) else [given.value]
    absent = [v for v in values if not len(catalog.select([Filter(field=field.name, op="contains", value=v)]).rows)]
    return " ".join(unknown_value(field, str(v), catalog) for v in absent[:3])
