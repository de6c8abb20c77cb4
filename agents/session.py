"""The one facade that ui/ and eval/ call: a turn in, typed events out."""

import asyncio
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import date
from functools import cached_property
from typing import Any, Literal

from langgraph.errors import GraphRecursionError

from agents.about import about_of, nouns_in
from agents.budget import MAX_STEPS, Budget
from agents.carry import carry_over
from agents.events import Action, Event, Failed, LedgerChanged, TurnFinished, TurnStarted
from agents.feedback import Feedback, note
from agents.gate import Gate, OpenGate
from agents.graph import build_graph
from agents.kit import Kit
from agents.looks import Looks
from agents.memory import Threads, threads_in_memory
from agents.model.chat import ChatModel
from agents.people import People
from agents.profile.extract import clicked
from agents.profile.memory import Memory
from agents.profile.remembering import begin_knowing, taught
from agents.profile.state import Kind, Profile, Statement
from agents.profile.summary import summary_of
from agents.search import Search, SearchResult, search
from agents.shown import turn_shown
from agents.spending import Spending
from agents.starters import starters
from agents.state import Thread
from agents.stateless import finish, parse_line, prepare
from agents.trace_files import PeopleTraces, Traces
from agents.turn import Turn, finished
from errors import CiceroneError
from retrieval.bundle import Bundle
from settings import Settings

_log = logging.getLogger("cicerone.session")
_UNKEPT = "This answer could not be kept: the next one will not know of it."
_NOBODY = ""
"""Whose spending is that of calls that name no user."""


class Cicerone:
    """One catalogue, ready to talk. Use as `async with Cicerone(...) as agent`; turns of one thread run one by one."""

    def __init__(
        self, bundle: Bundle, settings: Settings, model: ChatModel | None = None, threads: Threads | None = None,
        traces: Traces | None = None, memory: Memory | None = None, spending: Spending | None = None,
        gate: Gate | None = None, feedback: Feedback | None = None,
    ) -> None:  # fmt: skip
        """Keep threads in `threads`, which several agents may share, or in memory of its own when it is None.

        How each turn came about is left in `traces`. Without `memory` everybody is a guest. Every turn passes `gate`.
        """
        self.memory = memory
        self.kit = Kit(bundle, settings, nouns_in(bundle.name, bundle.manifest), model)
        self.about = about_of(bundle)
        self.looks = Looks(bundle, settings.var_dir / "cache")
        self._threads = threads or threads_in_memory()
        self.spending = spending or Spending()
        """What the model costs each user."""
        self.traces = traces
        self._gate = gate or OpenGate()
        self._feedback = feedback or Feedback()
        self._graph: Any = None
        self._stateless: Any = None

    async def __aenter__(self) -> "Cicerone":
        """Get ready for turns."""
        self._graph = build_graph(self.kit, self._threads.saver)
        self._stateless = build_graph(self.kit)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take no more turns; the bundle and the threads stay open."""
        self._graph = self._stateless = None

    def planner_name(self) -> str:
        """Who plans, for people: "basic planner" or the model's name."""
        return self.kit.model.name if self.kit.model else "basic planner"

    async def search(self, asked: Search) -> SearchResult:
        """Search without a conversation. Raises FilterError or ToolError for what cannot be searched for."""
        return await asyncio.to_thread(search, asked, self.kit.bundle)

    @cached_property
    def starters(self) -> list[str]:
        """Four example requests made of the catalogue's own facets."""
        return starters(self.kit.bundle.catalog, self.kit.nouns)

    def item(self, item_id: str) -> dict[str, Any] | None:
        """Return one item's known fields, or None where there is no such id."""
        row = self.kit.bundle.catalog.row_of(item_id)
        if row is None:
            return None
        item = self.kit.bundle.catalog.items([row])[0]
        return {"item_id": item.item_id, "title": item.title, "fields": item.values}

    @property
    def people(self) -> People:
        """Everything kept of people, for `export_user` and `forget_user`."""
        traces = self.traces if isinstance(self.traces, PeopleTraces) else None
        return People(self._threads, self.spending, self.memory, traces, self._feedback)

    def sum_up(self, profile: Profile) -> str:
        """Return a profile in two sentences, as far as it is about this catalogue."""
        return summary_of(profile, self.kit.bundle, self.kit.nouns[:2])

    def opinion(self, kind: Kind, item_id: str, today: date) -> Statement | None:
        """Return what somebody thinks of an item as a statement of their profile; None where there is no such item."""
        return clicked(kind, item_id, self.kit.bundle.catalog, today)

    async def ledger(self, user_id: str, thread_id: str) -> LedgerChanged:
        """Return the limits and chips of a thread; an unknown thread has none."""
        thread, _ = carry_over(await self.thread(user_id, thread_id), self.kit)
        return LedgerChanged(filters=thread.ledger.filters, chips=self.kit.chips(thread.ledger))

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers; an unknown thread is empty."""
        return await self._threads.get(user_id, thread_id)

    async def turn(
        self,
        user_id: str,
        thread_id: str | None,
        text: str = "",
        *,
        action: Action | None = None,
        k: int | None = None,
        adventure: float | None = None,
        remembers: bool = False,
        by_model: bool = True,
        turn_id: str | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Take one turn of a thread (a new one where `thread_id` is None); the last event is always turn_finished.

        `adventure` leans the ranking to what many know (−1) or few (1); None leaves it as the conversation has it.
        `remembers` tells that the user is known, and wants other conversations to know them; a guest is neither.
        `by_model` False leaves the language model out. `turn_id` names the turn; None makes a name up.
        """
        thread_id = thread_id or secrets.token_urlsafe(18)
        memory = self.memory if remembers else None
        async with self._gate.place(f"{user_id} {thread_id}"), self._threads.lock(user_id, thread_id):
            turn = self.new_turn(text, action=action, k=k)
            turn.adventure, turn.thread_id, turn.turn_id = adventure, thread_id, turn_id or turn.turn_id
            turn.budget = turn.budget if by_model else Budget(deadline_s=turn.deadline_s)
            async with self._paid(turn, user_id):
                if memory:
                    await begin_knowing(turn, user_id, memory, self.kit)
                # Whoever leaves midway ends the turn here: before it is paid, and before the next one of the thread.
                async with aclosing(self.run(turn, thread_id, self._threads.config(user_id, thread_id))) as events:
                    async for event in events:
                        if isinstance(event, TurnFinished):
                            await note(turn, user_id, self._feedback, self.kit.bundle.name)
                        if memory and isinstance(event, TurnFinished):
                            async for news in taught(turn, user_id, memory, self.kit):
                                yield news
                        if self.traces and isinstance(event, TurnFinished):
                            self.traces.keep(turn, self.kit, user_id=user_id)
                        yield event

    @asynccontextmanager
    async def _paid(self, turn: Turn, user_id: str) -> AsyncIterator[None]:
        """Add up what a turn spends; leave the model out of it where its user has had the day's tokens."""
        most = self.kit.settings.llm_daily_tokens
        if most and turn.budget.has_model and (await asyncio.to_thread(self.spending.today, user_id)).tokens >= most:
            turn.budget = Budget(deadline_s=turn.deadline_s)
            told = f"Today's {most:,} tokens of the language model are used up; the basic planner answered."
            turn.notices.append(told)
        try:
            yield
        finally:
            await asyncio.to_thread(self.spending.add, user_id, turn.budget)
            self._gate.over(turn, self.kit, user_id)

    async def recommend(self, raw: Any, *, k: int = 10, full: bool = True, user_id: str = _NOBODY) -> dict[str, Any]:
        """Take one stateless turn, a line of `batch`, and return its output line.

        `full` adds title, fields and reasons to every item; of `user_id` only what it cost is kept. Raises InputError
        for a line that cannot be used.
        """
        line = parse_line(raw)
        async with self._gate.place(""):
            turn = await asyncio.to_thread(prepare, line, self.kit, k, always_slate=True)
            async with self._paid(turn, user_id):
                await finish(turn, self._stateless)
        if self.traces:
            self.traces.keep(turn, self.kit)
        return {"id": line.id} | turn_shown(finished(turn, ""), full=full)

    async def answer(self, raw: Any, *, k: int | None = None, user_id: str = _NOBODY) -> AsyncGenerator[Event, None]:
        """Take one turn of a conversation that comes with the call, a line of `batch`; as `turn`, but nothing is kept.

        Raises InputError before the first event for a line that cannot be used.
        """
        line = parse_line(raw)
        async with self._gate.place(""):
            # A long conversation takes a while to read again; other turns go on meanwhile.
            turn = await asyncio.to_thread(prepare, line, self.kit, k or self.kit.settings.k, always_slate=False)
            async with self._paid(turn, user_id), aclosing(self.run(turn, "", {})) as events:
                async for event in events:
                    yield event

    def new_turn(self, text: str, *, action: Action | None = None, k: int | None = None) -> Turn:
        """Make a turn with the settings' budget."""
        budget = Budget.of(self.kit.model, self.kit.settings)
        return Turn(
            turn_id=secrets.token_hex(8),
            text=text,
            action=action,
            k=k or self.kit.settings.k,
            deadline_s=budget.deadline_s,
            budget=budget,
        )

    async def run(self, turn: Turn, thread_id: str, config: dict[str, Any]) -> AsyncGenerator[Event, None]:
        """Run a prepared turn through the graph and yield its events; without a `thread_id` nothing is kept of it."""
        graph, durability = (self._graph, "exit") if thread_id else (self._stateless, None)
        planner: Literal["basic", "llm"] = "llm" if turn.budget.has_model else "basic"
        yield TurnStarted(thread_id=thread_id, turn_id=turn.turn_id, planner=planner)
        config = {**config, "recursion_limit": MAX_STEPS}
        try:
            told = graph.astream(
                {"turn_id": turn.turn_id}, config, context=turn, stream_mode="custom", durability=durability
            )
            async with aclosing(told) as events:
                async for event in events:
                    yield event
        except (CiceroneError, GraphRecursionError) as error:
            yield _fail(turn, str(error))
        except Exception:  # a defect of ours must not leave a person without an answer; it is logged in full
            _log.exception("turn %s failed", turn.turn_id)
            yield _fail(turn, _UNKEPT if turn.reply else "Something went wrong on our side.")
        turn.outcome = "failed" if turn.outcome == "failed" else "answered"
        yield finished(turn, thread_id)


def _fail(turn: Turn, cause: str) -> Failed:
    turn.reply = (
        turn.reply or f"I could not finish this turn. {cause} Your conversation is unchanged; please try again."
    )
    turn.notices.append(cause)
    turn.outcome = "failed"
    return Failed(text=cause)
