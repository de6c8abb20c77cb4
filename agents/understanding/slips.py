"""Corrections within one message: "from the 80s, no wait, 90s", and "highway, not city" of the bound set before."""

import re
from collections.abc import Sequence

from agents.state import Limit, Thread
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.linking import Mention
from retrieval.linking.message import words_of

_TAKEN_BACK = re.compile(
    r"\b(?:no,? wait|wait,? no|oh wait|wait|hang on|hold on|scratch that|strike that|i mean|i meant|make that|or rather"
    r"|sorry|correction|no no|actually,? no)\b|(?:^|[,.;!?–—])\s*no\s*,",
    re.I,
)
_WORDS_BETWEEN = 6
_NOT = re.compile(r"\b(?P<a>\w+)\b\W{1,3}(?:and )?not (?:the |in the |on the )?(?P<b>\w+)\b", re.I)
_NOT_BUT = re.compile(r"\bnot (?:the |in the |on the )?(?P<b>\w+)\b\W{1,3}(?:but )?(?:the |in the )?(?P<a>\w+)\b", re.I)
_INSTEAD = re.compile(r"\b(?P<a>\w+) (?:instead of|rather than) (?:the )?(?P<b>\w+)\b", re.I)


def without_slips(mentions: list[Mention], text: str) -> list[Mention]:
    """Leave out what the same message takes back for something else of the same field."""
    gone: set[int] = set()
    for last, mention in zip(mentions, mentions[1:], strict=False):
        between = text[last.end : mention.start]
        alike = last.field == mention.field != "" and last.kind == mention.kind and last.cue == mention.cue
        if alike and len(between.split()) <= _WORDS_BETWEEN and _TAKEN_BACK.search(between):
            gone.add(last.start)
    return [mention for mention in mentions if mention.start not in gone]


def moved_bound(text: str, mentions: Sequence[Mention], thread: Thread, bundle: Bundle) -> tuple[list[Mention], bool]:
    """Return mentions that move a bound to the field meant, and whether there are any: "highway, not city".

    Both fields hold numbers of one unit, are told apart by one word of their labels, and the wrong one is bounded.
    """
    catalog = bundle.catalog
    bounds = {x.filter.field: x for x in thread.ledger.limits if catalog.fields[x.filter.field].role is Role.NUMBER}
    matches = (match for way in (_NOT, _NOT_BUT, _INSTEAD) for match in way.finditer(text))
    for match in matches if bounds else ():
        right, wrong = (_told_by(match[name], catalog) for name in "ab")
        if right and wrong and right is not wrong and right.unit == wrong.unit and wrong.name in bounds:
            kept = [m for m in mentions if m.end <= match.start() or match.end() <= m.start]
            return [*kept, *_moving(match, right, bounds[wrong.name])], True
    return list(mentions), False


def _told_by(word: str, catalog: Catalog) -> Field | None:
    """Return the only number field whose label has this word."""
    said = " ".join(words_of(word))
    found = [field for field in catalog.with_role(Role.NUMBER) if said in words_of(field.label)]
    return found[0] if len(found) == 1 else None


def _moving(match: re.Match[str], right: Field, bound: Limit) -> list[Mention]:
    start, end = match.span()
    given = bound.filter
    lift = Mention(start=start, end=end, text=match[0], kind="field", score=1, field=given.field, cue="lift")
    wish = lift.model_copy(
        update={"kind": "range", "field": right.name, "cue": "", "op": given.op, "value": given.value}
    )
    return [lift, wish]
