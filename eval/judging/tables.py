"""The table of agreement: the judge and the trivial baselines against people, and people against each other."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from eval import agreement
from eval.judging.calibrate import Calibration
from eval.judging.corrected import dialogues_needed, smallest_difference, spread_inside

_ARM = 100
_ON_ANOTHER_SCALE = ("length", "number of turns")
Row = Mapping[str, Any]


def agreement_table(
    found: Calibration, target: str, *, by_system: bool, n: int = agreement.N_RESAMPLES
) -> dict[str, Row]:
    """Return one row a judge: rank correlations, kappa and alpha pooled, and the correlation within systems.

    Intervals draw whole systems where whole systems were held out, dialogues otherwise.
    """
    systems = found.systems
    clusters = systems if by_system else np.arange(len(found.labels)).astype(str)
    rows: dict[str, Row] = {}
    for name, predicted in found.predicted.items():
        scaled = name not in _ON_ANOTHER_SCALE
        rows[name] = _row(predicted, found.labels, systems, clusters, scaled=scaled, n=n)
    units = [dialogue.labels[target] for dialogue in found.dialogues]
    if any(len(unit) > 1 for unit in units):
        ones, others, at = agreement.one_against_others(units)
        row = _row(ones, others, systems[at], at.astype(str), scaled=True, n=n)
        rows["one annotator against the others"] = {**row, "alpha": _told(agreement.krippendorff(units))}
    return rows


def resolution(found: Calibration, target: str) -> str:
    """Say how large a difference between two systems these labels can show, with how many dialogues."""
    labels, systems = found.labels, found.systems
    given = [label for dialogue in found.dialogues for label in dialogue.labels[target]]
    low, high, spread = min(given), max(given), spread_inside(labels, systems)
    if high == low or not spread:
        return "All labels of a system are the same: nothing is known of how far dialogues lie apart."
    gap, scale = smallest_difference(labels, systems, _ARM), high - low
    return (
        f"Labels lie {spread:.2f} about the mean of their system (scale {low:g} to {high:g}). "
        f"{_ARM} dialogues an arm show a difference of {gap:.2f} ({gap / scale:.0%} of the scale) in four of five "
        f"trials; 10 % of it needs {dialogues_needed(labels, systems, 0.1 * scale):,} an arm."
    )


def _row(
    a: np.ndarray, b: np.ndarray, systems: np.ndarray, clusters: np.ndarray, *, scaled: bool, n: int
) -> dict[str, Any]:
    alpha = agreement.krippendorff(list(zip(a, b, strict=True))) if scaled else math.nan
    inside = agreement.within(a, b, systems) if len(set(systems)) > 1 else math.nan
    return {
        "n": len(a),
        "Spearman": _told(agreement.spearman(a, b)),
        "Spearman, 95 %": _between(lambda at: agreement.spearman(a[at], b[at]), clusters, n),
        "Pearson": _told(agreement.pearson(a, b)),
        "Kendall": _told(agreement.kendall(a, b)),
        "kappa": _told(agreement.quadratic_kappa(a, b) if scaled else math.nan),
        "alpha": _told(alpha),
        "r within systems": _told(inside),
        "within, 95 %": ""
        if math.isnan(inside)
        else _between(lambda at: agreement.within(a[at], b[at], systems[at]), clusters, n),
    }


def _between(statistic: Callable[[np.ndarray], float], clusters: np.ndarray, n: int) -> str:
    found = agreement.interval(statistic, clusters, n=n)
    return f"{found[0]:.2f} to {found[1]:.2f}" if found else ""


def _told(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"
