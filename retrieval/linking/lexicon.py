"""The lexicon of lexicon.toml, compiled: phrases as patterns over a message's joined words."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.items import Field
from retrieval.linking.message import Message, words_of

_PATH = Path(__file__).with_name("lexicon.toml")


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of the lexicon found in a message: tokens first … last-1, and the class it belongs to."""

    first: int
    last: int
    name: str
    phrase: str


@dataclass(frozen=True)
class Roles:
    """What stands around a name that has one role in an item."""

    fields: re.Pattern[str]
    before: frozenset[str]
    after: frozenset[str]
    strong: frozenset[str]


class Phrases:
    """Classes of phrases to find in a message; where several match, the longest wins."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        """Compile `classes`: name → phrases; the first class that lists a phrase has it."""
        self._class_of: dict[str, str] = {}
        patterns: dict[str, str] = {}
        for name, phrases in classes.items():
            for phrase in phrases:
                patterns.setdefault(spelling(phrase), name)
        ordered = sorted(patterns, key=lambda p: -len(p))
        self._names = [patterns[p] for p in ordered]
        self._pattern = (
            re.compile(r"(?<!\S)(?:" + "|".join(f"({p})" for p in ordered) + r")(?!\S)") if ordered else None
        )

    def find(self, message: Message) -> list[Cue]:
        """Return the phrases found, by position."""
        if self._pattern is None:
            return []
        cues = []
        for match in self._pattern.finditer(message.joined):
            first, last = message.span_joined(*match.span())
            cues.append(Cue(first, last, self._names[(match.lastindex or 1) - 1], match.group()))
        return cues


class PlainPhrases:
    """Classes of phrases without apostrophes, any number of them, found by whole words; the longest wins."""

    def __init__(self, classes: Mapping[str, Iterable[str]]) -> None:
        """Index `classes`: name → folded phrases; the first class that lists a phrase has it."""
        self._class_of: dict[str, str] = {}
        for name, phrases in classes.items():
            for phrase in phrases:
                self._class_of.setdefault(phrase, name)
        self._starts = frozenset(phrase.split(" ", 1)[0] for phrase in self._class_of)
        self._longest = max((phrase.count(" ") + 1 for phrase in self._class_of), default=0)

    def find(self, message: Message) -> list[Cue]:
        """Return the phrases found, by position, none overlapping."""
        cues: list[Cue] = []
        words, first = message.words, 0
        while first < len(words):
            cue = self._at(words, first) if words[first] in self._starts else None
            if cue:
                cues.append(cue)
            first = cue.last if cue else first + 1
        return cues

    def _at(self, words: list[str], first: int) -> Cue | None:
        for last in range(min(len(words), first + self._longest), first, -1):
            phrase = " ".join(words[first:last])
            if name := self._class_of.get(phrase):
                return Cue(first, last, name, phrase)
        return None


def spelling(phrase: str) -> str:
    """Return a pattern for a folded phrase however its apostrophes are typed."""
    lowered = phrase.lower().replace("n't", "\0").replace("'", "\1")
    escaped = re.escape(" ".join(re.findall(r"[\w\0\1]+", lowered)))
    return (
        escaped.replace("\\\0", "\0")
        .replace("\0", " ?n ?t")
        .replace("\\\1", "\1")
        .replace("\1", " ?")
        .replace("\\ ", " ")
    )


SIGNS = {
    "<": "below",
    "<=": "at_most",
    "=<": "at_most",
    "≤": "at_most",
    ">": "above",
    ">=": "at_least",
    "=>": "at_least",
    "≥": "at_least",
}
"""Comparisons written as signs."""
SIGN_BEFORE = re.compile(r"(<=|>=|=<|=>|[<>≤≥])\s*$")


NO_MATTER = frozenset(
    {
        ("doesn", "t", "matter"),
        ("doesnt", "matter"),
        ("does", "not", "matter"),
        ("is", "not", "important"),
        ("isn", "t", "important"),
        ("is", "fine"),
        ("is", "ok"),
        ("is", "okay"),
        ("is", "no", "problem"),
    }
)
"""What makes a field named before it of no importance."""


@cache
def lexicon() -> dict[str, Any]:
    """Return the lexicon as read from its file."""
    return tomllib.loads(_PATH.read_text(encoding="utf-8"))


@cache
def lexicon_words() -> frozenset[str]:
    """Return every word the lexicon uses, so that none of them passes for a misspelling."""
    return frozenset(words_of(_PATH.read_text(encoding="utf-8")))


def described(field: Field) -> str:
    """Return the words a field goes by, for patterns: its name, label and unit."""
    return " ".join(words_of(f"{field.name.replace('_', ' ')} {field.label} ")) + (
        f" {field.unit}" if field.unit else ""
    )


def roles() -> list[Roles]:
    """Return the roles a name may have."""
    return [
        Roles(re.compile(r["fields"]), frozenset(r["before"]), frozenset(r["after"]), frozenset(r["strong"]))
        for r in lexicon()["roles"]
    ]


def item_nouns(fields: Iterable[Field], own: Iterable[str] = ()) -> tuple[frozenset[str], frozenset[str]]:
    """Return the nouns that mean an item of a catalogue with these fields, and those that mean something else.

    `own` are nouns the catalogue is known to go by; whatever else its fields suggest counts too.
    """
    names = " ".join(described(field) for field in fields)
    own = frozenset(own)
    meant: set[str] = set(own)
    other: set[str] = set()
    for group in lexicon()["nouns"]:
        here = bool(own & set(group["words"]) and group["fields"]) or bool(re.search(group["fields"], names))
        (meant if here else other).update(group["words"])
    return frozenset(meant), frozenset(other - meant)


def noun_group(word: str) -> tuple[str, ...]:
    """Return the nouns that mean the same kind of thing as `word`, or none."""
    groups = (tuple(group["words"]) for group in lexicon()["nouns"] if group["fields"])
    return next((words for words in groups if word in words), ())
