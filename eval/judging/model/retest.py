"""What verdicts come to: means with intervals, how many there are, and whether the judge says the same again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eval import agreement
from eval.metrics import with_intervals

Line = Mapping[str, Any]


def by_system(lines: Sequence[Line]) -> dict[str, dict[str, Any]]:
    """Return the mean of every dimension by system with its interval, over the dialogues where it was judged."""
    rows: dict[str, dict[str, Any]] = {}
    for system in sorted({line["system"] for line in lines}):
        mine = [line for line in lines if line["system"] == system]
        rows[system] = {"dialogues": len(mine)}
        for name in mine[0]["scores"]:
            given = [(line["scores"][name], line["dialogue_id"]) for line in mine if line["scores"][name] is not None]
            column = {name: np.array([score for score, _ in given])}
            rows[system] |= with_intervals(column, [name for _, name in given]) or {name: "–"}
    return rows


def by_dimension(lines: Sequence[Line]) -> dict[str, dict[str, Any]]:
    """Return by dimension: verdicts, those that gave a score, why others did not, and agreement between repeats."""
    verdicts = [(line["dialogue_id"], verdict) for line in lines for verdict in line["verdicts"]]
    rows: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(verdict["dimension"] for _, verdict in verdicts):
        mine = [(dialogue, verdict) for dialogue, verdict in verdicts if verdict["dimension"] == name]
        voids = Counter(verdict["void"] for _, verdict in mine if verdict["void"])
        rows[name] = {
            "verdicts": len(mine),
            "with a score": f"{1 - voids.total() / len(mine):.0%}",
            "without, mostly": voids.most_common(1)[0][0] if voids else "",
            **_again(mine),
        }
    return rows


def _again(verdicts: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return the test–retest of one dimension; nothing where nothing was asked twice."""
    units: dict[tuple[str, Any], list[float]] = {}
    for dialogue, verdict in verdicts:
        if verdict["score"] is not None:
            units.setdefault((dialogue, verdict["turn"]), []).append(verdict["score"])
    several = [scores for scores in units.values() if len(scores) > 1]
    if not several:
        return {}
    alpha = agreement.krippendorff(several)
    same = [a == b for scores in several for i, a in enumerate(scores) for b in scores[:i]]
    return {"same again": f"{np.mean(same):.0%}", "alpha of repeats": "" if np.isnan(alpha) else f"{alpha:.2f}"}
