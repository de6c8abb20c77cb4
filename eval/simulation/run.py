"""Many dialogues into a file, one line each as soon as it is over; a second run goes on from where it stopped."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import InputError
from eval.simulation.play import play
from eval.simulation.system import System
from eval.simulation.task import Task
from eval.simulation.user import SimulatedUser, World

Line = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """Who acts out which tasks, how often, with which system."""

    tasks: Sequence[Task]
    n_repeats: int
    world: World
    system: System
    user_of: Callable[[Task, int], SimulatedUser]
    """Makes the user of a task and a number of the repeat, which is the seed of their words."""


async def run(run: Run, out: Path, say: Callable[[int, int], None]) -> list[Line]:
    """Hold every dialogue that is not in `out` yet; return all lines, in order.

    Raises InputError where `out` cannot be written or holds dialogues of other tasks or another system.
    """
    wanted = [(task, repeat) for task in run.tasks for repeat in range(run.n_repeats)]
    lines = _resumed(out, wanted, run)
    try:
        file = out.open("a", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{out} cannot be written ({error.strerror}). Give a file in a folder that exists.") from error
    with file:
        for number, (task, repeat) in enumerate(wanted[len(lines) :], len(lines) + 1):
            line = await play(task, run.user_of(task, repeat), run.system, run.world, repeat=repeat)
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            lines.append(line)
            say(number, len(wanted))
    return lines


def _resumed(out: Path, wanted: Sequence[tuple[Task, int]], run: Run) -> list[Line]:
    """Return the lines that are there already; a half-written last line is cut off."""
    if not out.is_file():
        return []
    data = out.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    lines: list[Line] = []
    for number, text in enumerate(whole.splitlines(), 1):
        line = _line(text)
        same = number <= len(wanted) and _is_of(line, *wanted[number - 1], run)
        if not same:
            raise InputError(
                f"{out} holds dialogues of another run (line {number}). Delete it or choose another --out."
            )
        lines.append(line)
    os.truncate(out, len(whole))
    return lines


def _line(text: bytes) -> Line:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _is_of(line: Line, task: Task, repeat: int, run: Run) -> bool:
    known = (line.get("system"), line.get("repeat"), line.get("task"))
    user = run.user_of(task, repeat).name
    return known == (run.system.name, repeat, task.model_dump(mode="json")) and line.get("simulator") == user
