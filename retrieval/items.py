"""Items, hits, fields and filters: the only place where field names are strings."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Literal, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict

Rows = np.ndarray[tuple[int], np.dtype[np.int32]]
"""Row numbers of items, 0 … n_items-1, ascending, each once; they mean the same in every index of a bundle."""

Op = Literal["eq", "ne", "in", "not_in", "contains", "not_contains", "gte", "lte", "between", "known", "unknown"]
NEGATIVE_OPS: frozenset[str] = frozenset({"ne", "not_in", "not_contains"})


class Role(StrEnum):
    """What a column is for; tools, prompts and cards are built from roles."""

    ID = "id"
    TITLE = "title"
    TEXT = "text"
    FACET = "facet"
    PERSON = "person"
    NUMBER = "number"
    DATE = "date"
    IMAGE = "image"
    LINK = "link"


class Field(BaseModel):
    """One typed column of a catalogue."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Column name, as in the source file."""
    role: Role
    many: bool = False
    """Whether an item may have several values (facets and persons)."""
    label: str
    """What people call it: "runtime", "directors"."""
    unit: str = ""
    """Of numbers: "year", "min", "usd", "pages", "%", … or "" for a plain number."""
    coverage: float = 1.0
    """Share of items with a value, 0–1."""
    n_values: int = 0
    """How many different values (facets and persons)."""
    low: float | None = None
    """Smallest value of a number; a date's first year."""
    high: float | None = None
    """Largest value of a number; a date's last year."""


class Filter(BaseModel):
    """One limit: a list of them is an AND. Unknown fields never satisfy a filter (except `unknown`)."""

    model_config = ConfigDict(frozen=True)

    field: str
    op: Op
    value: Any = None
    """A scalar, a list for in / not_in, or [low, high] for between (both ends included)."""


class Item(BaseModel):
    """One item with the values of its known fields; facets with many values are lists."""

    model_config = ConfigDict(frozen=True)

    row: int
    item_id: str
    title: str
    values: dict[str, Any]
    """Known values by field name, JSON-plain (dates as ISO text); unknown ones are absent."""


class Hit(BaseModel):
    """An item a tool found, with the evidence for it."""

    item_id: str
    score: float
    why: dict[str, Any] = {}
    """JSON-plain evidence: matched words, the seed item, the limit met."""


class Retriever(Protocol):
    """Finds rows for a text query. `allowed` acts before any top-k; None allows every row."""

    def search(self, query: str, k: int, allowed: Rows | None = None) -> Sequence[tuple[int, float]]:
        """Return up to k (row, score) pairs, best first, scores > 0, only rows in `allowed`, no row twice."""
        ...
