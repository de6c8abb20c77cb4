"""Recommenders that do not listen, put to the same tasks: how often a resampling of the tasks puts them last."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from eval.simulation.bad_systems import BAD, BadSystem
from eval.simulation.play import play
from eval.simulation.task import Task
from eval.simulation.user import SimulatedUser, World

N_SAMPLES = 200
Line = Mapping[str, Any]


async def played_badly(
    tasks: Sequence[Task], world: World, user_of: Callable[[Task, int], SimulatedUser]
) -> dict[str, list[dict[str, Any]]]:
    """Return the dialogues of every bad recommender, one a task."""
    systems = {name: BadSystem(name, world.catalog) for name in BAD}
    return {
        name: [await play(task, user_of(task, 0), system, world) for task in tasks] for name, system in systems.items()
    }


def came_last(lines: Sequence[Line], bad: Mapping[str, Sequence[Line]], seed: int = 0) -> int:
    """Return in how many of `N_SAMPLES` samples of the tasks every bad recommender has a lower mean reward."""
    ours = _by_task(lines)
    theirs = [_by_task(played) for played in bad.values()]
    names = sorted(ours)
    own = np.array([ours[name] for name in names])
    others = np.array([[mine[name] for name in names] for mine in theirs])
    drawn = np.random.default_rng(seed).integers(0, len(names), (N_SAMPLES, len(names)))
    best_of_bad = others[:, drawn].mean(axis=2).max(axis=0)
    return int((best_of_bad < own[drawn].mean(axis=1)).sum())


def _by_task(lines: Sequence[Line]) -> dict[str, float]:
    """Return the mean reward of every task."""
    found: dict[str, list[int]] = {}
    for line in lines:
        found.setdefault(line["task"]["task_id"], []).append(line["reward"])
    return {name: sum(rewards) / len(rewards) for name, rewards in found.items()}


def told(lines: Sequence[Line], bad: Mapping[str, Sequence[Line]]) -> str:
    """Return the mean rewards of the bad recommenders and how often they came last, in a line."""
    means = " · ".join(f"{name} {sum(one['reward'] for one in mine) / len(mine):.3f}" for name, mine in bad.items())
    n_last = came_last(lines, bad)
    return f"bad recommenders: {means} · all below {lines[0]['system']} in {n_last} of {N_SAMPLES} samples"
