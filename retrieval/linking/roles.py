"""Which role the words around a name give: "directed by X", "X stars as", "a novel by X"."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from retrieval.items import Field
from retrieval.linking.context import Context
from retrieval.linking.lexicon import described, lexicon, roles
from retrieval.linking.message import Draft

_FILLERS = {
    "the",
    "a",
    "an",
    "great",
    "late",
    "legendary",
    "young",
    "both",
    "famous",
    "mr",
    "only",
    "always",
    "famed",
    "veteran",
}
_DIRECTED = {"directed", "director", "direction"}
_DIRECTS = {"directed", "directs", "direct"}
_ACTED = {"starring", "starred", "stars", "star", "acted", "acts"}
_MADE = {"produced by", "created by", "made by", "written by"}
_DETERMINERS = {"a", "an", "the", "his", "her", "their"}
_PRAISE = 7
"""How many words may stand between "directed by" and a name."""
_MAKES_OFTEN = 0.2
"""Share of somebody's items they must have made for "an X one" to mean that."""
_WELL_KNOWN = 8.0
"""Weight of people so well known that "about X" most likely means their part in it."""
_MAKER = 0
"""Position of the role of makers in the lexicon."""
_JOINTS = {"and", "or", "with", "plus", "alongside", "vs", "versus", "nor", "featuring"}
_PARTS = {"with", "alongside", "featuring"}
"""Joints that begin a part of their own after who made an item: "by X with Y"."""


class Person(NamedTuple):
    """Somebody of the catalogue: the spelling used most, items by field, and how well known they are."""

    name: str
    n_by_field: dict[str, int]
    weight: float


class RoleReader:
    """Reads role cues for the person fields of one catalogue."""

    def __init__(self, fields: list[Field]) -> None:
        """Match the lexicon's roles with these fields."""
        self._many = {field.name: field.many for field in fields}
        self._roles = roles()
        self.phrases = {phrase for role in self._roles for phrase in role.before | role.after}
        self._makers = self._roles[_MAKER].before
        self._credits = frozenset(lexicon()["names"]["credits"])
        self._roles_of = {
            f.name: [i for i, r in enumerate(self._roles) if r.fields.search(described(f))] for f in fields
        }
        self._roles_here = {role for found in self._roles_of.values() for role in found}

    def makes(self, field: str) -> bool:
        """Whether the people of a field make the items (direct, design), so that "an X one" means them."""
        return _MAKER in self._roles_of[field]

    def cued(self, context: Context, first: int, last: int, *, strong: bool = False) -> bool:
        """Whether the words around a span give whoever it names a role."""
        return any(self._votes(context, first, last, strong=strong).values())

    def _votes(self, context: Context, first: int, last: int, *, strong: bool = False) -> Counter[int]:
        """Count what the words around a span say for each role."""
        votes: Counter[int] = Counter()
        left = self._cue_before(context, first)
        at = (
            last + 1
            if context.word(last) == "s" and context.word(last + 1) not in ("performance", "character")
            else last
        )
        right = {" ".join(context.message.words[at : at + n]) for n in range(1, 4)} - {""}
        if left in self._makers and self._stands_for_all(context, first, last):
            right = set()
        for i, role in enumerate(self._roles):
            votes[i] += 4 * (left in role.strong & role.before) + 3 * bool(right & role.strong & role.after)
            if not strong:
                votes[i] += 2 * (left in role.before) + bool(right & role.after)
        return votes

    def _cue_before(self, context: Context, first: int) -> str:
        """Return the cue that ends before token `first`, fillers and a few words of praise between."""
        at = first
        while at > 0 and first - at < 2 and context.word(at - 1) in _FILLERS:
            at -= 1
        left = self._longest(context, [(max(0, at - n), at) for n in range(4, 0, -1)])
        if not left:
            return self._far_cue(context, at)
        if context.word(at - 1) == "by":
            return self._before_by(context, at - 1, left)
        return left

    def _far_cue(self, context: Context, at: int) -> str:
        """Return a strong cue up to some words before: "directed by mysterious British artist …"."""
        for i in range(at - 1, max(0, at - _PRAISE), -1):
            word = context.word(i)
            if word in context.grammar.head_stops and word != "and":
                phrase = context.message.phrase(max(0, i - 1), i + 1)
                strong = any(phrase in role.before & role.strong for role in self._roles)
                return phrase if strong and context.word(i + 1) not in _DETERMINERS else ""
        return ""

    def _longest(self, context: Context, spans: list[tuple[int, int]]) -> str:
        """Return the first of these spans' phrases that is a cue for any role."""
        phrases = (context.message.phrase(*span) for span in spans)
        return next((p for p in phrases if any(p in role.before for role in self._roles)), "")

    def _before_by(self, context: Context, by: int, left: str) -> str:
        """Return what a cue that ends in "by" stands for.

        "directed and edited by" directs, "coached by" says nothing, and who produced or wrote an item directs it where
        the catalogue knows nothing else of them.
        """
        i = by - 1
        while i >= 0 and by - i < 7 and (context.word(i) in self._credits or context.word(i) == "in"):
            i -= 1
        if i < by - 1 and context.word(i) in _DIRECTED:
            return "directed by"
        item_before = context.word(i) in context.grammar.nouns or i in context.values
        if left != "by":
            unknown = not any(left in self._roles[role].before for role in self._roles_here)
            return "directed by" if unknown and item_before and left in _MADE else left
        before = context.word(by - 1)
        return "by" if before in context.grammar.nouns or by - 1 in context.values or not before else ""

    def _stands_for_all(self, context: Context, first: int, last: int) -> bool:
        """Whether the cue before a name belongs to the item: "a film from X stars Y" says nothing of X's part."""
        back = context.word(first - 2)
        return back in context.grammar.nouns or first - 2 in context.values

    def _also_directs(self, context: Context, first: int, last: int) -> bool:
        """Whether "directed" is in the same row of credits: "directed by and starring X", "X stars in and directed"."""
        i = first - 1
        while i >= 0 and first - i < 8 and context.word(i) in self._credits:
            i -= 1
        if 0 <= i < first - 2 and context.word(i) in _DIRECTED:
            return True
        row = context.message.words[last : last + 5]
        at = next((i for i, word in enumerate(row) if word in _DIRECTS), 0)
        return at >= 2 and row[at - 1] in ("and", "also") and self._credits.issuperset({*row[:at]} - {"in"})

    def _also_acts(self, context: Context, first: int, last: int) -> bool:
        """Whether a part is in the same row of credits: "directed and starred in by X", "X directed and stars in"."""
        row = context.message.words[last : last + 4]
        if len(row) > 2 and row[0] in _DIRECTS and "and" in row[1:3] and _ACTED & {*row[2:4]}:
            return True
        i = first - 1
        while i >= 0 and first - i < 8 and (context.word(i) in self._credits or context.word(i) == "in"):
            i -= 1
        return context.word(i) in _DIRECTED and bool(_ACTED & {*context.message.words[i + 1 : first]})

    def assign(self, context: Context, drafts: list[Draft], people: Mapping[str, Person]) -> None:
        """Set field, operator and score of people by role, all who are joined by "and" or commas together.

        `people` says who a draft's value is.
        """
        for group in _groups(context, sorted(drafts, key=lambda d: d.first)):
            votes = self._votes(context, group[0].first, group[-1].last)
            for draft in group:
                self._assign(context, draft, votes, group, people[str(draft.value)])

    def _assign(self, context: Context, draft: Draft, votes: Counter[int], group: list[Draft], person: Person) -> None:
        n, total = person.n_by_field, 1 + sum(person.n_by_field.values())
        weights = {f: sum(votes[i] for i in self._roles_of[f]) + n[f] / total for f in n}
        if not any(votes.values()) and self._owns(context, group[-1].last):
            weights = {
                f: w + self._maker_bonus(context, group[-1].last, n[f] / total) * self.makes(f)
                for f, w in weights.items()
            }
        if context.word(group[0].first - 1) == "by":
            # Who makes items a third as often as they have another credit is meant as their maker.
            most = max(n.values())
            weights = {f: w + 0.5 * (self.makes(f) and 3 * n[f] >= most) for f, w in weights.items()}
        fields = sorted(weights, key=lambda f: -weights[f])
        draft.field, draft.other_fields = fields[0], fields[1:]
        made = self.makes(fields[0])
        part = next((f for f in fields[1:] if self.makes(f) != made), "")
        does_both = self._also_acts if made else self._also_directs
        if part and does_both(context, group[0].first, group[-1].last):
            draft.also = [(part, draft.value)]
        draft.op = "contains" if self._many[fields[0]] else "eq"
        wanted = max(votes.values(), default=0)
        missed = wanted >= 3 and weights[fields[0]] < wanted and max(votes, key=lambda r: votes[r]) in self._roles_here
        draft.score *= self._certainty(context, draft, group, person, cued=wanted >= 2, missed=missed)

    def _owns(self, context: Context, last: int) -> bool:
        """Whether the name stands right before an item or what belongs to its bearer: "a X western", "X's films"."""
        return context.head(last) or last in context.values or context.word(last) == "s"

    def _maker_bonus(self, context: Context, last: int, share: float) -> float:
        """Return what "an X one" or "X's" adds for the maker: all right before an item, where X makes items often."""
        at = last + (context.word(last) == "s")
        item = context.head(at) or at in context.values
        return 1.0 if item and share >= _MAKES_OFTEN else 0.15

    def _certainty(
        self, context: Context, draft: Draft, group: list[Draft], person: Person, *, cued: bool, missed: bool
    ) -> float:
        grammar, first = context.grammar, group[0].first
        credited = self._cue_before(context, first) == "directed by" and any(self.makes(f) for f in person.n_by_field)
        source = not credited and context.before(draft.first, grammar.source_before, 1)
        if source or context.after(draft.last, grammar.source_after):
            return 0.5
        beside = context.message.phrase(max(0, first - 3), first) == "as well as"
        if context.before(first, grammar.subject_before) and not beside:
            return 0.93 if person.weight >= _WELL_KNOWN else 0.6
        if not cued and context.word(first - 1) == "by" and context.word(first - 2) not in grammar.nouns:
            makes = any(self.makes(field) for field in person.n_by_field)
            return 0.8 if makes or person.weight < 2 else 1.0
        if missed:
            return 0.7
        return 1.08 if cued else 1.0


def _groups(context: Context, drafts: list[Draft]) -> list[list[Draft]]:
    groups: list[list[Draft]] = []
    for draft in drafts:
        if groups and _joined(context, groups[-1][-1], draft):
            groups[-1].append(draft)
        else:
            groups.append([draft])
    return groups


def _joined(context: Context, left: Draft, right: Draft) -> bool:
    between = context.message.words[left.last : right.first]
    if between and between[0] in _PARTS and context.word(left.first - 1) == "by":
        return False
    gap = context.message.tokens[right.first].gap
    return (not between and bool(re.fullmatch(r"\s*[,&/+]\s*", gap))) or (len(between) == 1 and between[0] in _JOINTS)
