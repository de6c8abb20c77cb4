"""`eval fit`: weights from labelled dialogues, scored out of fold and on files left out, and the chances they mean."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from agents.ranking.learned import COLUMNS, blended
from agents.ranking.trees import Forest
from errors import InputError
from eval.boosting import fit_trees
from eval.calibration import knots_of, reliability, shown
from eval.logit import Pool, fit, folds_of
from eval.metrics import MISSED, RANKING, with_intervals
from eval.report import table

_N_FOLDS = 5


def fit_ranker(sets: Mapping[str, Sequence[Pool]], catalog: str, out: Path) -> str:
    """Fit on all sets, write the ranker to `out`, and return the tables as Markdown.

    Raises InputError where a file is one to test on, or `out` cannot be written.
    """
    if spoiled := [name for name in sets if "test" in name]:
        raise InputError(f"{spoiled[0]} is for testing. Fit on validation dialogues.")
    pools = [pool for of_set in sets.values() for pool in of_set]
    folds = folds_of(pools, _N_FOLDS)
    scores = out_of_fold(pools, folds)
    logs, taken, _ = shown(pools, scores)
    fitted = {
        "made_by": "app.py eval fit",
        "date": date.today().isoformat(),
        "catalog": catalog,
        "turns": {name: len(of_set) for name, of_set in sets.items()},
        "split": f"weights: all turns; reported numbers and chances: out of fold, {_N_FOLDS} folds over dialogues",
        "weights": dict(zip(COLUMNS, np.round(fit(pools), 4).tolist(), strict=True)),
        "trees": fit_trees(pools).plain(),
        "strength": dict(zip(("log_share", "chance"), np.round(knots_of(logs, taken), 5).tolist(), strict=True)),
    }
    try:
        out.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Give a file in a folder that exists.") from error
    tables = [table(_compared(sets, scores)), table(reliability(pools, scores, folds))]
    return "\n\n".join(tables)


def _compared(sets: Mapping[str, Sequence[Pool]], scores: Sequence[np.ndarray]) -> dict[str, dict[str, Any]]:
    """Return the metrics by set: fixed weights, fitted out of fold, and fitted on the other sets alone."""
    rows, start = {}, 0
    for name, pools in sets.items():
        rows[f"{name}: fixed weights"] = _row(pools, [pool.fixed for pool in pools])
        rows[f"{name}: learned, out of fold"] = _row(pools, scores[start : start + len(pools)])
        start += len(pools)
        if others := [pool for other in sets if other != name for pool in sets[other]]:
            rows[f"{name}: learned on the others"] = _row(pools, scored(pools, *_fitted(others)))
    return rows


def _fitted(pools: Sequence[Pool]) -> tuple[np.ndarray, Forest]:
    return fit(pools), fit_trees(pools)


def out_of_fold(pools: Sequence[Pool], folds: np.ndarray) -> list[np.ndarray]:
    """Return the scores of every pool by a ranker fitted on the other folds."""
    found: dict[int, np.ndarray] = {}
    for fold in np.unique(folds):
        fitted = _fitted([pool for pool, f in zip(pools, folds, strict=True) if f != fold])
        own = np.flatnonzero(folds == fold).tolist()
        found |= dict(zip(own, scored([pools[i] for i in own], *fitted), strict=True))
    return [found[i] for i in range(len(pools))]


def scored(pools: Sequence[Pool], weights: np.ndarray, trees: Forest) -> list[np.ndarray]:
    """Return the scores in force: learned where the learned ranker speaks."""
    return [blended(p.columns, p.context, weights, trees) if p.learned else p.fixed for p in pools]


def _row(pools: Sequence[Pool], scores: Sequence[np.ndarray]) -> dict[str, Any]:
    ranks: list[float] = []
    groups: list[str] = []
    for pool, given in zip(pools, scores, strict=True):
        order = np.argsort(-given, kind="stable")
        found = np.flatnonzero(pool.taken[order]).tolist()
        ranks += [*map(float, found), *[MISSED] * (pool.n_targets - len(found))]
        groups += [pool.group] * max(pool.n_targets, len(found))
    at = np.asarray(ranks)
    return {"n": len(ranks)} | with_intervals({name: metric(at) for name, metric in RANKING.items()}, groups)
