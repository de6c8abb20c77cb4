"""The columns of a catalogue as a table for the terminal: role, why, how often known, examples."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from retrieval.importing.roles.evidence import Evidence

WIDTH = 100
MOST_ROWS = 80
_EXAMPLE_CHARS = 24
_TITLES = ("column", "role", "known", "why", "examples")
_WIDTHS = (20, 17, 5, 32)
"""At most so wide, but the examples, which take what is left."""


def show_columns(columns: "Sequence[Evidence]", out: TextIO) -> None:
    """Write the table, at most 100 characters wide; plain where `out` is no terminal. "?" marks what was assumed."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, highlight=False)
    console.width = min(WIDTH, console.width) if console.is_terminal else WIDTH
    table = Table(box=None, pad_edge=False, header_style="bold")
    cells = [(printable(c.column), _role(c), f"{c.coverage:>5.0%}", printable(c.why), _examples(c)) for c in columns]
    widths = [
        min(most, max(map(len, texts))) for most, texts in zip(_WIDTHS, zip(_TITLES, *cells, strict=True), strict=False)
    ]
    widths.append(max(_EXAMPLE_CHARS, console.width - sum(widths) - 2 * len(widths)))
    for title, width in zip(_TITLES, widths, strict=True):
        table.add_column(title, width=width, no_wrap=title != "why", overflow="ellipsis")
    for shown, row in list(zip(columns, cells, strict=True))[:MOST_ROWS]:
        style = "dim" if shown.role == "ignore" else "" if shown.certain else "yellow"
        table.add_row(*map(Text, row[:-1]), Text(_cut(row[-1], widths[-1])), style=style)
    console.print(table)
    if len(columns) > MOST_ROWS:
        console.print(f"… and {len(columns) - MOST_ROWS:,} columns more")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip(" ·…") + "…"


def printable(text: str) -> str:
    """Return the text in one line, without what moves a cursor or turns the direction of writing."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _role(shown: "Evidence") -> str:
    mark = "" if shown.certain else " ?"
    unit = f" ({printable(shown.unit)})" if shown.unit else " (many)" if shown.many else ""
    return f"{shown.role}{unit}{mark}"


def _examples(shown: "Evidence") -> str:
    texts = [printable(example) for example in shown.examples]
    return " · ".join(text if len(text) <= _EXAMPLE_CHARS else text[: _EXAMPLE_CHARS - 1] + "…" for text in texts)
