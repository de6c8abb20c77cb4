"""One dialogue: a simulated user and a system take turns until the user ends it."""

from typing import Any

from errors import CiceroneError
from eval.accounts import asked_turn
from eval.simulation.leakage import leaks
from eval.simulation.reward import flags, reward, taken_in
from eval.simulation.system import Reply, System
from eval.simulation.task import Task
from eval.simulation.user import ENDS, Move, SimulatedUser, World

MOST_TURNS = 20
"""Messages of a user at most, whatever their patience."""


async def play(task: Task, user: SimulatedUser, system: System, world: World, *, repeat: int = 0) -> dict[str, Any]:
    """Return the dialogue as a line of JSON: the form of `eval judge`, and the task, the reward and the flags."""
    dialogue_id = f"{task.task_id}-{repeat}"
    turns: list[dict[str, Any]] = []
    moves: list[Move] = []
    replies: list[Reply] = []
    error = ""
    try:
        await system.begin(dialogue_id, task.avoid if task.avoid_told == "history" else [])
        moves.append(await user.open())
        while moves[-1].kind not in ENDS and len(moves) < MOST_TURNS:
            turns.append(_turn(moves[-1]))
            replies.append(await system.say(moves[-1].text))
            turns.append(replies[-1].turn)
            moves.append(await user.react(replies[-1]))
    except CiceroneError as caught:
        error = str(caught)
    if moves and moves[-1].kind in ENDS:
        turns.append(_turn(moves[-1]))
    found = flags(task, replies, moves, world)
    found |= {"leaked": leaks(task, moves, world), "by_model": sum(move.by == "model" for move in moves)}
    found |= {"fallbacks": sum(move.by == "fallback" for move in moves)} | ({"error": error} if error else {})
    return {
        "dialogue_id": dialogue_id,
        "system": system.name,
        "simulator": user.name,
        "repeat": repeat,
        "turns": turns,
        "task": task.model_dump(mode="json"),
        "reward": 0 if error else reward(task, taken_in(moves), replies[-1] if replies else None, world),
        "flags": found,
    }


def _turn(move: Move) -> dict[str, Any]:
    return asked_turn(move.text) | {"move": move.kind} | ({"takes": list(move.takes)} if move.takes else {})
