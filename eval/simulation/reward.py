"""The reward of a dialogue: one where the task was met, else nought, computed from the rows of the catalogue."""

import re
from collections.abc import Sequence
from typing import Any

from eval.simulation.honesty import marks_all, says_none
from eval.simulation.system import Reply
from eval.simulation.task import Task, several
from eval.simulation.user import ENDS, Kind, Move, World
from retrieval.text import fold


def reward(task: Task, taken: Sequence[str], last: Reply | None, world: World) -> int:
    """Return 1 where the user ended with what the task wants.

    With an answer: as many different items as wanted were taken, each meets every limit, and neither they nor the last
    list hold one to avoid. Where nothing was taken, the first item shown last counts as taken, of one wanted.
    Without: nothing was taken, and the last reply says that nothing fits and marks with `breaks` what it shows instead.
    """
    if last is None:
        return 0
    if not task.solvable:
        honest = says_none(last) and marks_all(last, task.limits, world.values, world.fields)
        return int(honest and not taken)
    got = list(dict.fromkeys(taken)) or list(last.items[:1])
    right = len(got) >= task.n_wanted and all(world.fits(one, task) for one in got)
    return int(right and not set(last.items) & set(task.avoid))


def flags(task: Task, replies: Sequence[Reply], moves: Sequence[Move], world: World) -> dict[str, Any]:
    """Return what else a dialogue shows, as counts over its replies."""
    end = end_of(moves)
    avoided = sum(len(set(reply.items) & set(task.avoid)) for reply in replies)
    unknown = sum(not world.values(one) for reply in replies for one in reply.items)
    empty = sum(not reply.items and not reply.question for reply in replies)
    gave_none = task.solvable and end != "accept" and bool(replies) and says_none(replies[-1])
    return {
        "end": end,
        "n_replies": len(replies),
        "avoided_shown": avoided,
        "unknown_items": unknown,
        "empty_replies": empty,
        "wrongly_none": gave_none,
        "taken": taken_in(moves),
        "answered": _answered(moves, replies, world),
    }


def end_of(moves: Sequence[Move]) -> Kind:
    """Return how the user ended; whoever was never done gave up."""
    return moves[-1].kind if moves and moves[-1].kind in ENDS else "give_up"


def taken_in(moves: Sequence[Move]) -> list[str]:
    """Return the items taken, in order."""
    return [item for move in moves for item in move.takes]


def _answered(moves: Sequence[Move], replies: Sequence[Reply], world: World) -> bool | None:
    """Whether the value asked about is in the reply; None where nothing was asked."""
    for move, reply in zip(moves, replies, strict=False):
        if move.about:
            item, field = move.about
            told = fold(reply.text.replace(",", ""))
            values = several(world.values(item).get(field))
            return any(fold(_plain(value)) in told for value in values)
    return None


def _plain(value: Any) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)[:4] if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else str(value)
