"""A message as numbers, told apart by how people talk and not by what the catalogue holds.

What was linked is masked ("something like TITLE but VALUE"), so that one classifier serves every catalogue.
"""

import re
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from retrieval.linking import Mention

BUCKETS = 4096
"""Of the hashed words and letters."""
VECTOR_SCALE, WORDS_SCALE = 4.0, 3.0
"""Lengths of the sentence vector and of the words beside features of 0 to 1; found by cross-validation."""
_PLACE = r"first|second|third|fourth|fifth|sixth|last"
_PLACES = re.compile(
    r"\b(?:number|no\.?|nr\.?) ?(?:one|two|three|four|five|six|\d)\b|#\d\b|\b\d(?:st|nd|rd|th)\b"
    rf"|\b(?:{_PLACE})\b(?! (?:of all|time|year|week|night))|\b(?:top one|one (?:at the|on) top)\b",
    re.I,
)
_BARE = re.compile(r"(?<![\w.$])\d(?![\w.%]|\s?(?:more|others?|of us|years?|hours?|people|item|VALUE))", re.I)
_LONGEST_BARE = 9
"""Words of a message in which a bare digit is likely a place in the list shown."""
_MASKS = {"value": "VALUE", "range": "BOUND", "title": "TITLE", "stray": "BOUND", "field": "FIELD"}
SLOTS = frozenset(("TITLE", "VALUE", "PERSON", "BOUND", "ORDINAL", "FIELD", "item"))
_KINDS = ("title", "value", "person", "range", "order", "relative", "field", "stray")
_CUES = ("like", "dislike", "seen", "similar", "lift")
_LEAST = {"title": 0.6}
_LEAST_OTHERS = 0.4
"""Mentions less sure than this are words like others."""


@dataclass(frozen=True)
class Heard:
    """A message with what was linked in it, and where in the conversation it came."""

    text: str
    mentions: Sequence[Mention]
    people: Collection[str]
    """Names of the person fields."""
    nouns: tuple[str, ...]
    """What the items are called."""
    labels: tuple[str, ...]
    """What the fields are called, longest first."""
    has_slate: bool = False
    after_question: bool = False
    """We asked something in the turn before."""
    after_details: bool = False
    """The turn before was about some items in particular."""
    first: bool = True


def masked(heard: Heard) -> str:
    """Return the message with names of kinds for what was linked, for places in the list, nouns and fields."""
    text = heard.text
    for mention in sorted(heard.mentions, key=lambda m: -len(m.text)):
        name = "PERSON" if mention.field in heard.people else _MASKS.get(mention.kind)
        if name and mention.text.strip() and _is_usable(mention):
            text = re.sub(rf"(?<!\w){re.escape(mention.text)}(?!\w)", name, text, flags=re.I)
    text = _PLACES.sub("ORDINAL", text)
    if heard.has_slate and len(text.split()) <= _LONGEST_BARE:
        text = _BARE.sub("ORDINAL", text)
    text = _names(heard.nouns).sub("item", text)
    text = _names(heard.labels).sub("FIELD", text)
    return re.sub(r"\s+", " ", text).strip()


def cheap(heard: Heard, mask: str) -> np.ndarray:
    """Return what was linked, where the conversation stands and the shape of the masked message, as 0 to 1."""
    mentions = [m for m in heard.mentions if _is_usable(m)]
    kinds = ["person" if m.field in heard.people else m.kind for m in mentions]
    words = mask.split()
    slots = sum(word.strip("?!.,") in SLOTS for word in words)
    marks = [
        *(kind in kinds for kind in _KINDS),
        *(any(m.cue == cue for m in mentions) for cue in _CUES),
        any(m.negated for m in mentions), not mentions, min(len(mentions), 4) / 4, "ORDINAL" in mask,
        heard.has_slate, heard.after_details, heard.after_question, heard.first,
        "?" in heard.text, "!" in heard.text, "," in heard.text,
        min(len(words), 30) / 30, len(words) <= 2, len(words) <= 5, len(words) > 15,
        slots / max(len(words), 1), slots == len(words), words[:1] in (["VALUE"], ["BOUND"], ["PERSON"]),
    ]  # fmt: skip
    return np.array(marks, np.float32)


def grams(mask: str) -> np.ndarray:
    """Return hashed words, runs of up to three words and of three and four letters, (BUCKETS,), of length 1."""
    words = re.findall(r"[a-z']+|[?!]", mask.lower())
    found = {*words, *(f"^{w}" for w in words[:1]), *(f"{w}$" for w in words[-1:])}
    found |= {f"{a}_{b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)}
    found |= {f"{a}_{b}_{c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)}
    for word in words:
        framed = f"<{word}>"
        found |= {"c" + framed[i : i + n] for n in (3, 4) for i in range(len(framed) - n + 1)}
    counted = np.zeros(BUCKETS, np.float32)
    counted[[zlib.crc32(gram.encode()) % BUCKETS for gram in found]] = 1
    return counted / max(1.0, float(np.sqrt(counted.sum())))


def spoken(heard: Heard, mask: str) -> np.ndarray:
    """Return the features that need no embedder: words, then what is cheap."""
    return np.concatenate([grams(mask) * WORDS_SCALE, cheap(heard, mask)])


def places(text: str, n_shown: int) -> list[int]:
    """Return the 0-based places in a list that any number or ordinal of a message may stand for, in its order."""
    bare = list(_BARE.finditer(text)) if len(text.split()) <= _LONGEST_BARE else []
    found = []
    for match in sorted([*_PLACES.finditer(text), *bare], key=lambda m: m.start()):
        if "top" in match[0].lower():
            found.append(0)
            continue
        word = re.sub(r"(?<=\d)(?:st|nd|rd|th)$", "", re.findall(r"\w+", match[0].lower())[-1])
        found.append(n_shown - 1 if word == "last" else _NUMBERS.get(word, n_shown))
    return [at for at in dict.fromkeys(found) if 0 <= at < n_shown]


_NUMBERS = {
    "first": 0, "one": 0, "1": 0, "second": 1, "two": 1, "2": 1, "third": 2, "three": 2, "3": 2,
    "fourth": 3, "four": 3, "4": 3, "fifth": 4, "five": 4, "5": 4, "sixth": 5, "six": 5, "6": 5,
}  # fmt: skip


def _is_usable(mention: Mention) -> bool:
    return mention.score >= _LEAST.get(mention.kind, _LEAST_OTHERS)


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> re.Pattern[str]:
    """Match any of these names, also in the plural; nothing where there are none."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    return re.compile(rf"\b(?:{either})s?\b" if either else r"(?!)", re.I)
