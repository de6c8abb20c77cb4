"""The rubrics: what each dimension asks and what every level from 0 to 4 means, one file a dimension."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from errors import InputError

_FOLDER = Path(__file__).resolve().parent.parent / "rubrics"
Unit = Literal["turn", "dialogue"]
TOP = 4


@dataclass(frozen=True, slots=True)
class Rubric:
    """One dimension."""

    name: str
    unit: Unit
    asks: str
    levels: tuple[str, ...]
    """One sentence a level, from 0."""

    def told(self) -> str:
        """Return the question and its levels as a judge reads them."""
        levels = "\n".join(f"{i} = {level}" for i, level in enumerate(self.levels))
        return f"{self.name}: {self.asks}\n{levels}"


@lru_cache(maxsize=1)
def rubrics() -> dict[str, Rubric]:
    """Return all dimensions by name, those of single turns first, `overall` last."""
    found = []
    for path in sorted(_FOLDER.glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append(Rubric(path.stem, told["unit"], told["asks"], tuple(told["levels"])))
    found.sort(key=lambda rubric: (rubric.unit == "dialogue", rubric.name == "overall", rubric.name))
    return {rubric.name: rubric for rubric in found}


def chosen(names: Sequence[str]) -> list[Rubric]:
    """Return these dimensions, or all where none is named. Raises InputError naming one that does not exist."""
    if unknown := [name for name in names if name not in rubrics()]:
        raise InputError(f"There is no dimension {unknown[0]!r} to judge. Choose among {', '.join(rubrics())}.")
    return [rubric for name, rubric in rubrics().items() if not names or name in names]
