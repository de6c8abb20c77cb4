"""The output lines of a judge, read again: for calibration, corrections and mutations."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from errors import InputError
from eval.dialogues import Dialogue
from eval.judging.evidence import Evidence
from ui.batch import numbered_lines


def read_verdicts(path: Path) -> dict[str, Mapping[str, Any]]:
    """Return the lines of `eval judge` by dialogue. Raises InputError naming the line that is none."""
    found: dict[str, Mapping[str, Any]] = {}
    for number, text in numbered_lines(path):
        try:
            line = json.loads(text)
            found[str(line["dialogue_id"])] = {**line, "scores": _scores(line["scores"])}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"Line {number} of {path} is no line of `eval judge`. Give its --out file.") from error
    if not found:
        raise InputError(f"{path} holds no verdict. Give the --out file of `eval judge`.")
    return found


def _scores(raw: Mapping[str, Any]) -> dict[str, float | None]:
    scores = {name: None if score is None else float(score) for name, score in raw.items()}
    if not all(score is None or math.isfinite(score) for score in scores.values()):
        raise ValueError("a score is no number")
    return scores


class Verdicts:
    """Reads another judge's scores as features; a Reader."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises InputError where it cannot be used."""
        self._path, self._lines = path, read_verdicts(path)

    def __call__(self, dialogues: Sequence[Dialogue]) -> Evidence:
        """Return the scores and whether each was given, one column each; what was not given is the others' mean."""
        missing = [one.dialogue_id for one in dialogues if one.dialogue_id not in self._lines]
        if missing:
            raise InputError(
                f"{self._path} lacks {len(missing)} of the dialogues, {missing[0]!r} first. Judge them too."
            )
        lines = [self._lines[one.dialogue_id]["scores"] for one in dialogues]
        names = sorted({name for line in self._lines.values() for name in line["scores"]})
        rows = np.array([[np.nan if (v := scores.get(name)) is None else v for name in names] for scores in lines])
        known = ~np.isnan(rows)
        means = np.array(
            [column[seen].mean() if seen.any() else 0.0 for column, seen in zip(rows.T, known.T, strict=True)]
        )
        columns = np.hstack([np.where(known, rows, means), known])
        return Evidence(np.zeros((len(dialogues), 0)), apart=[columns])
