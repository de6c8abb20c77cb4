"""What a message asks that the catalogue cannot hold all at once or at all, settled and told in one sentence each."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from agents.understanding.amend import SOFT, SURE
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.filters import MAX_FILTERS
from retrieval.items import Filter, Role
from retrieval.linking import Mention
from retrieval.linking.lexicon import described, roles, spelling

_UNSURE = 0.6
"""Score of a value that only ranks."""
_MOST_FIELDS = 5
_ENDS_PHRASE = re.compile(r"\s*(?:[,.;:!?]|$|(?:with|for|of|from|in|on|without|by|that|which|to)\b)", re.I)
_LISTED = re.compile(r"\b(?:and|or|plus|both)\b|[,&/]", re.I)
_PARTICLE = r"(?:de|da|del|della|van|von|der|den|la|le|al|bin|of)"
_NAME = rf"[A-ZÀ-Þ][\w'’.-]+(?:\s+(?:{_PARTICLE}\s+)*[A-ZÀ-Þ][\w'’.-]+)+"
_LOWER_NAME = r"[^\W\d]{2,}\s+[^\W\d]{3,}(?=\W*$)"


class Unheard(NamedTuple):
    """A name that nobody in the catalogue bears; `start`–`end` take in what says what they did."""

    name: str
    start: int
    end: int

    @property
    def mention(self) -> Mention:
        """It as words that no field answers, so that nothing searches for them."""
        return Mention(start=self.start, end=self.end, text=self.name, kind="stray", score=1)


def settled(mentions: list[Mention], text: str, catalog: Catalog) -> list[Mention]:
    """Keep only the head of a phrase as a limit where no item has all its values of one facet: "a face cream"."""
    groups: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.op == "contains" and mention.score >= SURE and not mention.negated and mention.cue == "":
            groups.setdefault(mention.field, []).append(mention)
    softened: set[int] = set()
    for group in groups.values():
        if len(group) < 2 or _is_list(group, text) or catalog.fields[group[0].field].role is not Role.FACET:
            continue
        wanted = [Filter(field=m.field, op="contains", value=m.value) for m in group]
        wanted = [given for i, given in enumerate(wanted) if given not in wanted[:i]]
        if len(wanted) > MAX_FILTERS or not len(catalog.select(wanted).rows):
            head = next((m for m in group if _ENDS_PHRASE.match(text[m.end :])), group[-1])
            softened |= {m.start for m in group if m is not head}
    return [
        m.model_copy(update={"score": _UNSURE}) if m.kind == "value" and m.start in softened else m for m in mentions
    ]


def _is_list(group: Sequence[Mention], text: str) -> bool:
    """Whether the message itself says that it wants all of these: "with sauna and pool"."""
    return any(_LISTED.search(text[left.end : right.start]) for left, right in zip(group, group[1:], strict=False))


def unread_notices(mentions: Sequence[Mention], catalog: Catalog) -> list[str]:
    """Return one sentence about the bounds that no field of the catalogue can answer."""
    strays = [m for m in mentions if m.kind == "stray"]
    if not strays:
        return []
    named = list(dict.fromkeys(str(m.value) for m in strays if m.value))
    said = " and ".join(f"“{m.text}”" for m in strays)
    numbers = [f.label for f in catalog.with_role(Role.NUMBER, Role.DATE)][:_MOST_FIELDS]
    there = f" You can bound {', '.join(numbers)}." if numbers else ""
    what = f"no field for {' or '.join(named)}" if named else "no field for that"
    return [f"I have {what}, so I left {said} aside.{there}"]


def unheard_names(text: str, mentions: Sequence[Mention], bundle: Bundle) -> list[Unheard]:
    """Return the people asked for by a name that nobody in the catalogue bears: "directed by …"."""
    people = bundle.catalog.with_role(Role.PERSON)
    cues = {cue for role in roles() for field in people if role.fields.search(described(field)) for cue in role.strong}
    led = sorted((cue for cue in cues if cue.endswith(" by") or cue == "starring"), key=len, reverse=True)
    if not led:
        return []
    name = _NAME if text != text.lower() else _LOWER_NAME
    found = re.finditer(rf"\b(?i:{'|'.join(map(spelling, led))})\s+(?P<name>{name})", text)
    known = [m for m in mentions if m.kind in ("value", "title") and m.score >= SOFT]
    free = [m for m in found if not any(k.start < m.end() and m.start("name") < k.end for k in known)]
    return [Unheard(match["name"], *match.span()) for match in free]


def unheard_notices(unheard: Sequence[Unheard]) -> list[str]:
    """Return one sentence about the people asked for that the catalogue does not know."""
    names = " or ".join(one.name for one in unheard)
    return [f"Nobody here is called {names}, so I left that aside."] if names else []


def without_names(text: str, unheard: Sequence[Unheard]) -> str:
    """Blank the people out that the catalogue does not know, with what says what they did."""
    for one in unheard:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text
