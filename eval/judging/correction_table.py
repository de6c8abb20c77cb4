"""Means of systems of which only some dialogues are labelled, put right by these: a row a system."""

from collections.abc import Sequence

import numpy as np

from errors import InputError
from eval.dialogues import Dialogue
from eval.judging.calibrate import Calibration
from eval.judging.corrected import Estimate, corrected_mean, corrected_share, mean_of
from eval.judging.evidence import Reader, evidence
from eval.judging.kernel import fit_kernel

_FEWEST = 5
"""Labelled dialogues of a system below which nothing is put right."""


def correction_table(
    found: Calibration, dialogues: Sequence[Dialogue], target: str, readers: Sequence[Reader]
) -> dict[str, dict[str, str]]:
    """Return each system's mean by its labels alone, by the judge alone, and by both.

    The judge of a system is fitted to the labels of the others. Raises InputError where nothing is left to judge.
    """
    labels = np.array([np.nan if (label := one.label(target)) is None else label for one in dialogues])
    systems, known = np.array([one.system for one in dialogues]), ~np.isnan(labels)
    if known.all() or len(set(systems[known])) < 2:
        raise InputError("There is nothing to put right: give dialogues of several systems, some of them not labelled.")
    seen = evidence(dialogues, readers)
    rows = {}
    for system in np.unique(systems):
        mine, others = systems == system, known & (systems != system)
        if (mine & known).sum() < _FEWEST:
            continue
        axes = seen.axes(others)
        kernel = fit_kernel(seen.rows(axes, others), labels[others])
        judged = np.zeros(len(labels))
        judged[mine] = kernel.above(seen.rows(axes, mine)) + kernel.level
        rows[str(system)] = {
            "labelled": f"{(mine & known).sum()}",
            "others": f"{(mine & ~known).sum()}",
            "labels alone": _told(mean_of(labels[mine & known])),
            "judge alone": f"{judged[mine].mean():.2f}",
            "both": _told(corrected_mean(judged[mine & known], labels[mine & known], judged[mine & ~known])),
            **_by_share(found, judged[mine]),
        }
    return rows


def _by_share(found: Calibration, judged: np.ndarray) -> dict[str, str]:
    """Return the mean by Rogan and Gladen's share, where labels have two values."""
    values = np.unique(found.labels)
    if len(values) != 2:
        return {}
    good, told = found.labels == values[1], found.predicted["judge"]
    bound = float(np.quantile(told, 1 - good.mean()))
    sensitivity, specificity = float((told[good] > bound).mean()), float((told[~good] <= bound).mean())
    share = corrected_share(float((judged > bound).mean()), sensitivity, specificity)
    return {"by misses and false alarms": f"{values[0] + share * (values[1] - values[0]):.2f}"}


def _told(found: Estimate) -> str:
    low, high = found.interval
    return f"{found.mean:.2f} ({low:.2f} to {high:.2f})"
