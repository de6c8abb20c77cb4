"""Whether a simulated user named what it was looking for: it must know attributes only, never titles."""

import re
from collections.abc import Sequence
from itertools import takewhile

from eval.simulation.task import Task
from eval.simulation.user import Move, World
from retrieval.text import fold

_LEAST = 4
"""A title of fewer letters is a word like any other."""


def leaks(task: Task, moves: Sequence[Move], world: World) -> bool:
    """Whether the title of a target is in the user's words before anything is taken.

    A title that is a value the user may tell ("English") gives nothing away, nor one inside a title told as known; one
    of a single word counts as it is written, for small it is a word like any other.
    """
    known = sorted((fold(world.title(one)) for one in task.avoid), key=len, reverse=True)
    values = fold(" ".join(f"{given.field} {given.value}" for given in task.limits))
    titles = [title for one in task.targets if len(fold(title := world.title(one))) >= _LEAST]
    secret = [title for title in titles if f" {fold(title)} " not in f" {values} "]
    before = takewhile(lambda move: move.kind != "accept", moves)
    return any(_names(move.text, title, known) for move in before for title in secret)


def _names(text: str, title: str, known: Sequence[str]) -> bool:
    if " " not in fold(title):
        return bool(re.search(rf"(?<!\w){re.escape(title)}(?!\w)", text))
    said = f" {fold(text)} "
    for other in known:
        said = said.replace(f" {other} ", "  ") if other else said
    return f" {fold(title)} " in said
