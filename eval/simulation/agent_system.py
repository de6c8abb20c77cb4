"""This agent as a system: in process, each conversation in a thread of its own."""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from agents.events import Action, TurnFinished
from agents.memory import threads_in_memory
from agents.session import Cicerone
from eval.accounts import answered_turn
from eval.simulation.system import Reply

_USER = "simulated"


class AgentSystem:
    """Talks to the agent as the page does: texts, and clicks on "seen" for a history."""

    def __init__(self, agent: Cicerone) -> None:
        self._agent = agent
        self.name = f"agent · {agent.planner_name()}"
        self._thread = ""
        self._open = AsyncExitStack()
        self._mine = agent

    async def begin(self, dialogue_id: str, history: Sequence[str]) -> None:
        """Start a thread in a memory of its own, which is gone with the next one."""
        await self._open.aclose()
        kit = self._agent.kit
        self._mine = await self._open.enter_async_context(
            Cicerone(kit.bundle, kit.settings, kit.model, threads_in_memory())
        )
        self._thread = dialogue_id
        for item_id in history:
            await self._finished("", Action(kind="seen", item_id=item_id))

    async def say(self, text: str) -> Reply:
        """Take a turn."""
        return reply_of(await self._finished(text))

    async def _finished(self, text: str, action: Action | None = None) -> TurnFinished:
        finished: TurnFinished | None = None
        async for event in self._mine.turn(_USER, self._thread, text, action=action):
            if isinstance(event, TurnFinished):
                finished = event
        assert finished is not None  # the last event of every turn
        return finished


def reply_of(finished: TurnFinished) -> Reply:
    """Return a finished turn as a simulated user sees it."""
    question = finished.question
    return Reply(
        text=finished.reply,
        items=tuple(item.item_id for item in finished.items),
        breaks={item.item_id: item.breaks for item in finished.items if item.breaks},
        question=question.text if question else "",
        choices=tuple(question.choices) if question else (),
        notices=tuple(finished.notices),
        turn=answered_turn(finished),
    )
