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
_WELL_KNOWN = 8.0
"""Weight of people so well known that "about X" most likely means their part in it."""
_MAKER = 0
"""Position of the role of makers in the lexicon."""
_JOINTS = {"and", "or", "with", "plus", "alongside", "vs", "versus", "nor", "featuring"}


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
        before = first
        while before > 0 and first - before < 2 and context.word(before - 1) in _FILLERS:
            before -= 1
        left = self._longest(context, [(max(0, before - n), before) for n in range(4, 0, -1)])
        at = (
            last + 1
            if context.word(last) == "s" and context.word(last + 1) not in ("performance", "character")
            else last
        )
        right = {" ".join(context.message.words[at : at + n]) for n in range(1, 4)} - {""}
        if left == "by":
            left = self._before_by(context, before - 1)
        for i, role in enumerate(self._roles):
            votes[i] += 4 * (left in role.strong & role.before) + 3 * bool(right & role.strong & role.after)
            if not strong:
                votes[i] += 2 * (left in role.before) + bool(right & role.after)
        return votes

    def _longest(self, context: Context, spans: list[tuple[int, int]]) -> str:
        """Return the first of these spans' phrases that is a cue for any role."""
        phrases = (context.message.phrase(*span) for span in spans)
        return next((p for p in phrases if any(p in role.before for role in self._roles)), "")

    def _before_by(self, context: Context, by: int) -> str:
        """Return the cue that a bare "by" stands for: "directed and edited by" directs, "coached by" says nothing."""
        i = by - 1
        while i >= 0 and by - i < 7 and context.word(i) in self._credits:
            i -= 1
        if context.word(i) in ("directed", "director", "direction") and i < by - 1:
            return "directed by"
        before = context.word(by - 1)
        return "by" if before in context.grammar.nouns or by - 1 in context.values or not before else ""

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
        if not any(votes.values()) and (context.head(group[-1].last) or context.word(group[-1].last) == "s"):
            weights = {f: w + 0.15 * self.makes(f) for f, w in weights.items()}
        fields = sorted(weights, key=lambda f: -weights[f])
        draft.field, draft.other_fields = fields[0], fields[1:]
        draft.op = "contains" if self._many[fields[0]] else "eq"
        wanted = max(votes.values(), default=0)
        missed = wanted >= 3 and weights[fields[0]] < wanted and max(votes, key=lambda r: votes[r]) in self._roles_here
        draft.score *= self._certainty(context, draft, group, person, cued=wanted >= 2, missed=missed)

    def _certainty(
        self, context: Context, draft: Draft, group: list[Draft], person: Person, *, cued: bool, missed: bool
    ) -> float:
        grammar, first = context.grammar, group[0].first
        if context.after(draft.last, grammar.source_after) or context.before(draft.first, grammar.source_before, 1):
            return 0.5
        if context.before(first, grammar.subject_before):
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
    gap = context.message.tokens[right.first].gap
    return (not between and bool(re.fullmatch(r"\s*[,&/+]\s*", gap))) or (len(between) == 1 and between[0] in _JOINTS)
