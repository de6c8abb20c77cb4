"""The parts of a report: what was found, dimension by dimension, pairs, tables, and what the report was made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.judging.model.pairwise import summary
from eval.reporting.markup import Markup, grid, joined, matrix, section, tag, text
from eval.reporting.plots import forest
from eval.reporting.sources import MEANS, Source
from eval.reporting.units import LOWER_IS_BETTER, Arm

_TOP = 4.0
_FEWEST_SEEN = 30
_FIRST = ("reward", "overall")
NOTHING = "–"


def headline(found: Sequence[Arm]) -> Markup | None:
    """Return the table of all systems with all means and intervals; None where nothing was measured unit by unit."""
    if not found:
        return None
    metrics = _metrics(found)
    rows = [[arm.label, f"{arm.n:,}", *(interval(arm.mean(metric)) for metric in metrics)] for arm in found]
    told = [
        "Means with 95 % intervals of a bootstrap that draws whole dialogues or tasks. Scores of judges run from 0 "
        "to 4, rewards from 0 to 1.",
    ]
    if few := [arm.label for arm in found if arm.n < _FEWEST_SEEN]:
        told.append(f"Too few to tell systems apart: {', '.join(few)}.")
    return section(
        "What was found", *(tag("p", one) for one in told), matrix(["", "n", *metrics], rows), anchor="found"
    )


def forests(found: Sequence[Arm]) -> Markup | None:
    """Return a forest plot a metric; None where there is none."""
    figures = []
    for metric in _metrics(found):
        rows = [(arm.label, mean) for arm in found if (mean := arm.mean(metric))]
        if metric in LOWER_IS_BETTER and not any(mean["high"] for _, mean in rows):
            continue
        low, high = scale(metric, [mean for _, mean in rows])
        note = " (lower is better)" if metric in LOWER_IS_BETTER else ""
        figures.append(forest(metric + note, rows, low, high))
    if not figures:
        return None
    told = tag("p", "A dot is a mean, its bar the 95 % interval. Bars that overlap may still differ: use eval compare.")
    return section("Dimension by dimension", told, tag("div", *figures, class_="plots"), anchor="dimensions")


def scale(metric: str, means: Sequence[Mapping[str, float]]) -> tuple[float, float]:
    """Return the ends of an axis: those of the scale where there is one, else from 0 to what was seen."""
    highest = max(mean["high"] for mean in means)
    if metric in ("reward", "gold found") or metric.startswith("R@"):
        return 0.0, 1.0
    return 0.0, (highest * 1.1 or 1.0) if metric in LOWER_IS_BETTER or highest > _TOP else _TOP


def interval(mean: Mapping[str, float] | None) -> Any:
    """Return a mean with its interval as a cell."""
    if mean is None:
        return NOTHING
    digits = 0 if mean["mean"] >= 1000 else 1 if mean["mean"] >= 100 else 2 if mean["mean"] >= 10 else 3
    low, high = (f"{mean[end]:,.{digits}f}" for end in ("low", "high"))
    return joined([f"{mean['mean']:,.{digits}f} ", tag("span", f"({low} to {high})", class_="soft")])


def pairs(sources: Sequence[Source]) -> Markup | None:
    """Return who was preferred to whom; None where no pairs were judged."""
    found = []
    for source in sources:
        if source.kind != "pairs":
            continue
        rows = summary([dict(line) for line in source.lines])
        named = next((line["systems"] for line in source.lines if "systems" in line), ["first", "second"])
        columns = list(next(iter(rows.values())))
        found.append(tag("h3", f"{source.path.name}: {named[0]} (first) and {named[1]} (second)"))
        found.append(grid(["", *columns], [[name, *row.values()] for name, row in rows.items()]))
    if not found:
        return None
    told = (
        "Every pair was judged in both orders; where these disagree it is a tie. The control sets a dialogue against "
    )
    told += "itself: anything but a tie there is a preference for a place."
    return section("Pairs", tag("p", told), *found, anchor="pairs")


def tables(sources: Sequence[Source]) -> Markup | None:
    """Return the tables of other evaluations as they were written; None where there is none."""
    found: list[Markup] = []
    for source in sources:
        rows = _rows_of(source)
        if not rows:
            continue
        columns = list(dict.fromkeys(name for row in rows.values() for name in row))
        told = source.whole or {}
        title = told.get("title") or " · ".join(
            str(told[key]) for key in ("what", "turns", "data", "catalog") if told.get(key)
        )
        found.append(tag("h3", source.path.name, " – " if title else "", title))
        found.append(
            matrix(
                ["", *columns], [[name, *(_cell(row.get(column)) for column in columns)] for name, row in rows.items()]
            )
        )
    return section("Tables", *found, anchor="tables") if found else None


def _rows_of(source: Source) -> Mapping[str, Mapping[str, Any]]:
    if source.whole is None:
        return {}
    found: Mapping[str, Mapping[str, Any]] = source.whole["rows" if source.kind == "table" else "numbers"]
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, dict) and {"mean", "low", "high"} <= value.keys():
        return interval(value)
    if value is None or value == "":
        return NOTHING
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else text(value)


def made_of(sources: Sequence[Source]) -> Markup:
    """Return the files with their hashes, and the settings they tell."""
    rows = [
        [
            source.path.name,
            MEANS[source.kind],
            f"{len(source.lines):,}" if source.lines else NOTHING,
            tag("code", source.sha256),
        ]
        for source in sources
    ]
    found: list[Markup] = [grid(["file", "written by", "lines", "SHA-256"], rows)]
    for source in sources:
        if told := _settings(source):
            found.append(tag("h3", source.path.name))
            found.append(grid(["setting", "value"], [[key, tag("code", value)] for key, value in told.items()]))
    return section("What this was made of", *found, anchor="made-of")


def _settings(source: Source) -> dict[str, Any]:
    if source.whole is not None:
        settings = source.whole.get("settings")
        plain = {key: value for key, value in source.whole.items() if isinstance(value, str | int | float)}
        return plain | (dict(settings) if isinstance(settings, dict) else {})
    told: dict[str, Any] = {}
    for key in ("judge", "model", "simulator", "fold"):
        if seen := sorted({str(line[key]) for line in source.lines if line.get(key) is not None}):
            told[key] = ", ".join(seen[:12])
    return told


def _metrics(found: Sequence[Arm]) -> list[str]:
    seen = dict.fromkeys(metric for arm in found for metric in arm.metrics)
    return sorted(seen, key=lambda metric: _FIRST.index(metric) if metric in _FIRST else len(_FIRST))
