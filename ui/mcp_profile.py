"""What is remembered of the user whose token an agent comes with, for that agent to know."""

import asyncio

from pydantic import BaseModel

from tools.spec import Arguments
from ui.guide import Guides
from ui.identity import Who
from ui.mcp_door import Door
from ui.users_api import ProfileOut, profile_out
from ui.written import quoted


class ProfileArgs(Arguments):
    """profile takes no arguments: a token stands for its own user alone."""


async def profile(guides: Guides, args: ProfileArgs, asking: Who) -> tuple[BaseModel, str]:
    """Return what is remembered of the user from earlier conversations: likes, dislikes, what they know and said.

    Empty for guests. People change and delete it themselves, over HTTP or on the page.
    """
    memory = guides.people.memory if asking.known else None
    if memory is None:
        told = ProfileOut(user_id=asking.user_id, on=False, version=0, summary="", statements=[])
        return told, "Nothing is remembered: the user is a guest."
    out = profile_out(asking.user_id, await asyncio.to_thread(memory.whole, asking.user_id))
    off = [] if out.on else ["The memory is switched off: use none of this."]
    lines = [f"- {quoted(statement.says)}" for statement in out.statements] or ["Nothing is remembered yet."]
    return out, "\n".join([*off, *([quoted(out.summary)] if out.summary else []), *lines])


PROFILE = Door("What is remembered of the user", ProfileArgs, ProfileOut, profile, "people")
