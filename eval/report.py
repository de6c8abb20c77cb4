"""What an evaluation leaves: a Markdown table for people, and JSON of the same numbers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from errors import InputError

Row = Mapping[str, Any]


def table(rows: Mapping[str, Row]) -> str:
    """Return the rows as a Markdown table; behind their means the spread over seeds and the interval."""
    columns: Sequence[str] = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(_cell(row.get(column, "")) for column in columns) + " |")
    return "\n".join(lines)


def write(
    path: Path | None,
    title: str,
    rows: Mapping[str, Row],
    more: Mapping[str, Mapping[str, Row]] | None = None,
    **facts: Any,
) -> None:
    """Print the table, and write the numbers to `path` (JSON) and the table beside it (.md). Raises InputError.

    `more` are further tables under their titles.
    """
    text = "\n".join([title, table(rows), *(f"\n{head}\n\n{table(part)}" for head, part in (more or {}).items())])
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
        spread = f" ± {value['sd']:.4f}" if "sd" in value else ""
        return f"{value['mean']:.4f}{spread} ({value['low']:.3f}–{value['high']:.3f})"
    return f"{value:,}" if isinstance(value, int) else str(value)
