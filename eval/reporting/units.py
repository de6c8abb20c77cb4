"""What was measured, unit by unit: the same for every kind of results, so that they can be averaged and compared."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from eval.metrics import with_intervals
from eval.reporting.sources import Line, Source

By = Literal["dialogue", "turn", "task"]
LOWER_IS_BETTER = ("seconds", "model calls", "tokens", "faults", "user turns")
_HITS_AT = 10


@dataclass(frozen=True, slots=True)
class Unit:
    """One dialogue, turn or task of one system."""

    system: str
    name: str
    """What it is paired by."""
    cluster: str
    """What is drawn as a whole when resampling."""
    values: Mapping[str, float]
    """By metric; what could not be seen is missing."""


@dataclass(frozen=True, slots=True)
class Arm:
    """The units of one system in one file."""

    label: str
    units: Sequence[Unit]

    @property
    def n(self) -> int:
        """Return how many dialogues, turns or tasks there are."""
        return len({unit.name for unit in self.units})

    @property
    def metrics(self) -> list[str]:
        """Return the metrics any unit has, in order."""
        return list(dict.fromkeys(name for unit in self.units for name in unit.values))

    def mean(self, metric: str) -> Mapping[str, float] | None:
        """Return {"mean", "low", "high"} with the number "n" of units that have it; None where none has."""
        seen = [(unit.values[metric], unit.cluster) for unit in self.units if metric in unit.values]
        if not seen:
            return None
        found = with_intervals({metric: np.array([value for value, _ in seen])}, [name for _, name in seen])
        return {**found[metric], "n": len(seen)}


def units_of(source: Source, by: By = "dialogue") -> list[Unit]:
    """Return the units of a file; none where it holds only tables."""
    readers: dict[str, Callable[[Source, By], Iterator[Unit]]] = {
        "verdicts": _verdicts,
        "dialogues": _dialogues,
        "turns": _turns,
    }
    read = readers.get(source.kind)
    found = list(read(source, by)) if read else []
    return _by_task(found) if by == "task" else found


def arms(sources: Sequence[Source]) -> list[Arm]:
    """Return what was measured by system, over all files; where two tell the same of one, each has its own arm."""
    found: dict[str, list[tuple[list[str], Arm]]] = {}
    for source in sources:
        units: dict[str, list[Unit]] = {}
        for unit in units_of(source):
            units.setdefault(unit.system, []).append(unit)
        for system, mine in units.items():
            _join(found.setdefault(system, []), Arm(system, mine), source.name)
    return [
        Arm(f"{system} ({' + '.join(names)})" if len(several) > 1 else system, arm.units)
        for system, several in found.items()
        for names, arm in several
    ]


def _join(several: list[tuple[list[str], Arm]], arm: Arm, name: str) -> None:
    """Put an arm to the first that tells nothing of what it tells."""
    for i, (names, other) in enumerate(several):
        if not set(other.metrics) & set(arm.metrics):
            several[i] = ([*names, name], Arm(arm.label, [*other.units, *arm.units]))
            return
    several.append(([name], arm))


def _verdicts(source: Source, by: By) -> Iterator[Unit]:
    for line in source.lines:
        system, name = str(line["system"]), str(line["dialogue_id"])
        if by != "turn":
            yield Unit(system, name, name, _numbers(line["scores"]) | _faults(line))
            continue
        for i, turn in enumerate(line.get("turns") or ()):
            number = turn.get("turn", turn.get("exchange", i))
            seen = _numbers({key: value for key, value in turn.items() if key not in ("turn", "exchange")})
            yield Unit(system, f"{name} {number}", name, seen)


def _faults(line: Line) -> dict[str, float]:
    checks = line.get("checks")
    faults = checks.get("faults") if isinstance(checks, dict) else None
    return {"faults": float(sum(_numbers(faults).values()))} if isinstance(faults, dict) else {}


def _dialogues(source: Source, by: By) -> Iterator[Unit]:
    for line in source.lines:
        if is_leaked(line):
            continue
        system, name, task = str(line["system"]), str(line["dialogue_id"]), task_of(line)
        replies = [turn for turn in line["turns"] if turn.get("role") == "assistant"]
        if by == "turn":
            for i, turn in enumerate(replies, 1):
                yield Unit(system, f"{name} {i}", name, _cost([turn]))
            continue
        values = _cost(replies) | {"user turns": float(len(line["turns"]) - len(replies))}
        if isinstance(line.get("reward"), int | float):
            values = {"reward": float(line["reward"])} | values
        yield Unit(system, name, task or name, values)


def is_leaked(line: Line) -> bool:
    """Whether the simulated user told a target's title, so that the dialogue does not count."""
    flags = line.get("flags")
    return isinstance(flags, dict) and bool(flags.get("leaked"))


def task_of(line: Line) -> str:
    """Return the id of the task a dialogue was held for; "" where it was for none."""
    task = line.get("task")
    told = task.get("task_id") if isinstance(task, dict) else task
    return str(told or "")


def _cost(replies: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Return the mean seconds of a reply and the sums of calls and tokens, of what was told."""
    found: dict[str, float] = {}
    seconds = [turn["ms"] / 1000 for turn in replies if isinstance(turn.get("ms"), int | float)]
    if seconds:
        found["seconds"] = sum(seconds) / len(seconds)
    for name, key in (("model calls", "model_calls"), ("tokens", "tokens")):
        told = [turn[key] for turn in replies if isinstance(turn.get(key), int | float)]
        found |= {name: float(sum(told))} if told else {}
    return found


def _turns(source: Source, by: By) -> Iterator[Unit]:
    for line in source.lines:
        ranks = line.get("ranks") or []
        values = {"model calls": float(line.get("model_calls", 0)), "tokens": float(line.get("tokens_in", 0))}
        values["tokens"] += float(line.get("tokens_out", 0))
        values["seconds"] = float(line.get("ms", 0)) / 1000
        if ranks:
            values = {f"R@{_HITS_AT}": sum(r is not None and r < _HITS_AT for r in ranks) / len(ranks)} | values
        if isinstance(line.get("gold"), int | float):
            values = {"gold found": float(line["gold"])} | values
        yield Unit(source.name, str(line["key"]), str(line.get("dialog_id") or line["key"]), values)


def _by_task(units: Sequence[Unit]) -> list[Unit]:
    """Put the repeats of a task together."""
    found: dict[tuple[str, str], list[Unit]] = {}
    for unit in units:
        found.setdefault((unit.system, unit.cluster), []).append(unit)
    return [
        Unit(
            system,
            task,
            task,
            {name: _mean(several, name) for name in dict.fromkeys(n for u in several for n in u.values)},
        )
        for (system, task), several in found.items()
    ]


def _mean(units: Sequence[Unit], name: str) -> float:
    seen = [unit.values[name] for unit in units if name in unit.values]
    return sum(seen) / len(seen)


def _numbers(told: Mapping[str, Any]) -> dict[str, float]:
    return {
        str(name): float(value)
        for name, value in told.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }
