"""The one facade that ui/ and eval/ call: a turn in, typed events out."""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from langgraph.errors import GraphRecursionError

from agents.events import Action, Event, Failed, LedgerChanged, TurnFinished, TurnStarted
from agents.graph import MAX_STEPS, build_graph
from agents.kit import Kit
from agents.llm import ChatModel
from agents.memory import open_checkpoints
from agents.nouns import nouns_of
from agents.starters import starters
from agents.state import Thread
from agents.stateless import line_out, parse_line, recommend
from agents.turn import Turn
from errors import CiceroneError
from retrieval.bundle import Bundle
from retrieval.items import Field
from settings import Settings

_log = logging.getLogger("cicerone.session")


class Cicerone:
    """One catalogue, ready to talk. Use as `async with Cicerone(...) as agent`; turns of one thread run one by one."""

    def __init__(
        self, bundle: Bundle, settings: Settings, model: ChatModel | None = None, state: Path | None = None
    ) -> None:
        """Keep threads in the SQLite file `state`, or in memory only when it is None."""
        self.kit = Kit(bundle, settings, nouns_of(f"{bundle.name} {bundle.manifest.source}"), model)
        self._state = state
        self._stack = AsyncExitStack()
        self._graph: Any = None
        self._stateless: Any = None
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def __aenter__(self) -> "Cicerone":
        """Open the store of threads."""
        self._graph = build_graph(self.kit, await self._stack.enter_async_context(open_checkpoints(self._state)))
        self._stateless = build_graph(self.kit)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the store of threads."""
        self._graph = None
        await self._stack.aclose()

    @property
    def catalog_name(self) -> str:
        """Name of the catalogue."""
        return self.kit.bundle.name

    @property
    def noun(self) -> tuple[str, str]:
        """What an item is called: singular, plural."""
        return self.kit.nouns[:2]

    @property
    def fields(self) -> dict[str, Field]:
        """The catalogue's fields by name."""
        return self.kit.bundle.catalog.fields

    def ready(self) -> bool:
        """Whether turns can be taken."""
        return self._graph is not None

    def planner_name(self) -> str:
        """Who plans, for people: "basic planner" or the model's name."""
        return self.kit.model.name if self.kit.model else "basic planner"

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

    async def ledger(self, user_id: str, thread_id: str) -> LedgerChanged:
        """Return the limits and chips of a thread; an unknown thread has none."""
        thread = await self.thread(user_id, thread_id)
        return LedgerChanged(filters=thread.ledger.filters, chips=self.kit.chips(thread.ledger))

    async def thread(self, user_id: str, thread_id: str) -> Thread:
        """Return what a thread remembers; an unknown thread is empty."""
        found = await self._graph.aget_state(_config(user_id, thread_id))
        return Thread.model_validate(found.values.get("thread") or {})

    async def turn(
        self, user_id: str, thread_id: str | None, text: str = "", *, action: Action | None = None, k: int | None = None
    ) -> AsyncIterator[Event]:
        """Take one turn of a thread (a new one where `thread_id` is None); the last event is always turn_finished."""
        thread_id = thread_id or secrets.token_urlsafe(18)
        config = _config(user_id, thread_id)
        key = config["configurable"]["thread_id"]
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            turn = self.new_turn(text, action=action, k=k)
            async for event in self.run(turn, thread_id, config):
                yield event

    async def recommend(self, raw: Any, *, k: int = 10, full: bool = True) -> dict[str, Any]:
        """Take one stateless turn, a line of `batch`, and return its output line.

        `full` adds title, fields and reasons to every item. Raises InputError for a line that cannot be used.
        """
        line = parse_line(raw)
        turn = await recommend(line, self.kit, self._stateless, k)
        return line_out(turn, line.id, full=full)

    def new_turn(self, text: str, *, action: Action | None = None, k: int | None = None) -> Turn:
        """Make a turn with the settings' budget."""
        settings = self.kit.settings
        return Turn(
            turn_id=secrets.token_hex(8),
            text=text,
            action=action,
            k=k or settings.k,
            deadline_s=time.monotonic() + settings.turn_deadline_s,
            use_model=self.kit.model is not None,
        )

    async def run(self, turn: Turn, thread_id: str, config: dict[str, Any]) -> AsyncIterator[Event]:
        """Run a prepared turn through the graph and yield its events."""
        yield TurnStarted(thread_id=thread_id, turn_id=turn.turn_id, planner="llm" if turn.use_model else "basic")
        config = {**config, "recursion_limit": MAX_STEPS}
        try:
            async for event in self._graph.astream(
                {"turn_id": turn.turn_id}, config, context=turn, stream_mode="custom", durability="exit"
            ):
                yield event
        except (CiceroneError, GraphRecursionError) as error:
            yield _fail(turn, str(error))
        except Exception:  # a defect of ours must not leave a person without an answer; it is logged in full
            _log.exception("turn %s failed", turn.turn_id)
            yield _fail(turn, "Something went wrong on our side.")
        yield finished(turn, thread_id)


def _fail(turn: Turn, cause: str) -> Failed:
    turn.reply = (
        turn.reply or f"I could not finish this turn. {cause} Your conversation is unchanged; please try again."
    )
    turn.notices.append(cause)
    return Failed(text=cause)


def finished(turn: Turn, thread_id: str) -> TurnFinished:
    """Sum up a turn."""
    return TurnFinished(
        thread_id=thread_id,
        turn_id=turn.turn_id,
        reply=turn.reply,
        items=turn.slate,
        filters=turn.reading.ledger.filters if turn.reading else [],
        question=turn.question,
        notices=turn.notices,
        planner=turn.planner,
        tools=turn.traces,
        model_calls=turn.model_calls,
        tokens=turn.tokens,
        ms=turn.ms,
        stages_ms=turn.stages_ms,
        model_notes=turn.model_notes,
    )


def _config(user_id: str, thread_id: str) -> dict[str, Any]:
    """One user's thread id never opens another user's thread, for the key holds both."""
    return {"configurable": {"thread_id": json.dumps([user_id, thread_id])}}
