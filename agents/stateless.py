"""Turns without a stored thread: the whole conversation comes with the call, as in `batch` and `/v1/recommend`."""

import asyncio
import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.budget import MAX_STEPS, Budget
from agents.kit import Kit
from agents.ledger import add_limit
from agents.remember import TURNS_KEPT
from agents.state import Limit, PastTurn, Taste, Thread
from agents.turn import Turn
from agents.understanding.reading import clean
from agents.understanding.understand import begin, understand
from errors import InputError
from retrieval.items import Filter

LIKED_FROM = 3.5
"""A rating (of five) from which an item in a history counts as liked."""
MOST_CHARS = 24_000
"""How much of a conversation is read again, the latest of it: some seconds of work at the very worst."""


class Message(BaseModel):
    """One message of the conversation so far."""

    role: Literal["user", "assistant", "system"]
    text: str
    items: list[str] = []
    """Ids of the items an answer showed, best first; empty means those whose titles are in the text."""


class Past(BaseModel):
    """One item of the user's history."""

    item_id: str
    rating: float | None = None
    ts: float | None = None


class Line(BaseModel):
    """One turn in: a conversation, and maybe a history, limits and items never to recommend."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: Any = None
    context: list[Message] = []
    query: str = ""
    """A request by itself, instead of or after a context."""
    history: list[Past] = []
    filters: list[Filter] = []
    exclude: list[str] = []
    k: int | None = Field(default=None, ge=1, le=500)
    adventure: float | None = Field(default=None, ge=-1, le=1)
    """Familiar (−1) to adventurous (1)."""


def parse_line(raw: Any) -> Line:
    """Check one line. Raises InputError naming the bad part and what it should be."""
    try:
        line = Line.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "line"
        raise InputError(f"{where}: {first['msg']}. Give {{'context': [{{'role', 'text'}}…]}}.") from error
    if not (line.context or line.query or line.history or line.filters):
        raise InputError("The line has no context, query, history or filters: nothing says what to recommend.")
    return line


async def recommend(line: Line, kit: Kit, graph: Any, k: int) -> Turn:
    """Take the turn of a line and return it finished; `graph` has no checkpointer."""
    turn = await asyncio.to_thread(prepare, line, kit, k, always_slate=True)
    await finish(turn, graph)
    return turn


async def finish(turn: Turn, graph: Any) -> None:
    """Take a prepared turn to its end; `graph` has no checkpointer."""
    await graph.ainvoke({"turn_id": turn.turn_id}, {"recursion_limit": MAX_STEPS}, context=turn)
    turn.outcome = "answered"


def prepare(line: Line, kit: Kit, k: int, *, always_slate: bool) -> Turn:
    """Replay the conversation, with its last message as the turn to take.

    Items already named in the context are not recommended again. Raises FilterError for a limit that cannot be kept.
    """
    messages = [*line.context, *([Message(role="user", text=line.query)] if line.query else [])]
    text = messages.pop().text if messages and messages[-1].role == "user" else ""
    budget = Budget.of(kit.model, kit.settings)
    latest = _latest(messages, kit.settings.max_message_chars)
    left_out = f"The conversation is long; I read its last {len(latest)} messages before this one."
    return Turn(
        turn_id=secrets.token_hex(8),
        text=text,
        k=line.k or k,
        deadline_s=budget.deadline_s,
        budget=budget,
        always_slate=always_slate,
        exclude=frozenset(line.exclude),
        adventure=line.adventure,
        notices=[left_out] if len(latest) < len(messages) else [],
        thread=_replay(latest, _start(line, kit), kit),
    )


def _latest(messages: list[Message], longest: int) -> list[Message]:
    """Return the latest messages, as many as a thread would keep and as may be read again; ids need no reading."""
    left = MOST_CHARS
    for n, message in enumerate(reversed(messages)):
        known = message.role == "system" or message.items
        left -= 0 if known else min(len(message.text), longest)
        if left < 0 or n >= 2 * TURNS_KEPT:
            return messages[-n:] if n else []
    return messages


def _start(line: Line, kit: Kit) -> Thread:
    thread = Thread()
    kit.bundle.catalog.select(line.filters)
    for given in line.filters:
        thread.ledger = add_limit(
            thread.ledger, Limit(filter=given, words="given by the caller", turn=0, source="caller")
        )
    thread.ledger = thread.ledger.model_copy(update={"tastes": _tastes(line.history, kit)})
    return thread


def _tastes(history: list[Past], kit: Kit) -> list[Taste]:
    """Return what a history likes and knows, the latest last, each once."""
    tastes: dict[tuple[str, str], Taste] = {}
    for past in sorted(history, key=lambda p: p.ts or 0.0):
        kind: Literal["like", "seen"] = "like" if past.rating is None or past.rating >= LIKED_FROM else "seen"
        if kit.bundle.catalog.row_of(past.item_id) is not None:
            tastes.pop((kind, past.item_id), None)
            tastes[kind, past.item_id] = Taste(kind=kind, words="history", turn=0, item_id=past.item_id)
    return list(tastes.values())


def _replay(messages: list[Message], thread: Thread, kit: Kit) -> Thread:
    for message in messages:
        text, _ = clean(message.text, kit.settings.max_message_chars)
        if message.role == "user":
            thread = _heard(text, thread, kit)
        elif message.role == "assistant":
            thread = _said(text, message.items, thread, kit)
    return thread


def _heard(text: str, thread: Thread, kit: Kit) -> Thread:
    thread = begin(text, thread)
    reading = understand(text, thread, kit.bundle, kit.nouns)
    named = [*thread.named, *reading.named, *reading.understanding.anchors]
    past = PastTurn(turn_id=str(len(thread.past)), user=text, reply="")
    return Thread(
        ledger=reading.ledger,
        past=[*thread.past, past],
        query=reading.understanding.query or thread.query,
        named=list(dict.fromkeys(named)),
    )


def _said(text: str, items: list[str], thread: Thread, kit: Kit) -> Thread:
    shown = [item_id for item_id in dict.fromkeys(items) if kit.bundle.catalog.row_of(item_id) is not None]
    if not items:
        mentions = [m for m in kit.bundle.linker.link(text) if m.kind == "title" and m.item_ids]
        shown = list(dict.fromkeys(m.item_ids[0] for m in mentions))
    past = list(thread.past)
    last = past.pop() if past and not past[-1].reply else PastTurn(turn_id=str(len(past)), user="", reply="")
    past.append(last.model_copy(update={"reply": text, "slate": shown}))
    return thread.model_copy(update={"past": past, "named": list(dict.fromkeys([*thread.named, *shown]))})
