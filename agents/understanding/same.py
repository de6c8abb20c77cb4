"""People and values told by a pronoun or "the same": "his other work", "the same brand", "by someone else"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from agents.state import Ledger, Thread
from agents.understanding import intents
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import NEGATIVE_OPS, Field, Op, Role
from retrieval.linking import Mention
from retrieval.linking.lexicon import described, lexicon

_SURE = 0.9
_MOST_NAMES = 5
_BY = r"(?:by|from|of|with|in|starring|featuring)"
_HIM = (
    r"(?:him|her|them)\b(?!\s+\w)|(?:him|her|them)\b(?=\s+(?:and|but|from|in|that|please|too|instead|again|either)\b)"
)
_PRONOUNS = (
    rf"\b(?P<by>by|with|from|starring|featuring) (?:{_HIM})",
    r"\b(?:his|her|their) other \w+\b",
    r"\b(?:his|her|their) (?:(?:other|own|next|new|old|best|last|first|more|most|early|recent|latest|\w+er|\w+est) )*"
    r"(?:things?|stuff|works?|ones?|{nouns})\b",
    r"\b(?:else|more|other \w+) (?:did|has|have|had|does|was|is|are) (?:he|she|they)\b(?: \w+)?",
    r"\b(?:else|other \w+|more|something|anything|\w+s) (?:that )?(?:he|she|they)(?:'s|'ve| has| have)?"
    r" (?:made|directed|wrote|written|did|done|is in|was in|starred in|played in|designed|recorded|published)\b",
)
_ELSE = re.compile(
    r"\b(?P<by>by|from|with|starring|featuring) (?:someone|somebody|anyone|anybody|a person)"
    r" (?:else|different|new|other)\b"
    r"|\b(?P<not>not|no more|nothing|anyone but|anybody but) (?P<by2>by |with |from |of )?"
    r"(?:him|her|them|his)\b(?!\s+\w)",
    re.I,
)
_PLACES = {"first": 0, "second": 1}
_GOES_ON = re.compile(r"\b(?:other|else|more|another|next)\b", re.I)


@dataclass(frozen=True)
class Same:
    """What was meant: mentions to read as if they had been said, and the items they were taken from."""

    mentions: list[Mention] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    """Items known, which "his other ones" are not."""


@dataclass(frozen=True)
class _Said:
    start: int
    end: int
    field: Field
    refused: bool
    pronoun: bool
    asked: bool = False
    """Whether the question before was about these people."""
    place: int | None = None
    """Of "the first author": which of the values."""


def same_as(text: str, mentions: list[Mention], thread: Thread, bundle: Bundle, nouns: tuple[str, ...]) -> Same:
    """Read pronouns for people and "the same …" by the items named here, pointed at, or talked about last."""
    if not (thread.past or any(m.kind == "title" for m in mentions)):
        return Same()
    catalog = bundle.catalog
    found: list[Mention] = []
    known: list[str] = []
    for said in _said(text, thread, catalog, nouns):
        items = _items(text, mentions, thread, nouns, said)
        values = _limited(thread.ledger, said.field) if said.refused or not items else []
        if not values and items:
            values = _values(items, said.field, catalog)
            values = values if said.place is None else values[said.place : said.place + 1]
            known += items if _GOES_ON.search(text) else []
        if not values and said.refused:
            values = _values(thread.last_slate[:1], said.field, catalog)
        if values and not any(m.start < said.end and said.start < m.end for m in found):
            found.append(_mention(text, said, values[:_MOST_NAMES]))
    return Same(found, known)


def _said(text: str, thread: Thread, catalog: Catalog, nouns: tuple[str, ...]) -> Iterator[_Said]:
    for match in _ELSE.finditer(text):
        by = match["by"] or (match["by2"] or "").strip()
        one = _asked_of(thread, catalog) if match["not"] and not by else None
        if one := one or _led_by(by, catalog):
            yield _Said(*match.span(), one, refused=True, pronoun=True)
    for calling, name in _callings(catalog):
        lead = rf"(?:{_BY} )(?:the |an? )?(?P<how>same|that|this|its|another|different|other|first|second)"
        other = r"(?P<other>another|a different)(?: \w+)?" if name.role is Role.PERSON else "(?P<other>a different)"
        for match in re.finditer(rf"\b(?:{lead}|(?:the )?same|{other}) (?:{calling})s?\b", text, re.I):
            how = (match["how"] or match["other"] or "").lower()
            refused = how in ("another", "different", "other", "a different")
            yield _Said(
                *match.span("other" if match["other"] else 0),
                name,
                refused=refused,
                pronoun=False,
                place=_PLACES.get(how),
            )
    things = "|".join(map(re.escape, nouns))
    for pattern in _PRONOUNS:
        for match in re.finditer(pattern.replace("{nouns}", things), text, re.I):
            by = (match.groupdict().get("by") or "by").lower()
            asked = _asked_of(thread, catalog)
            if one := asked or _led_by(by, catalog):
                place = 0 if by in ("with", "starring", "featuring") else None
                yield _Said(*match.span(), one, refused=False, pronoun=True, asked=bool(asked), place=place)


def _items(text: str, mentions: list[Mention], thread: Thread, nouns: tuple[str, ...], said: _Said) -> list[str]:
    """Return the items whose values are meant: named beside it, pointed at by place, or talked about last."""
    titles = [m.item_ids[0] for m in mentions if m.kind == "title" and m.item_ids and m.start >= said.end]
    if titles and not said.pronoun:
        return titles[:1]
    slate = thread.last_slate
    if not intents.is_pronoun(text) and (placed := intents.positions(text, len(slate), nouns)):
        return [slate[placed[0]]]
    focus = thread.past[-1].focus if thread.past else []
    if said.pronoun and _limited(thread.ledger, said.field) and not said.asked:
        return []
    if focus or said.refused:
        return focus[:1]
    return [] if said.pronoun or _limited(thread.ledger, said.field) else slate[:1]


def _callings(catalog: Catalog) -> Iterator[tuple[str, Field]]:
    """Yield patterns of what the bearers of a field are called, with that field."""
    fields = catalog.with_role(Role.PERSON, Role.FACET)
    for calling in lexicon()["callings"]:
        found = next((f for f in fields if re.search(calling["fields"], described(f))), None)
        if found:
            yield "|".join(calling["words"]), found


def _led_by(by: str, catalog: Catalog) -> Field | None:
    """Return the field whose people "by …" or "with …" speaks of: who made the items, or who appears in them."""
    acts = by.lower() in ("with", "starring", "featuring")
    fields = catalog.with_role(Role.PERSON) or catalog.with_role(Role.FACET)
    made = [c for c in lexicon()["callings"] if bool(c.get("acts")) == acts and not c.get("kind")]
    found = (f for c in made for f in fields if re.search(c["fields"], described(f)))
    people = catalog.with_role(Role.PERSON)
    return next(found, people[0] if people else None)


def _asked_of(thread: Thread, catalog: Catalog) -> Field | None:
    """Return the field of people that the question before asked about: "who wrote it?"."""
    past = thread.past[-1] if thread.past else None
    if past is None or not past.focus:
        return None
    people = catalog.with_role(Role.PERSON)
    for calling in lexicon()["callings"]:
        if re.search(rf"\b(?:{'|'.join([*calling['words'], *calling['verbs']])})\b", past.user, re.I):
            return next((f for f in people if re.search(calling["fields"], described(f))), None)
    return None


def _limited(ledger: Ledger, of: Field) -> list[Any]:
    limits = [x.filter for x in ledger.limits if x.filter.field == of.name and x.filter.op not in NEGATIVE_OPS]
    return [v for x in limits for v in (x.value if isinstance(x.value, list) else [x.value])]


def _values(items: list[str], of: Field, catalog: Catalog) -> list[Any]:
    values = [item.values.get(of.name) for item in catalog.items(catalog.rows_of(items))]
    return [v for value in values if value is not None for v in (value if isinstance(value, list) else [value])]


def _mention(text: str, said: _Said, values: list[Any]) -> Mention:
    op: Op = "in" if len(values) > 1 else "contains" if said.field.many else "eq"
    value = values if len(values) > 1 else values[0]
    return Mention(
        start=said.start, end=said.end, text=text[said.start : said.end], kind="value", score=_SURE,
        field=said.field.name, op=op, value=value, negated=said.refused,
    )  # fmt: skip


def with_same(same: Same, mentions: list[Mention], thread: Thread) -> tuple[list[Mention], Thread]:
    """Return the mentions with those meant, and the thread without the limits that they take the place of."""
    if not same.mentions:
        return mentions, thread
    taken = {m.field for m in same.mentions if not m.negated}
    limits = [x for x in thread.ledger.limits if x.filter.field not in taken or x.filter.op in NEGATIVE_OPS]
    kept = [m for m in mentions if not any(m.start < s.end and s.start < m.end for s in same.mentions)]
    ledger = thread.ledger.model_copy(update={"limits": limits})
    found = sorted([*kept, *same.mentions], key=lambda m: m.start)
    return found, thread.model_copy(update={"ledger": ledger})


_TOGETHER = re.compile(r"\b(?:both(?: of (?:them|those|these))?(?: together)?|(?:the two )?together)\b", re.I)


def wants_both(text: str) -> bool:
    """Whether the message wants what was said last beside what it took the place of ("both of them")."""
    return bool(_TOGETHER.search(text))


def together(text: str, mentions: list[Mention], thread: Thread, catalog: Catalog) -> list[Mention]:
    """Return the mentions with what the last one took the place of, where the message wants both: "both of them"."""
    match = _TOGETHER.search(text)
    if not match or not thread.undo or any(m.kind in ("title", "value") for m in mentions):
        return mentions
    now = {limit.filter.field for limit in thread.ledger.limits}
    people = {field.name for field in catalog.with_role(Role.PERSON, Role.FACET)}
    gone = [
        x.filter for x in thread.undo[-1].limits if x not in thread.ledger.limits and x.filter.field in now & people
    ]
    found = [
        Mention(
            start=match.start(), end=match.end(), text=match[0], kind="value", score=_SURE,
            field=old.field, op=old.op, value=old.value,
        )
        for old in gone if catalog.fields[old.field].many and old.op not in NEGATIVE_OPS
    ]  # fmt: skip
    return sorted([*mentions, *found], key=lambda m: m.start)
