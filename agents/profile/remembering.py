"""A turn of somebody who is no guest: what is known of them comes before it, what it taught after it."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agents.events import Event, Notice, ProfileChanged
from agents.profile.by_model import remarks_by_model
from agents.profile.extract import learn
from agents.profile.memory import Memory
from agents.profile.opening import opened
from agents.profile.state import Lesson, Source
from agents.profile.summary import summary_of
from errors import CiceroneError, ModelError
from retrieval.text import tokens

if TYPE_CHECKING:
    from agents.kit import Kit
    from agents.turn import Turn


async def begin_knowing(turn: "Turn", user_id: str, memory: Memory, kit: "Kit") -> None:
    """Give a turn its user's profile; a profile that cannot be read costs a notice, not the turn."""
    try:
        turn.profile = (await asyncio.to_thread(memory.read, user_id)).from_elsewhere(turn.thread_id)
    except CiceroneError as error:
        turn.notices.append(f"{error} This turn goes on without it.")
        return
    turn.remembers, turn.today = turn.profile.on, memory.today()
    turn.thread = opened(turn.profile, kit.bundle.catalog.name)


async def lesson_of(turn: "Turn", kit: "Kit") -> Lesson:
    """Return what a turn teaches: by rules, and where it is set so by a model too, if the turn has a call left."""
    lesson = learn(turn, kit)
    if kit.settings.llm_profile == "off" or turn.action or not turn.budget.open:
        return lesson
    source = Source(by="model", words="", day=turn.today, thread=turn.thread_id, turn=turn.thread.n_turns)
    try:
        noted = await remarks_by_model(turn.budget, turn.text, source, kit.settings.llm_timeout_s)
    except ModelError as error:
        turn.model_notes.append(f"nothing was noted by the model: {error}")
        return lesson
    if noted.n_dropped:
        turn.model_notes.append(f"{noted.n_dropped} notes about the user dropped: they quote no sentence of theirs")
    known = [set(tokens(s.text or s.value)) for s in lesson.statements]
    new = [s for s in noted.statements if not any(set(tokens(s.text)) & words for words in known)]
    return lesson.model_copy(update={"statements": [*lesson.statements, *new]})


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
