"""`eval dialogue`: turns of dialogues and questions with exact limits, and what every one of them costs and claims."""

import argparse
import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agents.graph import build_graph
from agents.session import Cicerone
from agents.trace_files import TraceFile
from agents.traces import settings_told
from errors import InputError
from eval.cases import Options, targets_of
from eval.dialogue_table import machine, numbers_of, reasons_of, side_by_side, turned
from eval.dialogue_turns import Kind, Taken, take
from eval.report import table
from ui.progress import Report, progress

_PROMPTS = Path(__file__).resolve().parent.parent / "agents" / "prompts"
Rows = Sequence[Mapping[str, Any]]
Work = tuple[str, Kind, Mapping[str, Any], bool]
"""Key, kind, labelled turn, whether to answer in the model's words."""


def dialogue(
    args: argparse.Namespace, make_agent: Callable[[], Cicerone], read: Callable[[Path, Sequence[str]], Rows]
) -> int:
    """Take turns as the command line asks, or only show results. Raises InputError where it asks for neither."""
    if args.table:
        print(show_table(args.table))
        return 0
    if not (args.redial or args.questions):
        raise InputError(
            "There is nothing to take. Give --redial FILE, --questions FILE or both, or --table of results."
        )
    redial = read(args.redial, ("dialog_id", "context", "targets")) if args.redial else []
    questions = read(args.questions, ("text", "constraints", "gold")) if args.questions else []

    async def run() -> str:
        async with make_agent() as agent:
            with progress() as report:
                return await run_dialogue(args, agent, redial, questions, report)

    print(asyncio.run(run()))
    return 0


async def run_dialogue(args: argparse.Namespace, agent: Cicerone, redial: Rows, questions: Rows, report: Report) -> str:
    """Take the turns that are not in the file beside `args.out` yet; return the table, and write it where asked."""
    settings = settings_told(agent.kit.settings)
    fingerprint = _fingerprint(settings, agent)
    kept = [targets for targets in redial if targets_of(targets, Options())]
    work = [*_work("turns", args.redial, kept, args), *_work("questions", args.questions, questions, args)]
    lines = args.out.with_suffix(".jsonl") if args.out else None
    done = _done(lines, fingerprint)
    graph = build_graph(agent.kit)
    if args.traces:
        agent.traces = TraceFile(args.traces)
    for i, (key, kind, raw, prose) in enumerate(work):
        if key not in done:
            taken = await take(agent, graph, kind, raw, key=key, prose=prose)
            done[key] = taken.model_copy(update={"fingerprint": fingerprint})
            _append(lines, done[key])
        report("turns", i + 1, len(work))
    who = f"{agent.planner_name()} ({settings['llm_tools']})" if agent.kit.model else agent.planner_name()
    parts = ("dialogue", f"catalogue {agent.kit.bundle.name}", who, f"{len(work)} turns", _today(), machine())
    return _written(args.out, " · ".join(parts), [done[key] for key, *_ in work], settings)


def show_table(paths: Sequence[Path]) -> str:
    """Return several results side by side."""
    title, rows = side_by_side(paths)
    return f"{title}\n\n{table(rows)}"


def _work(kind: Kind, path: Path | None, rows: Rows, args: argparse.Namespace) -> Iterator[Work]:
    for i, raw in enumerate(rows[: args.n]):
        prose = args.prose is None or i < args.prose
        name = path.name if path else ""
        yield f"{name}:{i}{'' if prose else ' planned only'}", kind, raw, prose


def _today() -> str:
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _fingerprint(settings: Mapping[str, Any], agent: Cicerone) -> str:
    """Name everything that turns depend on, beside the code: prompts, settings, model and build."""
    prompts = [path.read_text(encoding="utf-8") for path in sorted(_PROMPTS.glob("*.md"))]
    told = [prompts, dict(settings), agent.planner_name(), agent.kit.bundle.manifest.build_id]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _done(lines: Path | None, fingerprint: str) -> dict[str, Taken]:
    """Return the turns taken already with the same prompts and settings; other lines are passed over."""
    if lines is None or not lines.is_file():
        return {}
    found: dict[str, Taken] = {}
    whole = lines.read_bytes()
    whole = whole[: whole.rfind(b"\n") + 1]
    for line in whole.splitlines():
        try:
            taken = Taken.model_validate_json(line)
        except ValidationError as error:
            raise InputError(f"{lines} holds other lines than eval dialogue writes. Choose another --out.") from error
        if taken.fingerprint == fingerprint:
            found[taken.key] = taken
    lines.write_bytes(whole)  # without a last line that was only half written
    return found


def _append(lines: Path | None, taken: Taken) -> None:
    if lines is not None:
        with lines.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(taken.model_dump_json(exclude_defaults=True) + "\n")


def _written(out: Path | None, title: str, taken: Sequence[Taken], settings: Mapping[str, Any]) -> str:
    numbers, reasons = numbers_of(taken), reasons_of(taken)
    parts = [title, table(turned(numbers)), *([table(reasons)] if reasons else [])]
    text = "\n\n".join(parts)
    if out:
        told = {"title": title, "date": _today(), "numbers": numbers, "reasons": reasons}
        out.write_text(json.dumps({**told, "settings": dict(settings)}, indent=2, default=str), encoding="utf-8")
        out.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    return text
