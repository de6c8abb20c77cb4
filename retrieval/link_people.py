"""Names of people (and makers) in a message, and which role the words around them give."""

import re
from collections import Counter, defaultdict
from typing import NamedTuple

from rapidfuzz import fuzz

from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.link_context import Context
from retrieval.link_lexicon import described, lexicon, roles
from retrieval.link_text import Draft, words_of
from retrieval.link_words import Vocabulary

_LONGEST = 6
_SUFFIXES = {"jr", "sr", "junior", "senior", "ii", "iii"}
_FILLERS = {"the", "a", "an", "great", "late", "legendary", "young", "both", "famous", "mr", "only", "always", "famed", "veteran"}
_GIVEN_ALIKE = 80
_NO_NAME = {"of", "for", "in", "with", "as", "best", "voice", "award", "actor", "actress"}
_JOINTS = {"and", "or", "with", "plus", "alongside", "vs", "versus", "nor", "featuring"}


class Person(NamedTuple):
    """Somebody of the catalogue: the spelling used most, items by field, and how well known they are."""

    name: str
    n_by_field: dict[str, int]
    weight: float


class PeopleIndex:
    """Everybody by full name and by surname."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        """Read every person field."""
        self._vocabulary = vocabulary
        self.fields = catalog.with_role(Role.PERSON)
        self._roles = roles()
        self._cue_phrases = {phrase for role in self._roles for phrase in role.before | role.after}
        self._credits = frozenset(lexicon()["names"]["credits"])
        self._roles_of = {f.name: [i for i, r in enumerate(self._roles) if r.fields.search(described(f))] for f in self.fields}
        self._people: dict[str, Person] = {}
        self._alias: dict[str, list[str]] = defaultdict(list)
        self._surname: dict[str, list[str]] = defaultdict(list)
        self._compact: dict[str, list[str]] = defaultdict(list)
        self._read(catalog, self.fields)
        self._given: Counter[str] = Counter()
        for key in self._people:
            self._add_names(key)
            self._given[key.split(" ", 1)[0]] += 1

    def _read(self, catalog: Catalog, fields: list[Field]) -> None:
        n_by_name: dict[str, dict[str, int]] = {}
        weights: dict[str, float] = defaultdict(float)
        prominence = catalog.prominence.tolist()
        for field in fields:
            for row, value in enumerate(catalog.column(field.name)):
                for name in (value if field.many else [value]) if value else ():
                    n = n_by_name.setdefault(name, {})
                    n[field.name] = n.get(field.name, 0) + 1
                    weights[name] += prominence[row]
        for name, n in n_by_name.items():
            self._add(name, n, weights[name])
        # Some sources list "Voices of" among the names; a cue is nobody's name.
        for key in ("", *self._cue_phrases):
            self._people.pop(key, None)
        for key in [k for k, p in self._people.items() if p.weight < 3 and not _NO_NAME.isdisjoint(k.split())]:
            del self._people[key]

    def _add(self, name: str, n: dict[str, int], weight: float) -> None:
        """Add one spelling of a name to whoever goes by it; the spelling of most weight is kept."""
        key = " ".join(words_of(name))
        known = self._people.get(key)
        if known is None:
            self._people[key] = Person(name, n, weight)
            return
        merged = {field: known.n_by_field.get(field, 0) + n.get(field, 0) for field in {**known.n_by_field, **n}}
        self._people[key] = Person(name if weight > known.weight else known.name, merged, known.weight + weight)

    def _add_names(self, key: str) -> None:
        words = key.split()
        plain = [w for w in words if w not in _SUFFIXES]
        if len(words) > 1:
            self._compact["".join(words)].append(key)
        if len(plain) > 1 and len(plain[-1]) > 2:
            self._surname[plain[-1]].append(key)
        name = self._people[key].name
        if len(words) == 2 and len(words[0]) > 1 and "'" not in name and "’" not in name:
            return
        forms = {" ".join("".join(words_of(part)) for part in name.replace("-", " ").split()), _joined_initials(words)}
        if len(words) > 2 and words[-1] in ("jr", "sr"):
            long = "junior" if words[-1] == "jr" else "senior"
            forms |= {" ".join(words[:-1]), " ".join([*words[:-1], long])}
        middle = [w for i, w in enumerate(words) if i in (0, len(words) - 1) or len(w) > 1]
        if len(middle) > 1:
            forms.add(" ".join(middle))
        for form in forms - {key, ""}:
            self._alias[form].append(key)

    def words(self) -> set[str]:
        """Return every word of a name, for the speller."""
        return {word for key in self._people for word in key.split()}

    def find(self, phrase: str) -> Person | None:
        """Return who goes by this full name, its words joined or not; the best known where several do."""
        if phrase in self._people:
            return self._people[phrase]
        keys = self._alias.get(phrase) or (self._compact.get(phrase.replace(" ", "")) if " " in phrase else None)
        return max((self._people[key] for key in keys), key=lambda p: p.weight) if keys else None

    def by_surname(self, word: str) -> tuple[Person, float] | None:
        """Return the best known bearer of a surname and their share of its weight (the next one's counts most)."""
        keys = self._surname.get(word)
        if not keys:
            return None
        bearers = sorted((self._people[key] for key in keys), key=lambda p: -p.weight)
        rest = bearers[1].weight if len(bearers) > 1 else 0.0
        return bearers[0], bearers[0].weight / (bearers[0].weight + rest + 1e-9)

    def near(self, given: str, surname: str) -> Person | None:
        """Return the best known bearer of a surname whose given name is spelt much like this."""
        alike = [k for k in self._surname.get(surname, ()) if fuzz.ratio(k.split(" ", 1)[0], given) >= _GIVEN_ALIKE]
        return max((self._people[k] for k in alike), key=lambda p: p.weight, default=None)

    def drafts(self, context: Context, words: list[str], trust: float = 1.0) -> list[Draft]:
        """Return full names found among `words` (the message's, perhaps respelt); roles are set by `assign`."""
        found: list[Draft] = []
        first = 0
        while first < len(words):
            for last in range(min(len(words), first + _LONGEST), first, -1):
                person = self.find(" ".join(words[first:last]))
                if person and (last - first > 1 or self._lone_name(context, first, person)):
                    found.append(self.draft(context, first, last, person, trust))
                    first = last - 1
                    break
            first += 1
        return found

    def _lone_name(self, context: Context, first: int, person: Person) -> bool:
        """Whether a name of one word (Cher) has evidence enough to be read as one."""
        rare = self._vocabulary.commonness(context.word(first)) < 0.5
        if not rare or person.weight < 1 or self._part_of_name(context, first):
            return False
        if not self._vocabulary.knows(context.word(first)) and self._given[context.word(first)] <= 1:
            return True
        return context.capital(first, first + 1) or self._cued(context, first, first + 1, strong=True)

    def _part_of_name(self, context: Context, i: int) -> bool:
        """Whether the word is part of a longer name of somebody else: a given name before it, a rare word after."""
        after = context.word(i + 1)
        if len(after) > 2 and after not in context.grammar.nouns and not self._vocabulary.knows(after):
            return True
        return self._given[context.word(i - 1)] >= 3 and context.word(i - 1) not in self._vocabulary.common

    def surname_drafts(self, context: Context, words: list[str], taken: set[int], named: set[str]) -> list[Draft]:
        """Return people meant by surname alone, outside `taken` tokens; those `named` in full already are left out."""
        found = []
        for i, word in enumerate(words):
            bearer = None if i in taken or len(word) < 4 else self.by_surname(word)
            if bearer is None or bearer[0].name in named or self._vocabulary.commonness(word) > 0.5:
                continue
            if self._part_of_name(context, i) or bearer[0].weight < 1:
                continue
            score = self._surname_score(context, i, *bearer)
            if score:
                found.append(self.draft(context, i, i + 1, bearer[0], score))
        return found

    def _surname_score(self, context: Context, i: int, person: Person, share: float) -> float:
        prominent = share > 0.6 and person.weight >= 2
        after = i + 2 if context.word(i + 1) == "s" else i + 1
        noun = context.word(after) in context.grammar.nouns or after in context.values
        strong = self._cued(context, i, i + 1, strong=True)
        if not (noun or strong or context.capital(i, i + 1) or self._cued(context, i, i + 1)):
            return 0.0
        made = any(0 in self._roles_of[field] for field in person.n_by_field)
        if strong or (noun and not context.plot[i] and (made or person.weight >= 6)):
            return 0.95 if prominent else 0.6
        if noun and not prominent:
            return 0.0
        return 0.6 if prominent and context.capital(i, i + 1) else 0.45 * share

    def draft(self, context: Context, first: int, last: int, person: Person, trust: float) -> Draft:
        """Return a mention of a person, still without a role."""
        fields = sorted(person.n_by_field, key=lambda f: -person.n_by_field[f])
        words = context.message.words[first:last]
        ordinary = all(word in self._vocabulary.common for word in words)
        score = trust * (0.88 if not ordinary else 0.6)
        return Draft(first, last, "value", score, fields[0], None, person.name, other_fields=fields[1:], rank=score + 0.15 * (last - first))

    def _cued(self, context: Context, first: int, last: int, *, strong: bool = False) -> bool:
        return any(self._role_votes(context, first, last, strong=strong).values())

    def _role_votes(self, context: Context, first: int, last: int, *, strong: bool = False) -> Counter[int]:
        """Count what the words around a span say for each role."""
        votes: Counter[int] = Counter()
        before = first
        while before > 0 and first - before < 2 and context.word(before - 1) in _FILLERS:
            before -= 1
        left = self._longest(context, [(max(0, before - n), before) for n in range(4, 0, -1)])
        at = last + 1 if context.word(last) == "s" and context.word(last + 1) not in ("performance", "character") else last
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

    def assign(self, context: Context, drafts: list[Draft]) -> None:
        """Set field, operator and score of people by role, all who are joined by "and" or commas together."""
        for group in _groups(context, sorted(drafts, key=lambda d: d.first)):
            votes = self._role_votes(context, group[0].first, group[-1].last)
            for draft in group:
                self._assign(context, draft, votes, group)

    def _assign(self, context: Context, draft: Draft, votes: Counter[int], group: list[Draft]) -> None:
        fields = [draft.field, *draft.other_fields]
        person = self.find(" ".join(words_of(str(draft.value))))
        n = person.n_by_field if person else {}
        noun_next = context.head(group[-1].last) or context.word(group[-1].last) == "s"
        weights = {f: sum(votes[i] for i in self._roles_of[f]) + n.get(f, 1) / (1 + sum(n.values())) for f in fields}
        if noun_next and not any(votes.values()):
            weights = {f: w + (0.15 if 0 in self._roles_of[f] else 0) for f, w in weights.items()}
        fields.sort(key=lambda f: -weights[f])
        draft.field, draft.other_fields = fields[0], fields[1:]
        many = next(f.many for f in self.fields if f.name == fields[0])
        draft.op = "contains" if many else "eq"
        wanted = max(votes.values(), default=0)
        roles_here = {role for roles_of in self._roles_of.values() for role in roles_of}
        missed = wanted >= 3 and weights[fields[0]] < wanted and max(votes, key=lambda r: votes[r]) in roles_here
        draft.score *= self._certainty(context, draft, group, person, cued=wanted >= 2, missed=missed)

    def _certainty(self, context: Context, draft: Draft, group: list[Draft], person: Person | None, *, cued: bool, missed: bool) -> float:
        grammar = context.grammar
        if context.after(draft.last, _own(grammar.source_after, grammar.nouns)) or context.before(draft.first, grammar.source_before, 1):
            return 0.5
        if context.before(group[0].first, grammar.subject_before):
            return 0.93 if person and person.weight >= 8 else 0.6
        if not cued and context.word(group[0].first - 1) == "by" and context.word(group[0].first - 2) not in grammar.nouns:
            makes = any(0 in self._roles_of[field] for field in [draft.field, *draft.other_fields])
            return 0.8 if makes or not person or person.weight < 2 else 1.0
        if missed:
            return 0.7
        return 1.08 if cued else 1.0


def _own(phrases: frozenset[tuple[str, ...]], nouns: frozenset[str]) -> frozenset[tuple[str, ...]]:
    """Leave out phrases that end in a noun for the catalogue's own items."""
    return frozenset(p for p in phrases if p[-1] not in nouns)


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


def _joined_initials(words: list[str]) -> str:
    """Turn "j k simmons" into "jk simmons"."""
    n = next((i for i, word in enumerate(words) if len(word) > 1), len(words))
    return " ".join(["".join(words[:n]), *words[n:]]) if n > 1 else " ".join(words)
