"""Tasks, faults and costs: what was counted, system by system."""

from collections.abc import Mapping, Sequence
from typing import Any

from eval.reporting.markup import Markup, grid, matrix, section, tag
from eval.reporting.parts import NOTHING, interval
from eval.reporting.sources import Line, Source
from eval.reporting.units import is_leaked
from eval.simulation.passk import by_group


def tasks(sources: Sequence[Source]) -> Markup | None:
    """Return pass^k by way of revealing and difficulty; None where no dialogue was held for a task."""
    found: list[Markup] = []
    for source in sources:
        lines = [line for line in source.lines if source.kind == "dialogues" and _is_task(line)]
        for system in dict.fromkeys(str(line["system"]) for line in lines):
            mine = [line for line in lines if line["system"] == system]
            kept = [line for line in mine if not is_leaked(line)]
            if not kept:
                continue
            rows = by_group(kept, 1 + max(int(line.get("repeat", 0)) for line in kept))
            columns = list(dict.fromkeys(name for row in rows.values() for name in row))
            found.append(tag("h3", f"{system} – {source.path.name}"))
            found.append(
                grid(["", *columns], [[name, *(_cell(row.get(key)) for key in columns)] for name, row in rows.items()])
            )
            n_leaked = len(mine) - len(kept)
            found.append(tag("p", f"Left out because the user told a target's title: {n_leaked:,} of {len(mine):,}."))
    told = "pass^k: the share of tasks that would be met k times in k tries, as it is estimated from all tries."
    return section("Tasks", tag("p", told), *found, anchor="tasks") if found else None


def _is_task(line: Line) -> bool:
    return isinstance(line.get("task"), dict) and isinstance(line.get("flags"), dict) and "reward" in line


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return interval(value)
    return f"{value:,}" if isinstance(value, int) else NOTHING if value is None else value


def faults(sources: Sequence[Source]) -> Markup | None:
    """Return how often code found which fault; None where code has not judged."""
    counted: dict[str, dict[str, float]] = {}
    n_dialogues: dict[str, int] = {}
    for source in sources:
        for line in source.lines if source.kind == "verdicts" else ():
            checks = line.get("checks")
            seen = checks.get("faults") if isinstance(checks, dict) else None
            if not isinstance(seen, dict):
                continue
            system = str(line["system"])
            n_dialogues[system] = n_dialogues.get(system, 0) + 1
            row = counted.setdefault(system, {})
            for name, n in seen.items():
                if isinstance(n, int | float):
                    row[str(name)] = row.get(str(name), 0) + n
    if not counted:
        return None
    names = list(dict.fromkeys(name for row in counted.values() for name in row))
    rows = [
        [system, f"{n_dialogues[system]:,}", *(f"{row[name]:,.0f}" if name in row else NOTHING for name in names)]
        for system, row in counted.items()
    ]
    head = ["", "dialogues", *(name.replace("_", " ") for name in names)]
    told = "Counted by code against the catalogue, over all dialogues; a dash means that it could not be seen."
    return section("Faults", tag("p", told), matrix(head, rows), anchor="faults")


def costs(sources: Sequence[Source]) -> Markup | None:
    """Return what systems and judges cost a dialogue; None where nothing tells."""
    rows = []
    for source in sources:
        for system in dict.fromkeys(str(line.get("system", "")) for line in source.lines):
            mine = [line for line in source.lines if str(line.get("system", "")) == system]
            if source.kind == "dialogues":
                rows.append(_of_system(f"{system} ({source.path.name})", mine))
            elif source.kind in ("verdicts", "pairs") and any(line.get("model_calls") for line in mine):
                rows.append(_of_judge(f"judge of {system or 'pairs'} ({source.path.name})", mine))
    rows = [row for row in rows if set(row[2:]) != {NOTHING}]
    if not rows:
        return None
    head = ["", "dialogues", "model calls", "tokens in", "tokens out", "of them cached", "seconds a reply", "money"]
    return section(
        "Cost of a dialogue", tag("p", "Means; a dash means that it was not told."), grid(head, rows), anchor="costs"
    )


def _of_system(name: str, lines: Sequence[Line]) -> list[str]:
    turns = [turn for line in lines for turn in line["turns"] if turn.get("role") == "assistant"]
    seconds = [turn["ms"] / 1000 for turn in turns if isinstance(turn.get("ms"), int | float)]
    n = len(lines)
    counted = [_mean(turns, key, n) for key in ("model_calls", "tokens_in", "tokens_out", "tokens_cached")]
    told = f"{sum(seconds) / len(seconds):.2f}" if seconds else NOTHING
    return [name, f"{n:,}", *counted, told, _mean(turns, "cost", n, digits=5)]


def _of_judge(name: str, lines: Sequence[Line]) -> list[str]:
    n = len(lines)
    counted = [_mean(lines, key, n) for key in ("model_calls", "tokens_in", "tokens_out", "tokens_cached")]
    return [name, f"{n:,}", *counted, NOTHING, NOTHING]


def _mean(told: Sequence[Mapping[str, Any]], key: str, n: int, digits: int = 1) -> str:
    values = [one[key] for one in told if isinstance(one.get(key), int | float)]
    return f"{sum(values) / n:,.{digits}f}" if values else NOTHING
