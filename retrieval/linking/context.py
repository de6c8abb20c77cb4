"""What stands around a span: the nouns for an item, the plot that a sentence tells, the phrases of names and cues."""

import re
from collections.abc import Container, Iterable, Sequence

from retrieval.items import Field, Role
from retrieval.linking.company import told_by_company
from retrieval.linking.lexicon import Cue, Phrases, described, item_nouns, lexicon, roles
from retrieval.linking.message import Message

_REACH = 6
"""How many words further the head noun of "the 1954 … one" is looked for."""


_SUBJECT_REACH = 6
"""How many words before its verb who speaks is looked for."""
_COPULAS = {"is", "was", "are", "were", "s", "sounds", "sounded", "looks", "seems"}
_QUESTIONS = {"who", "whose", "when", "where", "how"}
_RELATIVES = {"who", "that", "which", "where", "when", "whom"}
_SUBJECTS = {"it", "that", "this", "he", "she", "what", "there", "which"}
"""Words whose "s" is a verb, not a possessive."""
_POINTERS = {"this", "which", "what"}
_SEARCHING = {"find", "remember", "recall", "name", "figure", "think"}
"""Who tries to do this speaks of the search, not of a story."""


class Grammar:
    """The patterns of one catalogue, compiled once."""

    def __init__(self, fields: Sequence[Field], nouns: Iterable[str] = ()) -> None:
        """Choose the nouns that mean an item of a catalogue with these fields, which goes by `nouns`."""
        words = lexicon()
        self.nouns, self.other_nouns = item_nouns(fields, nouns)
        self.tells_stories = bool(re.search(words["plot"]["fields"], " ".join(described(field) for field in fields)))
        self.head_stops = frozenset(words["plot"]["head_stops"])
        self.verdicts = frozenset(words["plot"]["verdicts"])
        self.makers = frozenset(words["plot"]["makers"])
        self.plot = Phrases({"plot": words["plot"]["starts"]})
        self.plot_ends = Phrases({"end": words["plot"]["ends"]})
        self.clause_openers = Phrases({"open": words["plot"]["openers"]})
        self.years_before = _tuples(words["plot"]["year_before"])
        self.years_strong = _tuples(words["plot"]["year_strong"])
        self.negation = Phrases({"": words["negation"]["not_negation"], "negation": words["negation"]["words"]})
        cues = words["cues"]
        order = ("none", "lift", "lift_field", "dislike", "similar", "like", "seen")
        self.cues = Phrases({name: cues[name] for name in order})
        self.cues_after = Phrases(
            {"like": cues["liked_after"], "dislike": cues["disliked_after"], "seen": cues["seen_after"]}
        )
        self.speakers, self.others = frozenset(cues["speakers"]), frozenset(cues["others"])
        self.openers = frozenset(cues["openers"])
        self.cue_stops = Phrases({"stop": cues["stops"]})
        self.negation_stops = Phrases({"stop": words["negation"]["stops"]})
        self.title_before = _tuples(cues["title"])
        own = self.nouns | _role_cues(fields)
        self.source_before = frozenset(p for p in _tuples(words["names"]["source_before"]) if not _any_in(p, own))
        self.source_after = frozenset(p for p in _tuples(words["names"]["source_after"]) if not _any_in(p, own))
        self.subject_before = _tuples(words["names"]["subject_before"])


class Context:
    """One message and what its words say about each other."""

    def __init__(self, message: Message, grammar: Grammar) -> None:
        """Find the phrases of every kind once."""
        self.message = message
        self.grammar = grammar
        self.values: set[int] = set()
        """Tokens that belong to a value of a small facet or to a year; set by the linker before anything asks."""
        self.cues: list[Cue] = grammar.cues.find(message)
        company = told_by_company(message, self.cues)
        self.plot = self._plot(set(company.values()))
        self.company = {first for first, subject in company.items() if not self.plot[subject]}
        """Where cues begin that tell what the speaker's company likes or does not."""
        self.verdicts: list[Cue] = grammar.cues_after.find(message)
        self.negations: list[Cue] = grammar.negation.find(message)

    def _plot(self, company: set[int]) -> list[bool]:
        """Tell the words of a story; what opens one speaks of the `company` where it stands for somebody present."""
        flags = [False] * len(self.message.tokens)
        if not self.grammar.tells_stories:
            return flags
        ends = self._plot_ends()
        for cue in self.grammar.plot.find(self.message):
            opens = self.opening(cue.first) == cue.first and self.asked(cue.first)
            if opens or cue.first in company or self.word(cue.last) in _SEARCHING or self._thought(cue):
                continue
            for i in range(cue.last, len(flags)):
                if i in ends or not self.message.same_sentence(cue.first, i):
                    break
                flags[i] = True
        return flags

    def _thought(self, cue: Cue) -> bool:
        """Whether who speaks tells what is on their mind: "I'm thinking about the one …", "How about a …"."""
        if (
            cue.phrase == "about"
            and self.word(cue.first - 1) in ("how", "what")
            and cue.first - 1 == self.opening(cue.first)
        ):
            return True
        about = cue.phrase == "about" and self.word(cue.first - 1) in ("thinking", "talking", "asking", "wondering")
        return about and bool({self.word(cue.first - 2), self.word(cue.first - 3)} & self.grammar.speakers)

    def opening(self, i: int) -> int:
        """Return the first token of the sentence that token i is in."""
        return next(j for j in range(i, -1, -1) if j == 0 or not self.message.same_sentence(j - 1, j))

    def asked(self, i: int) -> bool:
        """Whether the sentence of token i begins with its question: "Who directed …", never "one who …"."""
        return self.word(self.opening(i)) in _QUESTIONS

    def _plot_ends(self) -> set[int]:
        """Return the tokens that go back to the item after its story: ", under two hours", "but not …"."""
        ends = {cue.first for cue in self.grammar.plot_ends.find(self.message)}
        for cue in self.grammar.clause_openers.find(self.message):
            comma = "," in self.message.tokens[cue.first].gap
            if comma and self.word(cue.first - 1) not in _RELATIVES or self.word(cue.first - 1) == "but":
                ends.add(cue.first)
        return ends

    def word(self, i: int) -> str:
        """Return the folded word at i, or "" outside the message."""
        return self.message.words[i] if 0 <= i < len(self.message.words) else ""

    def before(self, first: int, phrases: frozenset[tuple[str, ...]], skip: int = 0) -> bool:
        """Whether one of these phrases ends right before token `first`, up to `skip` words between."""
        return any(self._ends_at(first - gap, phrases) for gap in range(skip + 1) if first - gap > 0)

    def _ends_at(self, last: int, phrases: frozenset[tuple[str, ...]]) -> bool:
        words = self.message.words
        return any(tuple(words[max(0, last - n) : last]) in phrases for n in range(1, 5))

    def after(self, last: int, phrases: frozenset[tuple[str, ...]]) -> bool:
        """Whether one of these phrases starts right at token `last`."""
        words = self.message.words
        return any(tuple(words[last : last + n]) in phrases for n in range(1, 5))

    def head(self, last: int) -> bool:
        """Whether a noun for an item follows in the same phrase: "1954 … one"."""
        for i in range(last, min(last + _REACH, len(self.message.words))):
            word = self.message.words[i]
            if not self.message.same_sentence(last - 1, i) or word in self.grammar.head_stops:
                return False
            if word in self.grammar.nouns:
                return self.word(i + 1) not in self.grammar.makers
        return False

    def closes(self, last: int) -> bool:
        """Whether only values lie between here and the end of the phrase: "a romantic comedy about"."""
        words = self.message.words
        i = last
        while i < len(words) and i in self.values:
            i += 1
        return i >= len(words) or words[i] in self.grammar.head_stops or bool(self.message.tokens[i].gap.strip(" -/"))

    def pointed(self, first: int) -> bool:
        """Whether "this" or "which" opens the phrase: "in this 2012 comedy", even where a plot is told."""
        for i in range(first - 1, max(-1, first - 6), -1):
            if self.message.words[i] in _POINTERS:
                return True
            if self.message.words[i] in self.grammar.head_stops - {"s", "directed"}:
                return False
        return False

    def liked_after(self, last: int) -> bool:
        """Whether a verdict follows: "… was great"."""
        return any(cue.first == last for cue in self.verdicts)

    def judges(self, first: int) -> bool:
        """Whether the word is said of something ("it was so funny") and not asked for ("something really funny")."""
        before, further = self.word(first - 1), self.word(first - 2)
        if before == "s" and further not in _SUBJECTS:
            return False
        if before in _COPULAS:
            return further not in ("that", "which", "who") or self.message.starts_sentence(first - 2)
        return before in self.grammar.verdicts and further not in ("something", "anything", "one", "ones", "a", "an")

    def said_by_speaker(self, first: int) -> bool:
        """Whether who speaks tells what starts at `first`: "I loved", or nobody: "loved it", "yes, seen that"."""
        if first in self.company:
            return True
        for i in range(first - 1, max(-1, first - _SUBJECT_REACH - 1), -1):
            word = self.message.words[i]
            if not self.message.same_sentence(i, first):
                return True
            if word in self.grammar.speakers:
                return True
            if word in self.grammar.others or word not in self.grammar.openers and i == first - _SUBJECT_REACH:
                return False
            if word not in self.grammar.openers:
                return self._speaker_before(i)
        return True

    def _speaker_before(self, i: int) -> bool:
        """Whether "I" or "my" stands a few words before token i, nobody else between: "my little brother loves"."""
        for j in range(i, max(-1, i - _SUBJECT_REACH), -1):
            if not self.message.same_sentence(i, j) or self.message.words[j] in self.grammar.others:
                return False
            if self.message.words[j] in self.grammar.speakers:
                return True
        return False

    def titled(self, first: int) -> bool:
        """Whether the words before say that a title follows: "one called"."""
        return self.word(first - 1) in ("called", "titled", "entitled") and self.word(first - 2) in self.grammar.nouns

    def capital(self, first: int, last: int) -> bool:
        """Whether capitals mark the span as a name: in mixed case, its long words, and not only as a sentence opens."""
        if not self.message.mixed_case:
            return False
        tokens = self.message.tokens[first:last]
        if not all(t.capital or not t.text[0].isalpha() or len(t.text) <= 3 for t in tokens[1:]):
            return False
        inner = [t for t in tokens[1:] if t.capital]
        return tokens[0].capital and (bool(inner) or not self.message.starts_sentence(first))

    def quoted(self, first: int, last: int) -> bool:
        """Whether exactly this span stands in quotes."""
        return (first, last) in self.message.quotes


def _role_cues(fields: Iterable[Field]) -> set[str]:
    """Return the cues of the roles that people have in this catalogue: none of them makes a name a mere source."""
    people = [described(field) for field in fields if field.role is Role.PERSON]
    here = [role for role in roles() if any(role.fields.search(words) for words in people)]
    return {cue for role in here for cue in role.before | role.after}


def _any_in(phrase: tuple[str, ...], own: Container[str]) -> bool:
    return " ".join(phrase) in own or any(
        len(word) > 1 and word in own for word in phrase if word not in ("by", "from")
    )


def _tuples(phrases: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.replace("'", " ").split()) for phrase in phrases)
