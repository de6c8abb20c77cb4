"""How each standard table is computed: from its data, or the first part of it, to rows of numbers."""

import asyncio
import hashlib
import json
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import InputError

if TYPE_CHECKING:
    from agents.session import Cicerone

Rows = dict[str, dict[str, Any]]
MakeAgent = Callable[[], "Cicerone"]
BESIDE = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data"
"""Where the data lies that is not shipped: beside the project."""
RESULTS = Path(__file__).resolve().parent.parent / "results"
_COMPARED = (
    "agent",
    "copy of the context",
    "popularity",
    "item-knn on items named",
    "ease on items named",
    "bm25 on raw chat",
    "dense on raw chat",
)
_NEXT = ("popularity", "co-occurrence", "transitions", "item-knn")
"""The models that need no training, and so no minutes."""
_REPEATS = 4
_OWN = ("agent", "judge", "words", "item-knn on", "ease on")
"""How names of rows begin that rest on what this project does, if only on which items it understands to be named."""
_SAME = 1e-3


@dataclass(frozen=True, slots=True)
class Table:
    """One standard table."""

    name: str
    kind: str
    data: tuple[str, ...]
    n: int
    sample: int

    @property
    def needs_agent(self) -> bool:
        """Whether it is about a catalogue."""
        return self.kind in ("dialogue_to_item", "filters", "tasks")

    def files(self, folder: Path) -> list[Path]:
        """Return the files of the data. Raises InputError naming one that is missing."""
        files = [folder / name for name in self.data]
        if missing := [file for file in files if not file.is_file()]:
            raise InputError(f"{missing[0]} is missing. Give the folder that holds it as --data.")
        return files


def tables() -> dict[str, Table]:
    """Return all standard tables by name."""
    told = tomllib.loads(Path(__file__).with_name("tables.toml").read_text(encoding="utf-8"))
    return {name: Table(name, one["kind"], tuple(one["data"]), one["n"], one["sample"]) for name, one in told.items()}


def compute(table: Table, folder: Path, n: int, make_agent: MakeAgent) -> Rows:
    """Return the rows over the first n of the data. Raises InputError where data is missing."""
    files = table.files(folder)
    if table.kind in ("dialogue_to_item", "filters"):
        return asyncio.run(_answered(table, files[0], n, make_agent()))
    if table.kind == "tasks":
        return asyncio.run(_acted(n, make_agent()))
    return _next(files[0].parent, n) if table.kind == "next_item" else _calibrated(table, files[0].parent, n)


async def _answered(table: Table, path: Path, n: int, agent: "Cicerone") -> Rows:
    from eval.cases import Options
    from eval.questions import score_questions
    from eval.turns import score_turns
    from ui.batch import read_lines
    from ui.progress import progress

    rows_in = [json.loads(line) for line in read_lines(path)][:n]
    async with agent:
        with progress() as report:
            if table.kind == "filters":
                rows, _ = await score_questions(agent, rows_in, lambda done, of: report("questions", done, of))
                return rows
            options = Options(_COMPARED)
            return await score_turns(agent, rows_in, lambda done, of: report("turns", done, of), options)


async def _acted(n: int, agent: "Cicerone") -> Rows:
    from eval.simulation.agenda import AgendaUser
    from eval.simulation.commands import system_of
    from eval.simulation.generate import TaskMaker
    from eval.simulation.passk import by_group
    from eval.simulation.run import Run, run
    from eval.simulation.user import World
    from ui.progress import progress

    bundle = agent.kit.bundle
    world = World(bundle.catalog, agent.kit.nouns[:2])
    made = TaskMaker(bundle.catalog, has_history=bundle.co_liked is not None).tasks(n, 0)
    rows: Rows = {}
    async with agent:
        with progress() as report, tempfile.TemporaryDirectory() as folder:
            for name, repeats in (("agent", _REPEATS), ("random", 1), ("popular", 1), ("repeats", 1)):
                acted = Run(
                    made, repeats, world, system_of(name, agent), lambda task, seed: AgendaUser(task, world, seed)
                )
                lines = await run(acted, Path(folder) / name, lambda done, of: report("dialogues", done, of))
                kept = [line for line in lines if not line["flags"]["leaked"]]
                rows |= {f"{name}, {group}": dict(row) for group, row in by_group(kept, repeats).items()}
    return rows


def _next(folder: Path, n: int) -> Rows:
    from eval.next_item import score_next
    from eval.next_models import Means
    from eval.next_rows import published
    from eval.sequences import read_sequences
    from retrieval.embedders import chosen_embedder
    from settings import load_settings
    from ui.progress import progress

    data = read_sequences(folder)
    data = replace(data, users=data.users[:n], taken=data.taken[:n])
    settings = load_settings()
    with progress() as report:
        means = Means(chosen_embedder(settings), settings.var_dir.resolve() / "cache", 1, 0, report)
        rows = score_next(data, _NEXT, means, (0,)).rows
    return {name: dict(row) for name, row in {**rows, **published(folder.name)}.items()}


def _calibrated(table: Table, folder: Path, n: int) -> Rows:
    """Judge by the texts alone, so that neither a catalogue nor sentence vectors are needed."""
    from eval.judging.calibrate import calibrate
    from eval.judging.tables import agreement_table
    from eval.standard.labelled import read_ab_redial, read_crsarena_dial

    by_system = table.name == "calibration-crsarena"
    dialogues = (read_crsarena_dial if by_system else read_ab_redial)(folder)
    dialogues = dialogues[:: max(1, len(dialogues) // n)][:n]
    found = calibrate(dialogues, "overall", "system" if by_system else "dialogue")
    rows = agreement_table(found, "overall", by_system=by_system, n=500)
    return {name: dict(row) for name, row in rows.items()}


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differing(kept: Mapping[str, Mapping[str, Any]], found: Mapping[str, Mapping[str, Any]], fall: float) -> list[str]:
    """Return the cells that are not what they were, times and intervals apart.

    Rows that rest on this project may rise, and fall by `fall`; all others must stay the same.
    """
    wrong = []
    for name, row in kept.items():
        for column, value in row.items():
            was, now = _number(value), _number(found.get(name, {}).get(column))
            if was is None or column.startswith(("ms", "seconds", "n")):
                continue
            if (
                now is None
                or was - now > (fall if name.startswith(_OWN) else _SAME)
                or (now - was > _SAME and not name.startswith(_OWN))
            ):
                wrong.append(f"{name}, {column}: {was} was kept, {now} is found")
    return wrong


def _number(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value.get("mean")
    try:
        return None if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError):
        return None
