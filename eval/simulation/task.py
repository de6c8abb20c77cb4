"""A task: what a simulated user wants, knows already and tells when; and whether an item is what they want."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.text import fold

Reveal = Literal["at_once", "on_asking", "on_rejection"]
Voice = Literal["terse", "plain", "chatty"]


class Task(BaseModel):
    """One task; it is the same whoever acts it out and however often."""

    model_config = ConfigDict(frozen=True)

    task_id: str
    catalog: str
    limits: list[Filter]
    """What an item must meet, in the order in which it is told."""
    n_opening: int
    """How many of them the opening message tells."""
    reveal: Reveal
    n_valid: int
    """How many items of the catalogue meet all limits, those to avoid not counted; 0: the task has no answer."""
    n_wanted: int = 1
    """How many different items the user wants."""
    avoid: list[str] = []
    """Items the user knows already: they meet the limits, and must not be shown once they are told."""
    avoid_told: Literal["", "opening", "history"] = ""
    """In the opening message by their titles, or before it, as a history that is no part of the talk."""
    targets: list[str] = []
    """Some of the items that meet all limits, the one the task was made from first."""
    band: Literal["", "head", "mid", "tail"] = ""
    """Third of the catalogue by popularity that the first target is from; "" where nothing tells popularity."""
    asks: str = ""
    """A field the user asks about before taking an item; "" for none."""
    patience: int = 6
    voice: Voice = "plain"
    difficulty: Literal["easy", "medium", "hard"] = "medium"
    tags: list[str] = []

    @property
    def solvable(self) -> bool:
        """Whether any item is an answer."""
        return self.n_valid > 0


def several(value: Any) -> list[Any]:
    """Return one or many values as a list; none of an unknown one."""
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def meets(value: Any, given: Filter, field: Field) -> bool:
    """Whether an item with this value meets a limit; an unknown value meets none.

    Written apart from the checks of the agent, which must not be the ones that judge it.
    """
    have = several(value)
    if not have:
        return False
    want = several(given.value)
    if field.role is Role.NUMBER:
        return _within(float(have[0]), [float(one) for one in want], given.op)
    if field.role is Role.DATE:
        return _within(str(have[0])[:10], [str(one) for one in want], given.op)
    named = {_folded(one) for one in have} & {_folded(one) for one in want}
    return not named if given.op in NEGATIVE_OPS else bool(named)


def _folded(value: Any) -> str:
    return fold(str(value)) or str(value).strip().lower()


def _within(have: Any, want: Sequence[Any], op: str) -> bool:
    if op == "between":
        return bool(want[0] <= have <= want[-1])
    if op in ("gte", "lte"):
        return bool(have >= want[0] if op == "gte" else have <= want[0])
    return (have in want) != (op in NEGATIVE_OPS)


def broken(values: dict[str, Any], limits: Sequence[Filter], fields: dict[str, Field]) -> list[Filter]:
    """Return the limits that an item of these values does not meet, in their order."""
    return [given for given in limits if not meets(values.get(given.field), given, fields[given.field])]
