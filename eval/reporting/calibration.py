"""How well predictions agree with people: a picture, and the figures of `eval calibrate`, computed again."""

from collections.abc import Callable, Sequence

import numpy as np

from eval import agreement
from eval.reporting.markup import Markup, grid, section, tag
from eval.reporting.plots import scatter
from eval.reporting.sources import Source

_TOLD = (
    "Every dialogue was predicted by folds that never saw it (or its system). Pooled figures also reward telling "
    "systems apart; r within systems does not. Intervals draw whole systems where each is a fold, else dialogues."
)
_N = 1_000
_BESIDES = frozenset({"dialogue_id", "system", "fold", "label"})


def calibration(sources: Sequence[Source]) -> Markup | None:
    """Return the page of calibration; None where nothing was calibrated."""
    found: list[Markup] = []
    for source in sources:
        if source.kind == "predictions":
            found += [tag("h3", source.path.name), *_of(source)]
    return section("Calibration against people", tag("p", _TOLD), *found, anchor="calibration") if found else None


def _of(source: Source) -> list[Markup]:
    labels = np.array([line["label"] for line in source.lines], float)
    systems = np.array([str(line.get("system", "")) for line in source.lines])
    folds = np.array([str(line.get("fold", "")) for line in source.lines])
    clusters = systems if (systems == folds).all() else np.arange(len(labels)).astype(str)
    columns = {
        key: np.array([line[key] for line in source.lines], float)
        for key, value in source.lines[0].items()
        if key not in _BESIDES and _is_number(value) and all(_is_number(line.get(key)) for line in source.lines)
    }
    rows = [_row(name, column, labels, systems, clusters) for name, column in columns.items()]
    head = ["", "n", "Spearman", "95 %", "Pearson", "Kendall", "kappa", "r within systems", "95 %"]
    return [grid(head, rows), tag("div", scatter("predicted", columns["predicted"], labels), class_="plots")]


def _row(name: str, a: np.ndarray, b: np.ndarray, systems: np.ndarray, clusters: np.ndarray) -> list[str]:
    several = len(set(systems)) > 1
    return [
        name,
        f"{len(a):,}",
        _told(agreement.spearman(a, b)),
        _between(lambda at: agreement.spearman(a[at], b[at]), clusters),
        _told(agreement.pearson(a, b)),
        _told(agreement.kendall(a, b)),
        _told(agreement.quadratic_kappa(a, b)),
        _told(agreement.within(a, b, systems)) if several else "–",
        _between(lambda at: agreement.within(a[at], b[at], systems[at]), clusters) if several else "–",
    ]


def _between(statistic: Callable[[np.ndarray], float], clusters: np.ndarray) -> str:
    found = agreement.interval(statistic, clusters, n=_N)
    return f"{found[0]:.2f} to {found[1]:.2f}" if found else "–"


def _told(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3f}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
