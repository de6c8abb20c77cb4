"""The `eval` commands: read labelled data, score, print a table, write JSON."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agents.session import Cicerone
from errors import InputError
from eval.questions import score_questions
from eval.turns import score_turns
from ui.batch import read_lines
from ui.progress import progress

_NEEDED = {"retrieval": ("dialog_id", "context", "targets"), "filters": ("text", "constraints", "gold")}
"""What each line must hold, by kind of evaluation."""


async def run(agent: Cicerone, args: argparse.Namespace) -> int:
    """Run one evaluation as the command line asks for it."""
    rows_in = _read(args.turns, _NEEDED[args.what])[: args.n]
    extra: dict[str, Any] = {}
    async with agent:
        with progress() as report:
            if args.what == "retrieval":
                rows = await score_turns(agent, rows_in, lambda done, total: report("turns", done, total))
            else:
                rows, wrong = await score_questions(
                    agent, rows_in, lambda done, total: report("questions", done, total)
                )
                extra["wrong"] = wrong
    title = f"{args.what} · {args.turns.name} · catalogue {agent.catalog_name} · {agent.planner_name()}"
    print(f"{title}\n{table(rows)}")
    if args.out:
        result = {"what": args.what, "turns": args.turns.name, "catalog": agent.catalog_name, "rows": rows, **extra}
        args.out.write_text(json.dumps(result, indent=2, ensure_ascii=False), encoding="utf-8")
    return 0


def _read(path: Path, needed: Sequence[str]) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in read_lines(path)]
    except ValueError as error:
        raise InputError(f"{path} cannot be read as JSONL ({error}). Give labelled lines, plain or .gz.") from error
    for i, row in enumerate(rows):
        lacking = [name for name in needed if not isinstance(row, dict) or name not in row]
        if lacking:
            raise InputError(
                f"Line {i + 1} of {path} lacks {', '.join(lacking)}. Give a file labelled for this evaluation."
            )
    return rows


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Return the rows as a Markdown table; intervals behind their means."""
    columns: Sequence[str] = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        lines.append(f"| {name} | " + " | ".join(_cell(row.get(column, "")) for column in columns) + " |")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['mean']:.4f} ({value['low']:.3f}–{value['high']:.3f})"
    return f"{value:,}" if isinstance(value, int) else str(value)
