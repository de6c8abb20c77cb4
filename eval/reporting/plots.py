"""Pictures of numbers, drawn as SVG inside the page."""

from collections.abc import Mapping, Sequence

import numpy as np

from eval.reporting.markup import Markup, tag

_WIDTH, _LEFT, _RIGHT, _ROW = 420, 150, 64, 24
_MOST_LETTERS = 22
_SIDE = 300
_PAD = 34


def forest(title: str, rows: Sequence[tuple[str, Mapping[str, float]]], low: float, high: float) -> Markup:
    """Return a figure: a dot at each mean and a bar over its interval, on a scale from `low` to `high`."""
    span = (high - low) or 1.0

    def x(value: float) -> float:
        return round(_LEFT + (min(max(value, low), high) - low) / span * (_WIDTH - _LEFT - _RIGHT), 1)

    height = _ROW * (len(rows) + 1) + 4
    drawn: list[Markup] = []
    for mark in np.linspace(low, high, 5):
        drawn.append(tag("line", x1=x(mark), x2=x(mark), y1=4, y2=height - _ROW, class_="rule"))
        drawn.append(tag("text", _short(float(mark)), x=x(mark), y=height - 6, text_anchor="middle", class_="soft"))
    for i, (label, row) in enumerate(rows):
        y = _ROW * i + _ROW / 2 + 2
        told = f"{label}: {row['mean']:.3f}, 95 % {row['low']:.3f} to {row['high']:.3f}, n {row['n']:,}"
        drawn.append(
            tag(
                "g",
                tag("title", told),
                tag("text", _cut(label), x=0, y=y + 4),
                tag("line", x1=x(row["low"]), x2=x(row["high"]), y1=y, y2=y, class_="bar"),
                tag("circle", cx=x(row["mean"]), cy=y, r=4.5, class_="dot"),
                tag("text", _short(row["mean"]), x=_WIDTH - _RIGHT + 14, y=y + 4),
            )
        )
    name = f"{title}: means with 95 % intervals"
    drawing = tag("svg", *drawn, viewBox=f"0 0 {_WIDTH} {height}", role="img", aria_label=name)
    return tag("figure", tag("figcaption", tag("b", title)), drawing)


def scatter(title: str, x: np.ndarray, y: np.ndarray) -> Markup:
    """Return a figure of predictions (across) against labels (up), with the mean label of ten groups of predictions."""
    low, high = float(min(x.min(), y.min())), float(max(x.max(), y.max()))
    span = (high - low) or 1.0

    def at(value: float) -> float:
        return round(_PAD + (value - low) / span * (_SIDE - 2 * _PAD), 1)

    drawn = [tag("line", x1=at(low), y1=_SIDE - at(low), x2=at(high), y2=_SIDE - at(high), class_="rule")]
    for mark in np.linspace(low, high, 5):
        here = at(float(mark))
        drawn.append(tag("text", _short(float(mark)), x=here, y=_SIDE - 8, text_anchor="middle", class_="soft"))
        drawn.append(tag("text", _short(float(mark)), x=4, y=_SIDE - here + 4, class_="soft"))
    drawn += [
        tag("circle", cx=at(float(a)), cy=_SIDE - at(float(b)), r=2.5, class_="faint")
        for a, b in zip(x, y, strict=True)
    ]
    for part in np.array_split(np.argsort(x, kind="stable"), min(10, len(x))):
        drawn.append(
            tag("circle", cx=at(float(x[part].mean())), cy=_SIDE - at(float(y[part].mean())), r=5, class_="dot")
        )
    name = f"{title}: predictions across, labels up"
    drawing = tag("svg", *drawn, viewBox=f"0 0 {_SIDE} {_SIDE}", role="img", aria_label=name)
    told = "Small: dialogues. Big: tenths by prediction, at their mean label. On the line both agree."
    return tag("figure", tag("figcaption", tag("b", title), f" – {told}"), drawing)


def _cut(label: str) -> str:
    return label if len(label) <= _MOST_LETTERS else label[: _MOST_LETTERS - 1] + "…"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}".rstrip("0").rstrip(".") or "0"
