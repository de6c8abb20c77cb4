"""What a chance shown must mean: isotonic regression on predictions out of fold, and its reliability table."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.ranking.learned import log_share
from eval.logit import Pool

_SHOWN = 50
"""Candidates of a turn that are counted, the best: the rest is never shown."""
_N_KNOTS = 24
_EDGES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 1.0)


def shown(pools: Sequence[Pool], scores: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (log share, taken, number of the pool) of the best candidates of every pool the learned ranker ranks."""
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for i, (pool, given) in enumerate(zip(pools, scores, strict=True)):
        if pool.learned and len(given):
            best = np.argsort(-given, kind="stable")[:_SHOWN]
            found.append((log_share(given)[best], pool.taken[best], np.full(len(best), i)))
    return tuple(np.concatenate(part) for part in zip(*found, strict=True))  # type: ignore[return-value]


def knots_of(logs: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Return (2, n_knots): log shares, ascending, and the chances that isotonic regression sees at them."""
    from sklearn.isotonic import IsotonicRegression

    curve = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(logs, taken.astype(float))
    # The best candidates are few and matter most: knots lie closer together the higher the share.
    places = np.unique(np.quantile(logs, 1 - np.geomspace(1, 1e-3, _N_KNOTS)))
    wide = np.r_[places[0], (places[1:] + places[:-1]) / 2, places[-1]]
    low, high = np.searchsorted(np.sort(logs), wide[:-1]), np.searchsorted(np.sort(logs), wide[1:], side="right")
    chances = curve.predict(np.sort(logs))
    means = [chances[a:b].mean() if b > a else curve.predict([x])[0] for a, b, x in zip(low, high, places, strict=True)]
    return np.array([places, np.maximum.accumulate(means)])


def reliability(pools: Sequence[Pool], scores: Sequence[np.ndarray], folds: np.ndarray) -> dict[str, dict[str, Any]]:
    """Return, by range of the chance predicted, how often it came true; each fold predicted by the others."""
    logs, taken, at = shown(pools, scores)
    predicted = np.zeros(len(logs))
    for fold in np.unique(folds):
        inside = folds[at] == fold
        predicted[inside] = np.interp(logs[inside], *knots_of(logs[~inside], taken[~inside]))
    rows: dict[str, dict[str, Any]] = {}
    for low, high in zip(_EDGES, _EDGES[1:], strict=False):
        part = (predicted >= low) & (predicted < high)
        if part.any():
            seen, said = float(taken[part].mean()), float(predicted[part].mean())
            rows[f"{low:.1%} to {high:.1%}"] = {
                "n": int(part.sum()),
                "predicted": round(said, 4),
                "seen": round(seen, 4),
            }
    rows["all"] = {
        "n": len(logs),
        "predicted": round(float(predicted.mean()), 4),
        "seen": round(float(taken.mean()), 4),
    }
    return rows
