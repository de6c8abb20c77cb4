"""Taking back "no, the other one": another item of the same title is read into the message before."""

import re
from dataclasses import dataclass

from agents.state import Thread
from retrieval.bundle import Bundle
from retrieval.items import Role
from retrieval.linking import Mention
from retrieval.linking.message import words_of
from retrieval.linking.title_forms import bare_title, variants
from retrieval.linking.titles import year_field

_MOST_BACK = 5
"""Corrections in a row that are followed back to the message they correct."""
_MEANT = (
    r"(?:i (?:meant?|was (?:talking|thinking) (?:about|of))|(?:not|wrong) (?:that )?(?:one|version)|no|nope|nah|sorry)"
)
_CORRECTION = re.compile(
    rf"^\W*(?P<meant>(?:{_MEANT}\b[\s,.!–—-]*)+)?(?:the )?"
    r"(?P<which>other|older|old|oldest|original|first|newer|new|newest|latest|recent|remake|(?:1[5-9]|20)\d\d)"
    r"(?: (?:one|version|remake|original|from))*[\s.!?]*$",
    re.I,
)
_OLDER = frozenset(("older", "old", "original", "first"))
_NEWER = frozenset(("newer", "new", "remake", "recent"))


@dataclass(frozen=True)
class Correction:
    """What to read instead of a message that only says which of several was meant."""

    text: str
    thread: Thread
    """Without what was noted of the item taken before."""
    notice: str


def corrected(text: str, thread: Thread, bundle: Bundle) -> Correction | None:
    """Return the message before with the item meant, or None where this is no correction or there is no other item."""
    steps = _steps(text)
    if steps is None:
        return None
    saying = [steps]
    for past in reversed(thread.past[-_MOST_BACK:]):
        if (step := _steps(past.user)) is None:
            return _corrected(past.user, saying[::-1], thread, bundle)
        saying.append(step)
    return None


def _steps(text: str) -> str | None:
    match = _CORRECTION.match(text)
    if match is None:
        return None
    which = match["which"].lower()
    # "The newer one" alone compares with what was shown; only "the other one" and a year need no "I meant".
    return which if match["meant"] or which == "other" or which.isdigit() else None


def _corrected(said: str, steps: list[str], thread: Thread, bundle: Bundle) -> Correction | None:
    for mention in bundle.linker.link(said):
        dated = _namesakes(mention, bundle) if mention.kind == "title" else []
        if len(dated) < 2:
            continue
        at = 0
        for step in steps:
            found = _chosen(dated, at, step)
            if found is None:
                return None
            before, at = at, found
        year, wrong = dated[at][1], dated[before][0]
        title = bundle.catalog.titles[bundle.catalog.rows_of([dated[at][0]])[0]]
        named = f"{bare_title(title)} ({year})"
        ledger = thread.ledger
        kept = [taste for taste in ledger.tastes if taste.item_id != wrong]
        return Correction(
            said[: mention.start] + named + said[mention.end :],
            thread.model_copy(update={"ledger": ledger.model_copy(update={"tastes": kept})}),
            f"I take {named} now.",
        )
    return None


def _namesakes(mention: Mention, bundle: Bundle) -> list[tuple[str, int]]:
    """Return (id, year) of the candidates that bear the same title as the first, in the order they would be taken."""
    catalog = bundle.catalog
    field = year_field(list(catalog.fields.values()))
    if field is None or not mention.item_ids:
        return []
    found: list[tuple[str, int]] = []
    same: set[str] = set()
    for item_id, item in zip(mention.item_ids, catalog.items(catalog.rows_of(mention.item_ids)), strict=True):
        key = " ".join(words_of(bare_title(item.title)))
        same = same or {key, *variants(key)}
        value = item.values.get(field.name)
        if value is not None and key in same:
            found.append((item_id, int(str(value)[:4]) if field.role is Role.DATE else int(value)))
    return found


def _chosen(dated: list[tuple[str, int]], at: int, step: str) -> int | None:
    """Return the position of the item meant: another year, the nearest older or newer, or simply the next."""
    now = dated[at][1]
    if step == "other":
        return (at + 1) % len(dated)
    if step.isdigit():
        return next((i for i, (_, year) in enumerate(dated) if year == int(step)), None)
    if step in _OLDER or step == "oldest":
        older = [i for i, (_, year) in enumerate(dated) if year < now]
        pick = min if step in ("oldest", "original", "first") else max
        return pick(older, key=lambda i: dated[i][1], default=None)
    newer = [i for i, (_, year) in enumerate(dated) if year > now]
    pick = max if step not in _NEWER else min
    return pick(newer, key=lambda i: dated[i][1], default=None)
