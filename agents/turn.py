"""Everything about one turn while it runs; the graph's nodes fill it in order, and nothing of it outlives the turn."""

import time
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from agents import days
from agents.budget import Budget
from agents.events import Action, Question, SentenceCounts, SlateItem, ToolTrace, TurnFinished
from agents.profile.state import Lesson, Profile
from agents.ranking.adventure import level_in
from agents.ranking.features import Evidence
from agents.ranking.ranker import Ranked
from agents.relax import Relaxed
from agents.state import Plan, Thread
from agents.understanding.understand import Reading
from tools.spec import ToolResult


@dataclass
class Turn:
    """One turn; made by the session, given to the graph as its runtime context."""

    turn_id: str
    text: str
    k: int
    deadline_s: float
    """On the clock of time.monotonic()."""
    action: Action | None = None
    always_slate: bool = False
    """Recommend even when the message asks for nothing (batch and stateless calls)."""
    exclude: frozenset[str] = frozenset()
    """Items the caller never wants back."""
    adventure: float | None = None
    """Familiar (−1) to adventurous (1), as the caller sets it; None leaves it to the conversation."""
    budget: Budget = field(default_factory=Budget)
    """The model, if any, and what may be spent on it."""
    prose: bool = True
    """Whether the model may also word the answer."""

    thread_id: str = ""
    """"" where none is kept."""
    today: date = field(default_factory=days.today)
    remembers: bool = False
    """Whether what the turn teaches is kept for other conversations; False for guests."""
    profile: Profile = field(default_factory=Profile)
    """What is remembered of the user; empty for guests, and where memory is switched off."""
    lesson: Lesson | None = None
    """What the turn teaches about the user; None where nothing is to be remembered."""

    before: tuple[str, Thread] = ("", Thread())
    """Message and thread as they were given to the first node, for the trace."""
    thread: Thread = field(default_factory=Thread)
    reading: Reading | None = None
    plan: Plan = field(default_factory=Plan)
    results: list[tuple[str, ToolResult]] = field(default_factory=list)
    traces: list[ToolTrace] = field(default_factory=list)
    evidence: Evidence | None = None
    """What its pool was ranked by."""
    ranked: list[Ranked] = field(default_factory=list)
    relaxed: Relaxed | None = None
    gave_up: bool = False
    """Even the relaxed limits leave nothing."""
    slate: list[SlateItem] = field(default_factory=list)
    n_pool: int = 0
    """Items that satisfy the limits in force, before any top-k."""
    question: Question | None = None
    notices: list[str] = field(default_factory=list)
    planner: Literal["basic", "llm"] = "basic"
    reply: str = ""
    model_notes: list[str] = field(default_factory=list)
    """What was dropped from or replaced in the model's answers."""
    sentences: SentenceCounts = field(default_factory=SentenceCounts)
    n_rejected: int = 0
    """Ranked items that the verifier did not let pass."""
    outcome: Literal["left", "answered", "failed"] = "left"
    """How it ended; "left" until it does, and where whoever asked went away."""
    stages_ms: dict[str, float] = field(default_factory=dict)
    started_s: float = field(default_factory=time.monotonic)

    @property
    def read(self) -> Reading:
        """The reading of the message; only after the first node."""
        assert self.reading is not None
        return self.reading

    @property
    def level(self) -> float:
        """Familiar (−1) to adventurous (1): as a click or the message asks, else the caller, else as before."""
        if self.action and self.action.kind == "adventure":
            return self.action.level
        said = level_in(self.text)
        asked = self.adventure if said is None else said
        return self.thread.adventure if asked is None else asked

    @property
    def wanted(self) -> int:
        """How many items to show: as many as the user asked for, unless a caller set the number."""
        return self.k if self.always_slate else self.read.understanding.k or self.k

    @property
    def ms(self) -> float:
        """Milliseconds since the turn began."""
        return round((time.monotonic() - self.started_s) * 1000, 1)

    @property
    def left_s(self) -> float:
        """Seconds left until the deadline, never negative."""
        return max(0.0, self.deadline_s - time.monotonic())


def finished(turn: Turn, thread_id: str) -> TurnFinished:
    """Sum up a turn."""
    return TurnFinished(
        thread_id=thread_id,
        turn_id=turn.turn_id,
        reply=turn.reply,
        items=turn.slate,
        filters=turn.reading.ledger.filters if turn.reading else [],
        question=turn.question,
        adventure=turn.level,
        notices=turn.notices,
        planner=turn.planner,
        tools=turn.traces,
        model_calls=turn.budget.n_calls,
        tokens=turn.budget.usage.tokens,
        tokens_in=turn.budget.usage.tokens_in,
        tokens_out=turn.budget.usage.tokens_out,
        tokens_estimated=turn.budget.usage.estimated,
        cost=turn.budget.cost,
        ms=turn.ms,
        stages_ms=turn.stages_ms,
        model_notes=turn.model_notes,
        sentences=turn.sentences,
    )
