"""Somebody who talks in the terminal under a name: what is remembered of them, and what they may do with it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from agents.database import open_database
from agents.people import export_user, forget_user, people_in
from agents.profile.memory import Memory
from agents.profile.state import Profile
from agents.profile.store import Profiles
from agents.profile.summary import summary_of
from agents.trace_files import PeopleTraces

if TYPE_CHECKING:
    from agents.session import Cicerone

_NOTHING = "Nothing is remembered of you yet."
_SURE = (
    "This deletes everything kept of you, for good: what is remembered of your taste, your conversations and their "
    "traces, and what the model cost. /memory export shows it. /memory delete yes does it."
)
_HELP = "/forget N forgets one of them · /memory off, on, export or delete"


class Known:
    """One user with a name, and the agent that remembers them."""

    def __init__(self, agent: "Cicerone", name: str, folder: Path) -> None:
        """Let the agent remember, in a file of `folder` or in Postgres. Raises SettingsError where that cannot be."""
        self.user_id = f"user-{name}"
        self._agent = agent
        self._folder = folder
        self._url = agent.kit.settings.postgres
        db = open_database(folder / "people.sqlite", self._url)
        self._memory = agent.memory = Memory(Profiles(db))

    async def command(self, line: str) -> str | None:
        """Carry out a command about the memory and return what to say; None where it is no such command."""
        word, _, rest = line.partition(" ")
        if word == "/profile":
            return self._told()
        if word == "/forget":
            return self._forgotten(rest.strip())
        if word == "/memory":
            return await self._memory_command(rest.strip())
        return None

    def _told(self) -> str:
        profile = self._memory.whole(self.user_id)
        if not profile.statements:
            return _NOTHING if profile.on else f"{_NOTHING} The memory is off."
        lines = [f"{i}. {s.in_words()}  ({s.sources[-1].words})" for i, s in enumerate(profile.statements, start=1)]
        off = [] if profile.on else ["The memory is off: none of this is used."]
        return "\n".join([*off, self._summary(profile), *lines, _HELP])

    def _forgotten(self, number: str) -> str:
        statements = self._memory.whole(self.user_id).statements
        if not number.isdigit() or not 1 <= int(number) <= len(statements):
            return f"Give a number from 1 to {len(statements)}, as /profile shows them." if statements else _NOTHING
        gone = statements[int(number) - 1]
        self._memory.forget(self.user_id, gone.key, self._summary)
        return f"Forgotten: {gone.in_words()}."

    async def _memory_command(self, wanted: str) -> str:
        if wanted in ("on", "off"):
            self._memory.switch(self.user_id, on=wanted == "on")
            return f"The memory is {wanted}."
        if wanted == "export":
            async with people_in(self._folder, self._traces, self._url) as people:
                return json.dumps(await export_user(self.user_id, people), ensure_ascii=False, indent=2)
        if wanted == "delete":
            return _SURE
        if wanted == "delete yes":
            return await self._deleted()
        return _HELP

    async def _deleted(self) -> str:
        """Leave nothing, of this talk as little as in the files."""
        async with people_in(self._folder, self._traces, self._url) as people:
            gone = await forget_user(self.user_id, people)
        gone += await forget_user(self.user_id, replace(self._agent.people, memory=None))
        return f"Deleted: {gone.in_words()}. Nothing is kept of you now."

    @property
    def _traces(self) -> PeopleTraces | None:
        """Where this talk writes to: what is still to be written has to go as well."""
        return self._agent.people.traces

    def _summary(self, profile: Profile) -> str:
        return summary_of(profile, self._agent.kit.bundle, self._agent.kit.nouns[:2])


def known_as(name: str | None, agent: "Cicerone") -> Known | None:
    """Let an agent remember whoever goes by this name, in the folder of people's data; nobody for None."""
    return Known(agent, name, agent.kit.settings.var_dir / "people") if name else None
