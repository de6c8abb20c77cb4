"""The tables of what code checks: faults, and how the lists of a system are, a row a system."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eval.judging.faults import FAULTS

Line = Mapping[str, Any]
_COSTS = ("ms", "tool_calls", "model_calls", "tokens", "cost")


def fault_table(systems: Sequence[str], lines: Sequence[Line]) -> dict[str, dict[str, str]]:
    """Return how many faults each system's dialogues have, by name; those nobody could see are left out."""
    seen = [name for name in FAULTS if any(line["checks"]["faults"][name] is not None for line in lines)]
    return {
        system: {"n": f"{len(mine)}", **{name: _total(mine, name) for name in seen}}
        for system, mine in _by_system(systems, lines).items()
    }


def measure_table(systems: Sequence[str], lines: Sequence[Line], n_items: int | None) -> dict[str, dict[str, str]]:
    """Return the means of what is counted, per turn where it costs something; coverage is of the whole catalogue."""
    rows = {}
    for system, mine in _by_system(systems, lines).items():
        checks = [line["checks"] for line in mine]
        row = {
            "turns": _mean([one["exchanges"] for one in checks]),
            "recommending": _share(checks, "recommending", "exchanges"),
            "questions per list": _share(checks, "questions", "recommending"),
            "first welcome": _mean([one["first_welcome"] for one in checks]),
        }
        if n_items:
            row |= _in_catalog(mine, checks, n_items)
        rows[system] = row | _cost(checks)
    return rows


def _in_catalog(mine: Sequence[Line], checks: Sequence[Mapping[str, Any]], n_items: int) -> dict[str, str]:
    items = {item for line in mine for turn in line["turns"] for item in turn.get("items", ())}
    wrong = sum(one["faults"]["unsupported"] for one in checks)
    claims = sum(one["claims"] for one in checks)
    odd = sum(one["faults"]["inconsistent"] for one in checks)
    giving = sum(one["recommending"] for one in checks)
    return {
        "first valid": _mean([one.get("first_valid") for one in checks]),
        "unsupported": f"{wrong / claims:.2%}" if claims else "",
        "list and reply agree": f"{1 - odd / giving:.1%}" if giving else "",
        "relaxed": f"{sum(one['relaxed'] for one in checks):,}",
        "unlike in a list": _mean([one["diversity_in_list"] for one in checks]),
        "popularity": _mean([one["popularity"] for one in checks]),
        "coverage": f"{len(items) / n_items:.2%}",
    }


def _cost(checks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    told = [one for one in checks if one["ms"] is not None]
    if not told:
        return {}
    turns = sum(one["exchanges"] for one in told)
    slowest = float(np.quantile([one["ms_slowest"] for one in told], 0.95))
    spent = {f"{name} a turn": f"{sum(one[name] or 0 for one in told) / turns:.4g}" for name in _COSTS}
    return {**spent, "slowest turn, 95 % of dialogues": f"{slowest:.0f} ms"}


def _by_system(systems: Sequence[str], lines: Sequence[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for system, line in zip(systems, lines, strict=True):
        found.setdefault(system, []).append(line)
    return dict(sorted(found.items()))


def _total(lines: Sequence[Line], name: str) -> str:
    counts = [line["checks"]["faults"][name] for line in lines]
    return f"{sum(count or 0 for count in counts):,}" if any(count is not None for count in counts) else ""


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{float(np.mean(known)):.2f}" if known else ""


def _share(checks: Sequence[Mapping[str, Any]], part: str, whole: str) -> str:
    n = sum(one[whole] for one in checks)
    return f"{sum(one[part] for one in checks) / n:.2f}" if n else ""
