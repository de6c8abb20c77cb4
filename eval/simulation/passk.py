"""pass^k: the chance that k tries at one task all succeed, and tables of it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_SAMPLES = 2_000
Line = Mapping[str, Any]


def pass_hat(n: int, c: int, k: int) -> float:
    """Return the unbiased estimate of pass^k from c successes in n tries, as in τ-bench (Yao et al. 2024).

    nan where fewer than k tries were made.
    """
    return math.comb(c, k) / math.comb(n, k) if n >= k else math.nan


def estimates(lines: Sequence[Line], k: int, seed: int = 0) -> dict[str, Any] | None:
    """Return {mean, low, high} of pass^k over tasks, each as heavy as the other; whole tasks are resampled.

    None where no task was tried k times.
    """
    tries: dict[str, list[int]] = {}
    for line in lines:
        tries.setdefault(line["task"]["task_id"], []).append(int(line["reward"]))
    each = np.array([pass_hat(len(won), sum(won), k) for won in tries.values() if len(won) >= k])
    if not len(each):
        return None
    rng = np.random.default_rng(seed)
    means = each[rng.integers(0, len(each), (_SAMPLES, len(each)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {"mean": round(float(each.mean()), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def by_group(lines: Sequence[Line], n_repeats: int) -> dict[str, dict[str, Any]]:
    """Return a row for all tasks, and for those with an answer a row a way of revealing, a difficulty and a third."""
    solvable = [line for line in lines if line["task"]["n_valid"]]
    groups: dict[str, list[Line]] = {"all": list(lines)}
    for key in ("reveal", "difficulty", "band"):
        for value in dict.fromkeys(line["task"][key] for line in solvable):
            if value:
                groups[f"{key}: {value}"] = [line for line in solvable if line["task"][key] == value]
    groups["no answer"] = [line for line in lines if not line["task"]["n_valid"]]
    for tag in ("avoid_opening", "avoid_history", "several", "refusal"):
        groups[tag] = [line for line in solvable if tag in line["task"]["tags"]]
    return {name: _row(group, n_repeats) for name, group in groups.items() if group}


def _row(lines: Sequence[Line], n_repeats: int) -> dict[str, Any]:
    row: dict[str, Any] = {"tasks": len({line["task"]["task_id"] for line in lines}), "dialogues": len(lines)}
    for k in range(1, n_repeats + 1):
        row[f"pass^{k}"] = estimates(lines, k) or "–"
    row["replies"] = f"{sum(line['flags']['n_replies'] for line in lines) / len(lines):.1f}"
    return row
