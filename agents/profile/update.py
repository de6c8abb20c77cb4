"""How a profile changes: statements merged, contradictions resolved, old ones faded; pure functions."""

from collections.abc import Iterable
from datetime import date

from agents.profile.state import FADED, MOST_TOKENS, Lesson, Profile, Source, Statement, tokens_in

_SOURCES_KEPT = 3
_STRONGEST = 0.99


def learnt(profile: Profile, lesson: Lesson, today: date) -> Profile:
    """Return the profile after a lesson; one that is switched off learns nothing, and a lesson of nothing changes none.

    What the user withdrew goes where this thread alone said it. A statement of the same matter and kind grows, one of
    another kind replaces the older, which is dropped and named in `formerly`. What has faded goes, and of more than 600
    tokens the weakest.
    """
    if not profile.on or not (lesson.statements or lesson.withdrawn):
        return profile
    kept = [s for s in profile.statements if not _is_withdrawn(s, lesson)]
    by_matter = {s.matter: s for s in kept}
    for new in lesson.statements:
        old = by_matter.pop(new.matter, None)
        by_matter[new.matter] = new if old is None else _merged(old, new, today)
    statements = within_budget(list(by_matter.values()), today)
    if statements == profile.statements:
        return profile
    return profile.model_copy(update={"statements": statements, "version": profile.version + 1})


def _is_withdrawn(statement: Statement, lesson: Lesson) -> bool:
    alone = {source.thread for source in statement.sources} == {lesson.thread}
    return statement.matter in lesson.withdrawn and alone


def _merged(old: Statement, new: Statement, today: date) -> Statement:
    if old.confirmed > new.confirmed:
        old, new = new, old
    if old.kind != new.kind:
        return new.model_copy(update={"formerly": old.kind})
    left = old.strength_at(max(today, new.confirmed))
    again = set(map(_said, new.sources)) <= set(map(_said, old.sources))
    strength = max(left, new.strength) if again else min(_STRONGEST, 1 - (1 - left) * (1 - new.strength))
    sources = list({_said(source): source for source in (*old.sources, *new.sources)}.values())[-_SOURCES_KEPT:]
    return new.model_copy(update={"strength": strength, "sources": sources, "formerly": old.formerly})


def _said(source: Source) -> tuple[str, str, int]:
    return source.by, source.thread or source.words, source.turn


def within_budget(statements: Iterable[Statement], today: date, most_tokens: int = MOST_TOKENS) -> list[Statement]:
    """Keep what has not faded and fits, in the order given: limits first, then the stronger, then the newer."""
    alive = [s for s in statements if s.strength_at(today) >= FADED]
    best = sorted(alive, key=lambda s: (s.kind != "limit", -s.strength_at(today), -s.confirmed.toordinal()))
    room, kept = most_tokens, set[str]()
    for statement in best:
        room -= tokens_in([statement])
        if room < 0:
            break
        kept.add(statement.key)
    return [s for s in alive if s.key in kept]


def forgotten(profile: Profile, key: str) -> Profile:
    """Return the profile without one statement; an unknown key changes nothing."""
    left = [s for s in profile.statements if s.key != key]
    if len(left) == len(profile.statements):
        return profile
    return profile.model_copy(update={"statements": left, "version": profile.version + 1})


def edited(profile: Profile, key: str, statement: Statement) -> Profile:
    """Return the profile with one statement replaced by what the user made of it, at its place."""
    others = (s for s in profile.statements if s.matter != statement.matter or s.key == key)
    changed = [statement if s.key == key else s for s in others]
    return profile.model_copy(update={"statements": changed, "version": profile.version + 1})


def switched(profile: Profile, *, on: bool) -> Profile:
    """Return the profile with its memory switched on or off; what it holds stays until the user deletes it."""
    return profile.model_copy(update={"on": on, "version": profile.version + 1})
