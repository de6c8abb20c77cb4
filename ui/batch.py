"""Many turns from a file into a file: one line in, one line out, in order; resumable."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agents.session import Cicerone
from errors import CiceroneError, InputError


async def run_batch(
    agent: Cicerone, source: Path, out: Path, k: int, report: Callable[[int, int], None]
) -> tuple[int, int]:
    """Answer every line of `source` (JSONL, or .gz of it) into `out`; lines already answered there are kept.

    Returns (lines answered now, lines with an error). A bad line gets an "error" and the run goes on.
    Raises InputError where `out` belongs to another input.
    """
    lines = list(_lines(source))
    done = _resume(out, lines)
    n_errors = 0
    with out.open("a", encoding="utf-8") as file:
        for i in range(done, len(lines)):
            answer = await _answer(agent, lines[i], i, k)
            n_errors += "error" in answer
            file.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
            file.flush()
            report(i + 1, len(lines))
    return len(lines) - done, n_errors


def _lines(source: Path) -> Iterator[str]:
    import gzip

    try:
        with (
            gzip.open(source, "rt", encoding="utf-8")
            if source.suffix == ".gz"
            else source.open(encoding="utf-8") as file
        ):
            for line in file:
                if line.strip():
                    yield line
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{source} cannot be read ({error}). Give a JSONL file, plain or .gz.") from error


def _resume(out: Path, lines: list[str]) -> int:
    """Return how many lines are answered already; a half-written last line is cut off."""
    if not out.exists():
        return 0
    data = out.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    answered = [json.loads(line) for line in whole.splitlines()]
    for i, answer in enumerate(answered):
        if i >= len(lines) or answer.get("id") != _id_of(lines[i], i):
            raise InputError(f"{out} holds answers to another input (line {i + 1}). Delete it or choose another --out.")
    os.truncate(out, len(whole))
    return len(answered)


def _id_of(line: str, i: int) -> Any:
    try:
        raw = json.loads(line)
    except ValueError:
        return i
    return raw.get("id", i) if isinstance(raw, dict) else i


async def _answer(agent: Cicerone, line: str, i: int, k: int) -> dict[str, Any]:
    line_id = _id_of(line, i)
    try:
        answer = await agent.recommend(json.loads(line), k=k, full=False)
    except ValueError as error:
        return {"id": line_id, "items": [], "error": f"line {i + 1} is no JSON ({error})."}
    except CiceroneError as error:
        return {"id": line_id, "items": [], "error": str(error)}
    return {**answer, "id": line_id}
