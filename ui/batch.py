"""Many turns from a file into a file: one line in, one line out, in order; resumable."""

import argparse
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from agents.session import Cicerone
from agents.trace_files import TraceFile
from errors import CiceroneError, InputError
from ui.progress import progress


async def batch(args: argparse.Namespace, agent: Cicerone, say: Callable[[str], None]) -> int:
    """Answer a file of turns as the command line asks for it."""
    if args.traces:
        agent.traces = TraceFile(args.traces)
    async with agent:
        with progress() as report:
            n_answered, n_errors = await run_batch(
                agent, args.source, args.out, args.k, lambda done, total: report("turns", done, total)
            )
    say(f"{n_answered} turns answered into {args.out}, {n_errors} of them with an error")
    return 0


async def run_batch(
    agent: Cicerone, source: Path, out: Path, k: int, report: Callable[[int, int], None]
) -> tuple[int, int]:
    """Answer every line of `source` (JSONL, or .gz of it) into `out`; lines already answered there are kept.

    Returns (lines answered now, lines with an error). A bad line gets an "error" and the run goes on.
    Raises InputError where `source` cannot be read, or `out` cannot be written or belongs to another input.
    """
    lines = list(read_lines(source))
    done = _resume(out, lines)
    n_errors = 0
    with _appending(out) as file:
        for i in range(done, len(lines)):
            answer = await _answer(agent, lines[i], i, k)
            n_errors += "error" in answer
            file.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
            file.flush()
            report(i + 1, len(lines))
    return len(lines) - done, n_errors


def read_lines(source: Path) -> Iterator[str]:
    """Yield the lines of a JSONL file, plain or .gz, that hold anything. Raises InputError where it cannot be read."""
    yield from (line for _, line in numbered_lines(source))


def numbered_lines(source: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that hold anything with their numbers in the file, from 1. Raises as `read_lines` does."""
    import gzip
    import zlib

    try:
        with (
            gzip.open(source, "rt", encoding="utf-8")
            if source.suffix == ".gz"
            else source.open(encoding="utf-8") as file
        ):
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{source} cannot be read as JSONL ({error}). Give a JSONL file, plain or .gz.") from error


def _resume(out: Path, lines: list[str]) -> int:
    """Return how many lines are answered already; a half-written last line is cut off."""
    if not out.is_file():
        return 0
    data = out.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    answered = whole.splitlines()
    for i, answer in enumerate(answered):
        if i >= len(lines) or not _answers(answer, lines[i], i):
            raise InputError(f"{out} holds answers to another input (line {i + 1}). Delete it or choose another --out.")
    os.truncate(out, len(whole))
    return len(answered)


def _answers(answer: bytes, line: str, i: int) -> bool:
    try:
        raw = json.loads(answer)
    except ValueError:
        return False
    return isinstance(raw, dict) and "items" in raw and raw.get("id") == _id_of(line, i)


def _appending(out: Path) -> TextIO:
    try:
        # Half a surrogate pair in an id has no UTF-8; its backslash form is the JSON it came from.
        return out.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Choose another --out.") from error


def _id_of(line: str, i: int) -> Any:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return i
    return raw.get("id", i) if isinstance(raw, dict) else i


async def _answer(agent: Cicerone, line: str, i: int, k: int) -> dict[str, Any]:
    line_id = _id_of(line, i)
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"id": line_id, "items": [], "error": f"line {i + 1} is no JSON ({error})."}
    try:
        answer = await agent.recommend(raw, k=k, full=False)
    except CiceroneError as error:
        return {"id": line_id, "items": [], "error": str(error)}
    return {**answer, "id": line_id}
