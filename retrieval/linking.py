"""Names, values and numbers in a message → items and fields of this catalogue."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from retrieval.items import Op

Cue = Literal["", "like", "dislike", "seen", "similar", "lift"]


class Mention(BaseModel):
    """A span of a message linked to the catalogue."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int
    """Character offsets in the message as given, end exclusive."""
    text: str
    kind: Literal["title", "value", "range", "order", "relative", "field"]
    """title: items; value: a facet or person value; range: a number or date limit; order: "longest";
    relative: "newer", "shorter" (than what was shown); field: the bare name of a field ("the year")."""
    score: float
    """How sure the link is, 0–1."""
    field: str = ""
    op: Op | None = None
    """Of values and ranges, as if not negated."""
    value: Any = None
    """Canonical value; [low, high] for between; of order and relative: "asc" or "desc"."""
    item_ids: list[str] = []
    """Of titles: candidates, best first (year, exactness, prominence)."""
    other_fields: list[str] = []
    """Further fields that hold the same value (a person who both acts and directs)."""
    negated: bool = False
    """Under "no", "not", "without", "except", "anything but" …"""
    cue: Cue = ""
    """like: "I love X"; dislike: "I hate X"; seen: "I've seen X"; similar: "something like X"; lift: "drop X", "any X"."""
