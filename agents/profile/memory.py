"""What a user may do with what is remembered of them, and what a session does: read before a turn, learn after it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from agents import days
from agents.profile.correcting import Correction, corrected
from agents.profile.state import Lesson, Profile, Statement
from agents.profile.store import Profiles
from agents.profile.update import edited, forgotten, learnt, switched

Summarise = Callable[[Profile], str]


@dataclass(frozen=True)
class Memory:
    """The profiles of everybody who is no guest."""

    profiles: Profiles
    today: Callable[[], date] = days.today
    """The clock that statements fade by."""

    def read(self, user_id: str) -> Profile:
        """Return what a turn may know of a user: nothing where the memory is switched off."""
        profile = self.profiles.get(user_id)
        return profile if profile.on else Profile(on=False)

    def learn(self, user_id: str, lesson: Lesson, today: date, summarise: Summarise) -> Profile | None:
        """Keep what a turn taught, and sum the profile up anew; None where that changed nothing."""
        if not (lesson.statements or lesson.withdrawn):
            return None
        before = self.profiles.get(user_id).version
        learned = self.profiles.change(user_id, lambda profile: learnt(profile, lesson, today))
        return self._summed_up(user_id, learned, summarise) if learned.version != before else None

    def whole(self, user_id: str) -> Profile:
        """Return everything that is kept of a user, to show it."""
        return self.profiles.get(user_id)

    def forget(self, user_id: str, key: str, summarise: Summarise) -> Profile:
        """Drop one statement."""
        return self._summed_up(user_id, self.profiles.change(user_id, lambda p: forgotten(p, key)), summarise)

    def edit(self, user_id: str, key: str, statement: Statement, summarise: Summarise) -> Profile:
        """Put what the user made of a statement in its place."""
        return self._summed_up(user_id, self.profiles.change(user_id, lambda p: edited(p, key, statement)), summarise)

    def correct(self, user_id: str, correction: Correction, summarise: Summarise) -> Profile:
        """Put a whole profile right at once, or raise Conflict or InputError, as `corrected`, and change nothing."""
        changed = self.profiles.change(user_id, lambda p: corrected(p, correction, self.today()))
        return self._summed_up(user_id, changed, summarise)

    def switch(self, user_id: str, *, on: bool) -> Profile:
        """Switch the memory of a user on or off."""
        return self.profiles.change(user_id, lambda profile: switched(profile, on=on))

    def export(self, user_id: str) -> dict[str, Any]:
        """Return everything that is kept of a user, JSON-plain."""
        return self.profiles.get(user_id).model_dump(mode="json")

    def delete(self, user_id: str) -> None:
        """Leave nothing of a user."""
        self.profiles.delete(user_id)

    def _summed_up(self, user_id: str, profile: Profile, summarise: Summarise) -> Profile:
        """Summing up takes a second at first, too long to hold everybody's lock: who changed it since sums up again."""
        summary = summarise(profile)

        def keep(newest: Profile) -> Profile:
            return newest.model_copy(update={"summary": summary}) if newest.version == profile.version else newest

        return self.profiles.change(user_id, keep)
