"""Is every name, number and quality in a sentence true of the slate, or the user's own? In doubt it is not."""

import re
from collections.abc import Iterable, Sequence

from agents.answering.brief import ExplainBrief
from agents.answering.claim_numbers import wrong_number
from agents.answering.claim_relations import Part, parts_of, untold, wrong_relation
from agents.events import SlateItem
from retrieval.text import fold, tokens

_UNSAFE = re.compile(r"https?:|www\.|\]\(|!\[|<\s*[a-z/!]|&#?\w+;|data:|javascript:|\b\w+\.(?:com|org|net|io)\b", re.I)
_MARKED = re.compile(r"\*\*(.+?)\*\*|\*(.+?)\*|“(.+?)”|\"(.+?)\"|‘(.+?)’|`(.+?)`")
_WORD = re.compile(r"[^\W_][\w’'.-]*")
_CONNECTORS = frozenset("of the de del la le von van der den da di du &".split())
_NEVER_NAMES = frozenset("i im id ill ive ok okay tv a an the".split())
_STARTERS = frozenset(
    "a about above after all also although among an and another any anyone as at because before both but by check "
    "choose classic clever consider dark definitely do each either enjoy even every everything expect fans fifth "
    "finally first five for four fourth from fun funny gentle get give given grab great gripping he hello her here "
    "heres hi his hope hopefully how however i id if ill im in instead it its ive just last lastly let lets lighter "
    "like looking lots many maybe meanwhile more most my next no none not note of on once one only or other others "
    "our overall perfect perhaps pick please pure quiet quite rather second see several she short should similarly "
    "simply since six sixth slow so some something start still such sure take tense thanks that thats the their "
    "then there theres these they theyre third this those though three to together too top try two under unlike "
    "until up warm watch we well what when where whether which while who why with within without worth would yes "
    "yet you youll your youre".split()
)
_BOASTS = frozenset(
    "award awards awardwinning oscar oscars nominated nomination nominations acclaimed winner winning bestselling "
    "blockbuster cult grossing sequel prequel remake adaptation adapted masterpiece famous popular beloved".split()
)
"""Qualities that are facts about the world; they need a row or the user to say them."""
_CLAUSES = re.compile(r"[,;:]|\b(?:but|while|and)\b")
_ECHO = frozenset("you your youre youd no not none without never instead".split())
"""Words of a clause that speaks of the wish rather than of an item."""
_SHORT_TITLE = 6
_BESIDE_THE_POINT = re.compile(
    r"\b(?:rows?|the user(?:'s)?|criteria|language model|as an ai|instructions?|system prompt|i can(?:no|')t)\b"
    r"|\bnot (?:\w+ ){0,3}(?:fit|match|meet|suit|suitable|relevant|satisfy|recommended)\b",
    re.I,
)
"""Talk about the task instead of the items; and no verified item fails the request."""
_CREDIT = re.compile(r"\b(direct|writ|wrote|star|act|play)\w*\s(?:by\s|in\s)?((?:[A-Z][\w’'.-]*\s?)+)")
_CREDITED = {"direct": "director", "writ": "writer", "wrote": "writer", "star": "cast", "act": "cast", "play": "cast"}
_SAME_LABEL = {"cast": ("cast", "actor", "star"), "writer": ("writer", "author"), "director": ("director",)}


class ClaimChecker:
    """Checks the sentences of one reply in order; a sentence that names no item is about the one named before."""

    def __init__(self, brief: ExplainBrief) -> None:
        self._brief = brief
        self._last: list[SlateItem] = []
        self._own = [fold(text) for text in _users_words(brief)]
        self._labels = {word for f in brief.fields.values() for word in tokens(f.label)}

    def named(self, sentence: str) -> list[SlateItem]:
        """Return the items of the slate that a sentence names."""
        return [item for item in self._brief.items if _title_pattern(item.title).search(sentence)]

    def wrong(self, sentence: str) -> str:
        """Return what is wrong with a sentence, "" where it may be shown."""
        if _UNSAFE.search(sentence):
            return "a link, an image or markup"
        if talk := _BESIDE_THE_POINT.search(sentence):
            return f"{talk[0]!r} is no word about an item"
        named = self.named(sentence)
        spans = sorted((span for item in named for span in _places(sentence, item)), key=lambda span: span[:2])
        parts = parts_of(sentence, spans) if len(named) > 1 else []
        parts = parts or [Part(sentence, named or self._last or self._brief.items, [])]
        found = next(filter(None, (self._wrong_part(part, named) for part in parts)), "")
        if named and not found:
            self._last = parts[-1].items
        return found

    def _wrong_part(self, part: Part, named: Sequence[SlateItem]) -> str:
        bare = self._without_titles(part.text, named)
        allowed = [*self._own, *(fold(text) for item in part.items for text in _row_texts(item))]
        return (
            _unknown_marked(bare, allowed)
            or _unknown_name(bare, allowed, self._labels)
            or self._untrue_quality(bare, allowed)
            or self._wrong_credit(bare, part.items)
            or wrong_number(bare, part.items, self._brief)
            or wrong_relation(part._replace(text=bare), self._brief)
            or untold(bare, allowed, self._brief.noun)
        )

    def _without_titles(self, sentence: str, named: Sequence[SlateItem]) -> str:
        titles = [*(item.title for item in named), *self._brief.anchors]
        for title in sorted(titles, key=len, reverse=True):
            sentence = _title_pattern(title).sub(" § ", sentence)
        return sentence

    def _wrong_credit(self, sentence: str, about: Sequence[SlateItem]) -> str:
        """Find a person given a part they did not have: a director who only acts."""
        for match in _CREDIT.finditer(sentence):
            labels = _SAME_LABEL[_CREDITED[match[1].lower()]]
            fields = [f.name for f in self._brief.fields.values() if fold(f.label).startswith(labels)]
            people = [fold(str(v)) for item in about for name in fields for v in item.fields.get(name) or []]
            if people and not _known(fold(re.sub(r"[’']s\b", "", match[2])), people):
                return f"{match[0].strip()[:40]!r} is not so in any row"
        return ""

    def _untrue_quality(self, sentence: str, allowed: Sequence[str]) -> str:
        words = [word.replace("-", "") for word in sentence.lower().split()]
        said = f" {fold(sentence)} "
        for word in {fold(w) for w in words} | set(said.split()):
            if word in _BOASTS and not _known(word, allowed) and word not in self._labels:
                return f"{word!r} is in no row"
        for clause in _CLAUSES.split(sentence):
            # The user's own "no comedies" does not make a comedy of an item named beside it.
            echo = "§" not in sentence or bool(_ECHO & set(tokens(clause)))
            vouching = allowed if echo else allowed[len(self._own) :]
            if value := self._value_not_known(f" {fold(clause)} ", vouching):
                return f"{value!r} is not true of it"
        return ""

    def _value_not_known(self, said: str, vouching: Sequence[str]) -> str:
        for value in (value for values in self._brief.hints.values() for value in values):
            forms = {fold(value), fold(value) + "s", fold(value).removesuffix("y") + "ies"}
            if any(f" {form} " in said for form in forms) and not any(_known(form, vouching) for form in forms):
                return value
        return ""


def _places(sentence: str, item: SlateItem) -> Iterable[tuple[int, int, SlateItem]]:
    yield from ((*match.span(), item) for match in _title_pattern(item.title).finditer(sentence))


def _users_words(brief: ExplainBrief) -> Iterable[str]:
    yield from (brief.message, *brief.said, *brief.anchors, *brief.noun)
    for given in brief.filters:
        yield from (str(v) for v in (given.value if isinstance(given.value, list) else [given.value]))


def _row_texts(item: SlateItem) -> Iterable[str]:
    yield item.title
    for value in item.fields.values():
        yield from (str(v) for v in (value if isinstance(value, list) else [value]))
    yield from (reason.text for reason in item.reasons)


def _title_pattern(title: str) -> re.Pattern[str]:
    """Match a title as a whole; one that is a common word ("It", "Up") only where it is marked as a title."""
    body = re.escape(title)
    if len(title) <= _SHORT_TITLE and (title.lower() in _STARTERS or title.lower() in _NEVER_NAMES):
        return re.compile(rf"(?:\*\*?|[“\"‘]){body}(?:\*\*?|[”\"’])|\b{body}(?= \(\d{{4}}\))")
    flags = 0 if len(title) <= _SHORT_TITLE else re.I
    return re.compile(rf"(?:\*\*?|[“\"‘])?(?<!\w){body}(?!\w)(?:\*\*?|[”\"’])?", flags)


def _known(phrase: str, allowed: Sequence[str]) -> bool:
    return any(f" {phrase} " in f" {text} " for text in allowed)


def _unknown_marked(sentence: str, allowed: Sequence[str]) -> str:
    for match in _MARKED.finditer(sentence):
        phrase = fold(next(group for group in match.groups() if group))
        if phrase and not _known(phrase, allowed):
            return f"{phrase[:40]!r} is neither shown nor named by the user"
    return ""


def _unknown_name(sentence: str, allowed: Sequence[str], labels: set[str]) -> str:
    """Return the first run of capitalised words that is no part of a row or of the user's words."""
    for run, starts in _capital_runs(sentence):
        words = [word for part in run for word in tokens(re.sub(r"[’']s$", "", part))]
        if starts and words and (words[0] in _STARTERS or re.search(r"(?:ing|ed|ly)$", words[0])):
            words = words[1:]
        words = [word for word in words if word not in _NEVER_NAMES or len(words) > 1]
        if words and not _in_pieces(words, allowed) and not set(words) <= labels:
            return f"{' '.join(words)[:40]!r} is neither shown nor named by the user"
    return ""


def _capital_runs(sentence: str) -> list[tuple[list[str], bool]]:
    """Return runs of capitalised words with connectors inside them, and whether the run begins the sentence."""
    runs: list[tuple[list[str], bool]] = []
    current: list[str] = []
    pending: list[str] = []
    begins, last_end = False, 0
    for i, match in enumerate(_WORD.finditer(sentence)):
        gap = sentence[last_end : match.start()]
        last_end = match.end()
        if current and gap.strip(" -"):
            runs.append((current, begins))
            current, pending = [], []
        if match[0][0].isupper():
            begins = begins if current else i == 0
            current, pending = [*current, *pending, match[0]], []
        elif current and match[0].lower() in _CONNECTORS:
            pending.append(match[0])
        elif current:
            runs.append((current, begins))
            current, pending = [], []
    return [*runs, (current, begins)] if current else runs


def _in_pieces(words: Sequence[str], allowed: Sequence[str]) -> bool:
    """Whether the words are known names in a row; half of one name and half of another make no name."""
    if len(words) == 1:
        return _known(words[0], allowed)
    start = 0
    while start < len(words):
        end = next((e for e in range(len(words), start, -1) if _piece(words[start:e], allowed)), start)
        if end == start:
            return False
        start = end
    return True


def _piece(words: Sequence[str], allowed: Sequence[str]) -> bool:
    phrase = " ".join(words)
    return _known(phrase, allowed) if len(words) > 1 else phrase in allowed or phrase in _CONNECTORS
