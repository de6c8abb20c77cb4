"""Names of people (and makers) in a message: in full, by surname, misspelt."""

from collections import Counter, defaultdict

from rapidfuzz import fuzz, process

from retrieval.catalog import Catalog
from retrieval.items import Field, Role
from retrieval.linking.context import Context
from retrieval.linking.message import Draft, words_of
from retrieval.linking.name_forms import other_forms
from retrieval.linking.roles import Person, RoleReader
from retrieval.linking.vocabulary import Vocabulary

_LONGEST = 6
_SUFFIXES = {"jr", "sr", "junior", "senior", "ii", "iii"}
_ALIKE, _WHOLE_ALIKE = 80, 87
"""Likeness (of 100) of a given name beside the right surname, and of a whole misspelt name."""
_ARTICLES = ("the", "a", "an")
_USUAL_ITEMS, _FAMOUS = 2000, 8.0
_AHEAD = 0.7
"""Share of a surname's weight by which its first bearer is meant, if famous and the name no other word."""
_KNOWN = 1.5
"""Weight somebody needs before a misspelt name is taken for theirs."""
_GIVEN = 5
"""Bearers that make a word a given name."""
_LONGER = 0.6
"""Trust in a full name that a given name stands before."""
_NO_NAME = {"of", "for", "in", "with", "as", "best", "voice", "award", "actor", "actress"}


class PeopleIndex:
    """Everybody by full name and by surname."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        """Read every person field."""
        self._vocabulary = vocabulary
        self.fields = catalog.with_role(Role.PERSON)
        self._reader = RoleReader(self.fields)
        self._people: dict[str, Person] = {}
        self._alias: dict[str, list[str]] = defaultdict(list)
        self._surname: dict[str, list[str]] = defaultdict(list)
        self._compact: dict[str, list[str]] = defaultdict(list)
        self._initials: dict[str, list[str]] = defaultdict(list)
        self._read(catalog, self.fields)
        self._given: Counter[str] = Counter()
        for key in self._people:
            self._add_names(key)
            self._given[key.split(" ", 1)[0]] += 1
        self._by_name = {person.name: person for person in self._people.values()}

    def _read(self, catalog: Catalog, fields: list[Field]) -> None:
        n_by_name: dict[str, dict[str, int]] = {}
        weights: dict[str, float] = defaultdict(float)
        # Weights are as in a catalogue of some thousand items, so that one scale of "well known" fits all.
        scale = min(1.0, max(catalog.n_items, 1) / _USUAL_ITEMS)
        for field in fields:
            for name, n_items, known in catalog.weights(field.name):
                n_by_name.setdefault(name, {})[field.name] = n_items
                weights[name] += known / scale
        for name, n in n_by_name.items():
            self._add(name, n, weights[name])
        # Some sources list "Voices of" among the names; a cue is nobody's name.
        for key in ("", *self._reader.phrases):
            self._people.pop(key, None)
        odd = [k for k, p in self._people.items() if p.weight < 3 and not _NO_NAME.isdisjoint(k.split())]
        for key in [*odd, *(k for k in self._people if k.endswith((" by", " of")))]:
            self._people.pop(key, None)

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
        if len(words) == 2:
            self._initials[words[0][0] + words[1][0]].append(key)
        if len(words) > 1:
            self._compact["".join(words)].append(key)
        if len(plain) > 1 and len(plain[-1]) > 2:
            self._surname[plain[-1]].append(key)
        for form in other_forms(self._people[key].name, words):
            self._alias[form].append(key)

    def words(self) -> set[str]:
        """Return every word of a name, for the speller."""
        return {word for key in self._people for word in key.split()}

    def find(self, phrase: str) -> Person | None:
        """Return who goes by this full name, its words joined or not; the best known where several do."""
        if phrase in self._people:
            return self._people[phrase]
        keys = self._alias.get(phrase)
        # "by Ron Howard" spells "Byron Howard" only where nobody is called what follows the first word.
        if not keys and " " in phrase and phrase.split(" ", 1)[1] not in self._people:
            keys = self._compact.get(phrase.replace(" ", ""))
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
        alike = [k for k in self._surname.get(surname, ()) if fuzz.ratio(k.split(" ", 1)[0], given) >= _ALIKE]
        return max((self._people[k] for k in alike), key=lambda p: p.weight, default=None)

    def assign(self, context: Context, drafts: list[Draft]) -> None:
        """Give people their roles; see RoleReader.assign."""
        self._reader.assign(context, drafts, self._by_name)

    def drafts(self, context: Context, words: list[str], trust: float = 1.0) -> list[Draft]:
        """Return full names found among `words` (the message's, perhaps respelt); roles are set by `assign`."""
        found: list[Draft] = []
        first = 0
        while first < len(words):
            for last in range(min(len(words), first + _LONGEST), first, -1):
                person = self.find(" ".join(words[first:last]))
                alone = last - first == 1 or (last - first == 2 and words[first] in _ARTICLES)
                if person and not context.message.unbroken(first, last):
                    continue
                if person and (not alone or self._lone_name(context, last - 1, person)):
                    named = bool(found) and found[-1].last == first
                    longer = not named and self._of_longer_name(context, first)
                    found.append(self.draft(context, first, last, person, trust * (_LONGER if longer else 1)))
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
        if context.word(first + 1) == "and" and self.find(context.message.phrase(first + 2, first + 4)):
            return True
        if {first - 1, first + 1} <= context.values and self._vocabulary.commonness(context.word(first)) < 0.2:
            return True
        return context.capital(first, first + 1) or self._reader.cued(context, first, first + 1, strong=True)

    def _part_of_name(self, context: Context, i: int) -> bool:
        """Whether the word is part of a longer name of somebody else: a given name before it, a rare word after."""
        after = context.word(i + 1)
        if after.isalpha() and len(after) == 1 and after not in ("s", "a", "i"):
            return True
        if len(after) > 2 and after not in context.grammar.nouns and not self._vocabulary.knows(after):
            return True
        return self._given[context.word(i - 1)] >= 3 and context.word(i - 1) not in self._vocabulary.common

    def _of_longer_name(self, context: Context, first: int) -> bool:
        """Whether a given name stands right before a full name: "Steven Jay Russell" is not Jay Russell."""
        word = context.word(first - 1)
        ordinary = first == 0 or len(word) < 2 or word in self._vocabulary.common
        return not ordinary and self._given[word] >= _GIVEN and context.message.unbroken(first - 1, first + 1)

    def misspelt_drafts(self, context: Context, taken: set[int]) -> list[Draft]:
        """Return people whose one name is misspelt, where a capital or a cue says that a name stands here."""
        found = []
        words = context.message.words
        for i in range(len(words) - 1):
            given, surname = words[i], words[i + 1]
            if taken & {i, i + 1} or len(surname) < 3 or not self.may_be_given(context, i):
                continue
            if not (context.capital(i, i + 2) or self._reader.cued(context, i, i + 2, strong=True)):
                continue
            pool = self._initials.get(given[0] + surname[0], ())
            near = process.extractOne(f"{given} {surname}", pool, scorer=fuzz.ratio, score_cutoff=_WHOLE_ALIKE)
            if near and self._people[near[0]].weight >= _KNOWN:
                found.append(self.draft(context, i, i + 2, self._people[near[0]], 0.92))
        return found

    def may_be_given(self, context: Context, i: int) -> bool:
        """Whether the word at i may be a given name before a misspelt surname: no ordinary word, no mark between."""
        word = context.word(i)
        return len(word) > 2 and word not in self._vocabulary.common and context.message.unbroken(i, i + 2)

    def clearly_named(self, context: Context, i: int, person: Person) -> bool:
        """Whether a misspelt word alone can stand for somebody: a capital, a cue for a role, or a well-known name."""
        named = context.capital(i, i + 1) or self._reader.cued(context, i, i + 1, strong=True)
        return named or person.weight >= _FAMOUS

    def surname_drafts(self, context: Context, words: list[str], taken: set[int], named: set[str]) -> list[Draft]:
        """Return people meant by surname alone, outside `taken` tokens; those `named` in full already are left out."""
        found = []
        for i, word in enumerate(words):
            bearer = None if i in taken or len(word) < 4 else self.by_surname(word)
            if bearer is None or bearer[0].name in named or word in self._vocabulary.common:
                continue
            if self._part_of_name(context, i) or bearer[0].weight < 1:
                continue
            score = self._surname_score(context, i, *bearer)
            if score:
                found.append(self.draft(context, i, i + 1, bearer[0], score))
        return found

    def _surname_score(self, context: Context, i: int, person: Person, share: float) -> float:
        lower = context.message.mixed_case and not context.capital(i, i + 1)
        ordinary = self._vocabulary.commonness(context.word(i)) > (0.2 if lower else 0.5)
        if ordinary and not self._reader.cued(context, i, i + 1, strong=True):
            return 0.0
        prominent = share > 0.6 and person.weight >= 2
        after = i + 2 if context.word(i + 1) == "s" else i + 1
        noun = context.word(after) in context.grammar.nouns or after in context.values
        strong = self._reader.cued(context, i, i + 1, strong=True)
        if not (noun or strong or context.capital(i, i + 1) or self._reader.cued(context, i, i + 1)):
            return 0.0
        if noun and not prominent and not strong:
            return 0.0
        one = share > _AHEAD and person.weight >= _FAMOUS and not self._vocabulary.knows(context.word(i))
        if one and not noun and not context.plot[i] and self._reader.cued(context, i, i + 1):
            return 0.95
        made = any(self._reader.makes(field) for field in person.n_by_field)
        if strong or (noun and not context.plot[i] and (made or person.weight >= 6)):
            return 0.95 if prominent else 0.6
        if noun and not made and not strong:
            return 0.0
        return 0.6 if prominent and context.capital(i, i + 1) else 0.45 * share

    def draft(self, context: Context, first: int, last: int, person: Person, trust: float) -> Draft:
        """Return a mention of a person, still without a role."""
        fields = sorted(person.n_by_field, key=lambda f: -person.n_by_field[f])
        words = context.message.words[first:last]
        ordinary = all(word in self._vocabulary.common for word in words)
        score = trust * (0.88 if not ordinary else 0.6)
        return Draft(
            first,
            last,
            "value",
            score,
            fields[0],
            None,
            person.name,
            other_fields=fields[1:],
            rank=score + 0.2 * (last - first),
        )
