"""A conversation of before, brought back into the page from what its thread remembers."""

import asyncio
from collections.abc import Sequence

from agents.events import Reason, SlateItem
from agents.state import PastTurn, Thread
from agents.traces import Trace
from errors import NotFound
from ui.conversation import Conversation, cut
from ui.guide import Guide, Guides
from ui.markdown import literal
from ui.one_turn import Turn
from ui.sheets.how import how_address


async def reopen(thread_id: str, user_id: str, guides: Guides, fresh: Conversation) -> Conversation:
    """Put a thread of a user into a fresh conversation about its catalogue.

    Raises NotFound where they have no such thread.
    """
    thread = await guides.thread(user_id, thread_id)
    if not thread.past:
        raise NotFound("That conversation is not here any more. What you say now begins a new one.")
    traces = await _traces(thread_id, user_id, guides)
    fresh.turns = [_turn(past, thread_id, {trace.turn_id for trace in traces}) for past in thread.past]
    await show_state(fresh, thread_id, user_id, guides)
    return fresh


async def show_state(talk: Conversation, thread_id: str, user_id: str, guides: Guides) -> None:
    """Let a conversation show the list, the limits and the leaning that its thread holds now."""
    thread = await guides.thread(user_id, thread_id)
    talk.thread_id, talk.adventure = thread_id, thread.adventure
    async with guides.lend(talk.about.name) as guide:
        talk.about = guide.about
        talk.chips = (await guide.ledger(user_id, thread_id)).chips
        talk.slate = await _slate(thread, await _traces(thread_id, user_id, guides), guide)


async def _traces(thread_id: str, user_id: str, guides: Guides) -> list[Trace]:
    traces = guides.people.traces
    return await asyncio.to_thread(traces.of, user_id, thread_id) if traces else []


def _turn(past: PastTurn, thread_id: str, traced: set[str]) -> Turn:
    how = how_address(thread_id, past.turn_id) if past.turn_id in traced else ""
    return Turn(
        said=literal(cut(past.user)), typed=past.user, turn_id=past.turn_id, reply=past.reply, over=True, how=how
    )


async def _slate(thread: Thread, traces: Sequence[Trace], guide: Guide) -> list[SlateItem]:
    """The last list shown, with the reasons that its trace holds; of items that are gone nothing is left."""
    found = await asyncio.to_thread(guide.looks.items, thread.last_slate)
    shown = {item.item_id: item for trace in traces for item in trace.outcome.slate}
    items = []
    for place, one in enumerate(found):
        told = shown.get(one.item_id)
        broken = set(told.breaks) if told else set()
        limits = [(given, f"{given.field} {given.op} {given.value}" in broken) for given in thread.ledger.filters]
        items.append(
            SlateItem(
                item_id=one.item_id,
                title=one.title,
                score=1 / (1 + place),
                fields=one.fields,
                reasons=[Reason(text=text, source="") for text in (told.reasons if told else [])],
                satisfies=[given for given, is_broken in limits if not is_broken],
                breaks=[given for given, is_broken in limits if is_broken],
            )  # fmt: skip
        )
    return items
