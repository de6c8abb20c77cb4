"""What an evaluation leaves: a Markdown table for people, and JSON of the same numbers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from errors import InputError

Row = Mapping[str, Any]


def table(rows: Mapping[str, Row]) -> str:
    """Return the rows as a Markdown table; intervals behind their means."""
    columns: Sequence[str] = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(_cell(row.get(column, "")) for column in columns) + " |")
    return "\n".join(lines)


def write(path: Path | None, title: str, rows: Mapping[str, Row], **facts: Any) -> None:
    """Print the table, and write the numbers to `path` (JSON) and the table beside it (.md). Raises InputError."""
    text = f"{title}\n{table(rows)}"
    print(text)
    if path is None:
        return
    try:
        path.write_text(json.dumps({**facts, "rows": rows}, indent=2, ensure_ascii=False), encoding="utf-8")
        path.with_suffix(".md").write_text(text.replace("\n", "\n\n", 1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}). Give a file in a folder that exists."
        ) from error


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['mean']:.4f} ({value['low']:.3f}–{value['high']:.3f})"
    return f"{value:,}" if isinstance(value, int) else str(value)
