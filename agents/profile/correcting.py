"""What a user makes of their own profile, all in one step: statements put right or taken out, memory on or off."""

from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, Field

from agents.profile.private import storable
from agents.profile.state import Kind, Profile, Source, Statement
from errors import Conflict, InputError


class Kept(BaseModel):
    """A statement that stays, as the user would have it."""

    key: str
    """Which one."""
    kind: Kind | None = None
    """What it should say instead; None: what it says now."""
    strength: float | None = Field(default=None, ge=0, le=1)
    text: str | None = None
    """Other words for one that is in words."""


class Correction(BaseModel):
    """What is to change; whatever is None stays."""

    version: int | None = None
    """The version of the profile it was made of; one that has changed since is left alone."""
    on: bool | None = None
    statements: Sequence[Kept] | None = None
    """All that stay: the others are forgotten."""


def corrected(profile: Profile, correction: Correction, today: date) -> Profile:
    """Return the profile as its user would have it.

    Raises Conflict where it has changed since they read it, InputError for a statement that is not there or cannot say
    what it should.
    """
    if correction.version not in (None, profile.version):
        raise Conflict(
            f"The profile has changed since you read it: it is version {profile.version}, not {correction.version}. "
            "Read it again."
        )
    changed = profile
    if correction.statements is not None:
        changed = changed.model_copy(update={"statements": _put_right(profile, correction.statements, today)})
    if correction.on is not None:
        changed = changed.model_copy(update={"on": correction.on})
    return changed if changed == profile else changed.model_copy(update={"version": profile.version + 1})


def _put_right(profile: Profile, kept: Sequence[Kept], today: date) -> list[Statement]:
    asked = {one.key: one for one in kept}
    if unknown := sorted(asked.keys() - {s.key for s in profile.statements}):
        raise InputError(f"There is no statement {unknown[0][:80]!r} in this profile. Read it again.")
    left = [_as_asked(s, asked[s.key], today) for s in profile.statements if s.key in asked]
    if len({s.matter for s in left}) < len(left):
        raise InputError("Two statements would be about the same thing. Leave one of them out.")
    return left


def _as_asked(statement: Statement, asked: Kept, today: date) -> Statement:
    kind, text = asked.kind or statement.kind, statement.text if asked.text is None else storable(asked.text).strip()
    strength = statement.strength if asked.strength is None else asked.strength
    if (kind, text, strength) == (statement.kind, statement.text, statement.strength):
        return statement
    if not _fits(statement, kind, text):
        raise InputError(f"The statement {statement.key[:80]!r} cannot be made that. Leave it out to forget it.")
    source = Source(by="user", words="corrected by the user", day=today)
    changed = {"kind": kind, "text": text, "strength": strength, "confirmed": today, "sources": [source]}
    return statement.model_copy(update={**changed, "formerly": None})


def _fits(statement: Statement, kind: Kind, text: str) -> bool:
    """Return whether the statement can be of this kind, in these words; words stay where there were words."""
    about: dict[Kind, bool] = {
        "like": True, "dislike": True, "seen": bool(statement.item_id), "limit": statement.filter is not None,
        "context": bool(statement.text),
    }  # fmt: skip
    return about[kind] and bool(text) == bool(statement.text)
