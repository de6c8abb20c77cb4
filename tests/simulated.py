"""A world, a task and scripted systems for tests of simulated users."""

from collections.abc import Sequence
from typing import Any

from eval.simulation.system import Reply
from eval.simulation.task import Task
from eval.simulation.user import World
from retrieval.bundle import Bundle
from retrieval.items import Filter

COMEDY = Filter(field="genres", op="contains", value="Comedy")
HANKS = Filter(field="cast", op="contains", value="Tom Hanks")
NINETIES = Filter(field="year", op="between", value=[1990, 1999])
TOY_STORY, TOY_STORY_3, FUTURE = "tt0114709", "tt0435761", "tt0088763"


def world_of(bundle: Bundle) -> World:
    return World(bundle.catalog, ("film", "films"))


def task_of(**changes: Any) -> Task:
    """A comedy with Tom Hanks, both told at once: Toy Story and Toy Story 3."""
    given: dict[str, Any] = {
        "task_id": "films-0-0",
        "catalog": "films",
        "limits": [COMEDY, HANKS],
        "n_opening": 2,
        "reveal": "at_once",
        "n_valid": 2,
        "targets": [TOY_STORY],
    }
    return Task(**given | changes)


def reply(*items: str, text: str = "Here you are.", **more: Any) -> Reply:
    turn = {"role": "assistant", "text": text, "items": list(items)}
    return Reply(text=text, items=items, turn=turn, **more)


class Scripted:
    """Gives replies in order, the last one again and again."""

    name = "scripted"

    def __init__(self, *replies: Reply) -> None:
        self.heard: list[str] = []
        self.histories: list[list[str]] = []
        self._replies = list(replies)

    async def begin(self, dialogue_id: str, history: Sequence[str]) -> None:
        self.histories.append(list(history))

    async def say(self, text: str) -> Reply:
        self.heard.append(text)
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
