"""A dialogue as a model judges it: numbered turns without names of systems or formatting, fenced as material.

What anybody said stands on one line behind its number, without angle brackets: no text can end the fence or pretend to
be another turn. Sentences that tell a judge how to grade are left out, whoever said them.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.dialogues import Dialogue, Role, Utterance
from retrieval.text import fold

LEFT_OUT = "(words to a judge left out)"
_MOST_CHARS = 1_500
_MOST_LISTED = 12
_SPEAKERS: Mapping[Role, str] = {"user": "User", "assistant": "Assistant"}
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
_TAG = re.compile(r"</?[a-zA-Z|][^<>]{0,200}>")
_MARKS = re.compile(
    r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s+|[-*+•]\s+|\d{1,2}[.)]\s+)|\*\*|__|~~|`+|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)"
)
_NUMBERED = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+|\n|$)")
_MARKED = (
    r"(?:\d+(?:\.\d+)?\s*(?:/|out of)\s*\d+"
    r"|(?:full|top|max(?:imum)?|highest|perfect|best)\s+(?:marks?|scores?|ratings?|grades?|points?))"
)
_GRADED = (
    r"(?:(?:this|the|my|that)\s+(?:\w+\s+)?(?:conversation|dialogue|chat|assistant|system|repl(?:y|ies)|answers?|responses?)"
    r"|(?:it|this|me)\b)"
)
_JUDGES = r"(?:judge|evaluator|grader|annotator)s?"
_TO_A_JUDGE = re.compile(
    rf"^\W*(?:\w+[:,]\s*)?(?:please\s+|now\s+|you\s+(?:must|should|will)\s+|always\s+)*"
    rf"(?:give|rate|score|grade|award|assign|mark)\s+(?:{_GRADED}).{{0,40}}?{_MARKED}"
    rf"|(?:^\W*|\b(?:to|dear|attention|hey|you)\s+(?:(?:the|a|any|my)\s+)?){_JUDGES}\b.{{0,80}}?"
    rf"(?:{_MARKED}|\b(?:must|should|give|rate|score|grade|award)\b)"
    rf"|\b{_JUDGES}\s+(?:must|should|has to|have to)\b"
    r"|\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instructions?|rubrics?|rules|prompt)\b"
    r"|^\W*(?:output|answer|respond|reply)\s+(?:with\s+)?(?:only\s+)?[\"'{\s]*\"?(?:score|better)\b",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said, as shown."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A dialogue as a judge reads it."""

    dialogue_id: str
    system: str
    turns: Mapping[int, Turn]
    """By their numbers in the file, from 1."""
    facts: tuple[str, ...] = ()
    """Rows of the catalogue, one line each."""

    @property
    def replies(self) -> list[int]:
        """Return the numbers of the turns that end a reply."""
        ends = [n for n, turn in self.turns.items() if turn.role == "assistant"]
        return [n for n in ends if n + 1 not in self.turns or self.turns[n + 1].role == "user"]

    def text(self, fence: str = "dialogue") -> str:
        """Return catalogue and dialogue inside their fences."""
        lines = "\n".join(f"[{n}] {_SPEAKERS[turn.role]}: {turn.text}" for n, turn in self.turns.items())
        facts = "<catalogue>\n" + "\n".join(self.facts) + "\n</catalogue>\n" if self.facts else ""
        return f"{facts}<{fence}>\n{lines}\n</{fence}>"

    def where(self, quote: str, turn: int | None) -> int | None:
        """Return the turn that holds a quote, `turn` before others; None where none does or there is too little of it.

        Case, accents, punctuation and spaces do not count; "…" stands for anything between.
        """
        quote = re.sub(r"^\s*(?:\[\d+\]\s*)?(?:User|Assistant):", "", quote)
        parts = [part for part in (fold(one) for one in re.split(r"\.\.\.|…", quote)) if part]
        order = sorted(self.turns, key=lambda n: n != turn)
        return next((n for n in order if _holds(fold(self.turns[n].text), parts)), None)


def _holds(text: str, parts: Sequence[str]) -> bool:
    said = " ".join(parts)
    if not parts or (len(said.split()) < 2 and len(said) < 8 and said != text):
        return False
    at, padded = 0, f" {text} "
    for part in parts:
        found = padded.find(f" {part} " if part.isascii() else part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def show(
    dialogue: Dialogue, systems: Iterable[str], facts: Sequence[str] = (), titles: Mapping[str, str] | None = None
) -> Shown:
    """Return a dialogue as it is shown; `systems` are names nobody may be told by, `titles` those of items by id."""
    names = [pattern for system in sorted(set(systems)) if (pattern := _telling(system))]
    turns = {
        i: Turn(turn.role, " ".join(part for part in (_plain(turn.text, names), _beside(turn, titles or {})) if part))
        for i, turn in enumerate(dialogue.turns, 1)
    }
    return Shown(dialogue.dialogue_id, dialogue.system, turns, tuple(one_line(fact) for fact in facts))


def _beside(turn: Utterance, titles: Mapping[str, str]) -> str:
    """Return what a turn shows or does without words: its list of items, a click."""
    told = {one.item_id: one.title for one in turn.account.shown} if turn.account else {}
    named = [told.get(item) or titles.get(item, "") for item in turn.items]
    if listed := [name for name in named if name][:_MOST_LISTED]:
        return one_line(f"(list shown: {'; '.join(listed)})")
    action = turn.account.action if turn.account else None
    if action is None:
        return ""
    return one_line(
        f"(clicks {action.kind.replace('_', ' ')}: {titles.get(action.item_id) or action.key or 'an item'})"
    )


def one_line(text: str) -> str:
    """Return a text on one line, without control characters, angle brackets, or a number in square brackets."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    text = text.replace("<", "‹").replace(">", "›")
    return " ".join(_NUMBERED.sub(r"(\1)", text).split())


def _plain(text: str, names: Sequence[re.Pattern[str]]) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = _MARKS.sub("", _LINK.sub(r"\1", _TAG.sub(" ", text)))
    for name in names:
        text = name.sub("the assistant", text)
    text = _SENTENCE.sub(lambda match: f" {LEFT_OUT} " if _TO_A_JUDGE.search(match[0]) else match[0], text)
    text = one_line(text.replace("\n", " / ").strip(" /"))
    return text if len(text) <= _MOST_CHARS else text[:_MOST_CHARS].rsplit(" ", 1)[0] + " …"


def _telling(system: str) -> re.Pattern[str] | None:
    """Return how a system's name is found in a text; an ordinary word, such as "people", only where it is a name."""
    words = [re.escape(word) for word in re.split(r"[\s_-]+", system) if word]
    if not words or len(system) < 3:
        return None
    if len(words) > 1 or re.search(r"\d|.[A-Z]", system):
        return re.compile(rf"\b{'[ _-]'.join(words)}\b", re.I)
    name = words[0]
    return re.compile(rf"\b{name.upper()}\b|(?<=I am ){name}\b|(?<=I'm ){name}\b|(?<=name is ){name}\b")
