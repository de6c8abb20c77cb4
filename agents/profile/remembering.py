"""A turn of somebody who is no guest: what is known of them comes before it, what it taught after it."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agents.events import Event, Notice, ProfileChanged
from agents.profile.memory import Memory
from agents.profile.opening import opened
from agents.profile.summary import summary_of
from errors import CiceroneError

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn


async def begin_knowing(turn: "Turn", user_id: str, thread_id: str, memory: Memory, kit: "Kit") -> AsyncIterator[Event]:
    """Give a turn its user's profile; a profile that cannot be read costs a notice, not the turn."""
    try:
        turn.profile = await asyncio.to_thread(memory.read, user_id)
    except CiceroneError as error:
        turn.notices.append(f"{error} This turn goes on without it.")
        yield Notice(text=turn.notices[-1])
        return
    turn.remembers, turn.thread_id, turn.today = turn.profile.on, thread_id, memory.today()
    turn.thread = opened(turn.profile, kit.bundle.catalog.name)


async def taught(turn: "Turn", user_id: str, memory: Memory, kit: "Kit") -> AsyncIterator[Event]:
    """Keep what a finished turn taught, and tell where that changed the profile."""
    if turn.lesson is None:
        return
    try:
        changed = await asyncio.to_thread(
            memory.learn,
            user_id,
            turn.lesson,
            turn.today,
            lambda profile: summary_of(profile, kit.bundle, kit.nouns[:2]),
        )
    except CiceroneError as error:
        yield Notice(text=f"{error} What you said is not remembered.")
        return
    if changed is not None:
        yield ProfileChanged(summary=changed.summary)
