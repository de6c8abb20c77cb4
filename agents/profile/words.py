"""What people say of themselves in passing: what always holds, who is with them, what they love or hate in words."""

import re
from typing import Literal, NamedTuple

Passing = Literal["like", "dislike", "context", "limit"]

_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_LASTING = re.compile(
    r"\b(?:never|always|at all times|no matter what|under no circumstances|for life)\b"
    r"|\b(?:i|we) (?:only ever|don'?t ever|can'?t ever|absolutely (?:never|don'?t)|(?:don|can)'?t eat|don'?t drink)\b"
    r"|\ballergic\b|\ballergy\b|\bintoleran(?:t|ce)\b|\bin general\b|\bas a rule\b",
    re.I,
)
_PASSING = re.compile(
    r"\b(?:tonight|today|this time|right now|for now|at the moment|this (?:evening|weekend|week))\b", re.I
)
_NOT_LASTING = re.compile(
    r"\b(?:never mind|always wanted|never (?:seen|watched|read|heard|played|tried|been)|as always)\b", re.I
)
_DIETS = (
    r"vegetarians?|vegans?|pescatarians?|gluten[- ]free|coeliac|celiac|kosher|halal|diabetic"
    r"|lactose[- ]intolerant|teetotal|colou?r[- ]?blind"
)
_I_AM = re.compile(
    r"\b(?:i|we)(?: am|'m| are|'re|m)(?: all| both| strictly| a| an)? "
    rf"(?:{_DIETS}|allergic to [a-z]+(?: and [a-z]+)?)\b",
    re.I,
)
_HOUSEHOLD = (
    r"(?:kids?|children|son|daughter|sons|daughters|toddlers?|baby|family|wife|husband|partner|girlfriend|boyfriend"
    r"|parents|mother|father|mum|mom|dad|grandparents|grandmother|grandfather|grandkids|friends?|flatmates?|roommates?"
    r"|colleagues|class|students|team|niece|nephew|brother|sister)"
)
_COMPANY = re.compile(
    r"\b(?:with|for|together with) (?:my|our)"
    rf"(?: (?:two|three|four|small|little|young|teenage|\d+[- ]year[- ]old)){{0,2}} {_HOUSEHOLD}"
    rf"(?:(?:,? and|,) (?:my |our )?{_HOUSEHOLD})*\b", re.I
)  # fmt: skip
_HABIT = re.compile(
    r"\b(?:i|we)(?: \w+){0,2} (?:always|usually|normally|typically|often) [^.!?;,\n]{3,60}"
    r"|\b(?:i|we) \w+ [^.!?;,\n]{0,40}\b(?:every|on) (?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    r"|\b(?:i|we) \w+ [^.!?;,\n]{0,40}\bevery (?:day|evening|night|morning|weekend|week|month|summer|winter)\b", re.I
)  # fmt: skip
_SURELY = r"(?: really| absolutely| totally| just| simply| truly| also| do)*"
_LOVES = re.compile(rf"\bi{_SURELY} (?:love|adore|like|enjoy|prefer) (?P<what>[^.!?;,\n]+)", re.I)
_HATES = re.compile(
    rf"\bi{_SURELY} (?:hate|detest|loathe|dislike|can'?t stand|cannot stand"
    r"|do ?n[o']t (?:really |much )?(?:like|enjoy)) (?P<what>[^.!?;,\n]+)"
    r"|\bi(?:'m| am) not (?:a (?:big )?fan of|into) (?P<other>[^.!?;,\n]+)", re.I
)  # fmt: skip
_STOPS_AT = re.compile(r"\b(?:but|and|or|so|because|when|which|who|please|show|give|than|if|though)\b.*", re.I)
_POINTING = re.compile(
    r"^(?:it|that|this|these|those|them|they|you|your|him|her|one|to|the (?:\w+ )?(?:one|ones|first|second|third|last)"
    r"|how|what|some|something|anything|more|most|all|both|number)\b", re.I
)  # fmt: skip
_STRONG = re.compile(
    r"\b(?:love[ds]?|adore|hate[ds]?|detest|loathe|favou?rite|can'?t stand|cannot stand|never|always)\b", re.I
)
_HATEFUL = re.compile(
    r"\b(?:hate[ds]?|detest|loathe|dislike[ds]?|can'?t stand|cannot stand|do ?n[o']t (?:really |much )?(?:like|enjoy)"
    r"|not (?:a (?:big )?fan of|into))\b", re.I
)  # fmt: skip
_ONESELF = re.compile(r"\b(?:i|we|my|our|i'm|i've|we're|we've|me|us)\b", re.I)
_ASKING = re.compile(
    r"\?\s*$|\b(?:i(?:'d| would) (?:like|love)|i(?:'m| am) (?:looking|searching|in the mood)|i (?:want|need)"
    r"|can i|could i|give me|show me|find me|tell me|recommend me|get me|let me|let's|suggest)\b", re.I
)  # fmt: skip
_LONGEST_PHRASE = 5
"""Words of a like or dislike; who says more tells a story."""


class Said(NamedTuple):
    """One remark of a user about themselves."""

    kind: Passing
    text: str
    """What is said, in the user's words."""
    words: str
    """The sentence it stands in."""


def sentences(text: str) -> list[str]:
    """Split a message into sentences."""
    return [part.strip() for part in _END.split(text) if part.strip()]


def speaks_of_oneself(sentence: str) -> bool:
    """Whether a sentence may tell of its author, as opposed to asking for something."""
    return bool(_ONESELF.search(sentence)) and not _ASKING.search(sentence)


def points(phrase: str) -> bool:
    """Whether a phrase begins by pointing at something, so that it means nothing by itself."""
    return bool(_POINTING.search(phrase))


def sentence_with(words: str, text: str) -> str:
    """Return the sentence of a message that holds these words; the whole message where none does."""
    low = words.lower()
    return next((part for part in sentences(text) if low in part.lower()), text)


def holds_always(sentence: str) -> bool:
    """Whether what a sentence limits is meant for good, not for this conversation."""
    said = _NOT_LASTING.sub(" ", sentence)
    return bool(_LASTING.search(said) or _I_AM.search(said)) and not _PASSING.search(said)


def is_never(sentence: str) -> bool:
    """Whether a sentence says never: what it names is refused, and where it was understood as wanted it is not kept."""
    return bool(re.search(r"\bnever\b", _NOT_LASTING.sub(" ", sentence), re.I))


def is_hateful(sentence: str) -> bool:
    """Whether a sentence refuses out of dislike, as opposed to for now."""
    return bool(_HATEFUL.search(sentence)) and not _PASSING.search(sentence)


def is_strong(sentence: str) -> bool:
    """Whether a sentence puts a like or a dislike strongly."""
    return bool(_STRONG.search(sentence))


def remarks(text: str) -> list[Said]:
    """Return what a message tells of its author in words, in its order; likes and dislikes as short phrases only."""
    found: list[Said] = []
    for sentence in sentences(text):
        found += [Said("context", match[0], sentence) for match in _I_AM.finditer(sentence)]
        found += [Said("context", match[0], sentence) for match in _COMPANY.finditer(sentence)]
        found += [Said("context", match[0].strip(), sentence) for match in _HABIT.finditer(sentence)]
        for kind, pattern in (("dislike", _HATES), ("like", _LOVES)):
            for match in pattern.finditer(sentence):
                what = _STOPS_AT.sub("", match["what"] or match.groupdict().get("other") or "").strip(" '\"")
                if what and not _POINTING.search(what) and len(what.split()) <= _LONGEST_PHRASE:
                    found.append(Said(kind, what, sentence))  # type: ignore[arg-type]
    return found
