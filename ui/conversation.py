"""One browser tab's conversation: the events of each turn folded into what the page shows."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from agents.about import About
from agents.events import (
    Action,
    Asked,
    Chip,
    Event,
    Failed,
    LedgerChanged,
    Notice,
    Slate,
    SlateItem,
    Token,
    ToolFinished,
    ToolStarted,
    TurnFinished,
    TurnStarted,
)
from ui import steps
from ui.markdown import aside, literal
from ui.one_turn import Turn
from ui.sheets.how import how_address
from ui.steps import Message

_MOST_SHOWN = 2_000
"""Characters of a message that the chat shows; the agent gets all of it."""
_STOPS_IN_S = 5
"""Longest wait for a stopped turn to close its steps, in seconds."""
_DEEDS = {
    "like": "You liked {}",
    "dislike": "You disliked {}",
    "seen": "You know {} already",
    "more_like": "More like {}",
}
_LEANINGS = {-1: "You asked for familiar ones", 0: "You asked for a mix", 1: "You asked for adventurous ones"}


def cut(text: str) -> str:
    """Return a message as the chat shows it: of a pasted book only the beginning."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]} … ({len(text):,} characters)"


@dataclass
class Conversation:
    """State of one tab, about one catalogue; nothing of it is shared with another."""

    about: About
    """The build that answered last, or would answer first."""
    starters: list[str] = field(default_factory=list)
    catalogs: list[tuple[str, str]] = field(default_factory=list)
    """All there is to choose from: names and how to show them."""
    traced: bool = False
    """Whether it is kept how answers came about."""
    thread_id: str | None = None
    turns: list[Turn] = field(default_factory=list)
    slate: list[SlateItem] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    by_model: bool | None = None
    """Whether a model planned the last turn; None before the first."""
    adventure: float = 0
    """Familiar (−1) to adventurous (1): what the last turn leant to."""
    n_told: int = 0
    """How often something was said aside."""
    closed: bool = False
    """Set when a new chat took its place: whatever still runs must not be drawn."""
    _lock: asyncio.Lock | None = None
    _running: asyncio.Task[None] | None = None

    @property
    def lock(self) -> asyncio.Lock:
        """Held while a turn runs; made late, since a page's first state is copied and a lock cannot be."""
        self._lock = self._lock or asyncio.Lock()
        return self._lock

    def messages(self) -> list[Message]:
        """Return the whole chat; the choices of earlier questions are gone."""
        for turn in self.turns[:-1]:
            turn.question = None
        return [message for turn in self.turns for message in turn.messages(self.about)]

    def title_of(self, item_id: str) -> str:
        """Return the title of an item on the slate, or "that one"."""
        return next((item.title for item in self.slate if item.item_id == item_id), "that one")

    def line_of(self, action: Action) -> str:
        """Return what a click says, as safe Markdown."""
        if action.kind == "remove_chip":
            text = next((chip.text for chip in self.chips if chip.key == action.key), "a limit")
            return aside(f"You lifted: {text}")
        if action.kind == "adventure":
            return aside(_LEANINGS[(action.level > 0) - (action.level < 0)])
        return aside(_DEEDS[action.kind].format(self.title_of(action.item_id)))

    def nudge(self, text: str) -> None:
        """Answer without a turn."""
        self.turns.append(Turn(said="", reply=text, over=True))

    def tell(self, text: str) -> None:
        """Say something aside, without a turn."""
        self.n_told += 1
        self.turns.append(Turn(said="", notices=[text], over=True))

    @property
    def last(self) -> int | None:
        """The place of the last turn that the user took; None before the first."""
        return next((i for i in reversed(range(len(self.turns))) if self.turns[i].said), None)

    def is_done(self, action: Action) -> bool:
        """Whether a click asks for what already holds: a second click on a taste, or on a chip that is gone."""
        keys = {chip.key for chip in self.chips}
        if action.kind == "remove_chip":
            return action.key not in keys
        if action.kind == "adventure":
            return action.level == self.adventure
        return action.kind != "more_like" and f"{action.kind}:{action.item_id}" in keys

    def open_turn(self, text: str, action: Action | None) -> Turn:
        """Begin a turn with what was typed or clicked."""
        turn = Turn(said=self.line_of(action)) if action else Turn(said=literal(cut(text)), typed=text)
        self.turns.append(turn)
        return turn

    async def follow(self, turn: Turn, events: AsyncIterator[Event], about: About) -> AsyncIterator[Event]:
        """Fold events into the state, passing each on; a turn that breaks off is closed with what it had.

        `about` is the build that answers; the slate keeps to the one it came from.
        """
        try:
            async for event in self._run(events):
                self._fold(turn, event, about)
                yield event
        finally:
            turn.stop()

    async def _run(self, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
        """Pass events on from a task of their own, which `stop` can cancel while we wait for the next."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()

        async def pump() -> None:
            try:
                async for event in events:
                    queue.put_nowait(event)
            finally:
                queue.put_nowait(None)

        task = self._running = asyncio.create_task(pump())
        try:
            while (event := await queue.get()) is not None:
                yield event
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()
        finally:
            task.cancel()

    async def stop(self) -> None:
        """Give up the running turn, if any, and wait until it has closed its steps."""
        if self._running:
            self._running.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOPS_IN_S), self.lock:
                pass

    def _fold(self, turn: Turn, event: Event, about: About) -> None:
        match event:
            case TurnStarted():
                self.thread_id, turn.turn_id = event.thread_id, event.turn_id
            case ToolStarted():
                turn.steps[event.call_id] = steps.pending(event, about.fields)
            case ToolFinished():
                turn.steps[event.call_id] = steps.done(event.tool, about.fields)
            case Slate():
                self.slate, self.about = event.items, about
            case Token():
                turn.reply += event.text
            case Asked():
                turn.question = event.question
            case LedgerChanged():
                self.chips = event.chips
            case Notice() | Failed():
                turn.notices += [] if event.text in turn.notices else [event.text]
            case TurnFinished():
                self._finish(turn, event, about)

    def _finish(self, turn: Turn, event: TurnFinished, about: About) -> None:
        turn.reply, turn.question, turn.ms, turn.over = event.reply, event.question, event.ms, True
        turn.how = how_address(event.thread_id, event.turn_id) if self.traced else ""
        turn.notices += [text for text in event.notices if text not in turn.notices]
        self.by_model = event.planner == "llm"
        self.adventure = event.adventure
        if event.items or event.tools:
            self.slate, self.about = event.items, about
