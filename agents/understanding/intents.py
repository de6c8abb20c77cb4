"""What a message wants done, and which shown items it points at, by patterns over plain English."""

import re
from functools import lru_cache

from agents.state import Intent
from agents.understanding import courtesies
from agents.understanding import patterns as say

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a couple of": 2, "a few": 4, "a dozen": 12, "twenty": 20,
}  # fmt: skip
COUNT_WORDS = frozenset(_NUMBERS)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8, "9th": 9, "10th": 10,
}  # fmt: skip
_LONGEST_ADDITION = 9
"""Words; who says more begins anew."""
_THING = r"(?:one|ones|option|pick|choice|suggestion|recommendation|result|title|item|{nouns})"


def in_formula(text: str, start: int, end: int) -> bool:
    """Whether a span lies in a turn of phrase ("anything else?", "thanks"), so is no name that sounds like one."""
    polite = courtesies.POLITENESS.match(text)
    if polite and end <= polite.end():
        return True
    formulas = (say.MORE, say.RECAP, say.HELP, say.UNDO)
    matches = (match for pattern in formulas for match in pattern.finditer(text))
    return any(match.start() < end and start < match.end() for match in matches)


def names_position(text: str) -> bool:
    """Whether the text is nothing but a number or ordinal, which after a slate points at a place in it."""
    return text.lower().strip("# ") in {*_ORDINALS, *_NUMBERS} or text.strip("# ").isdigit()


def is_undo(text: str) -> bool:
    """Whether the message takes the last change back."""
    return bool(say.UNDO.search(text))


def is_comparison(text: str, *, of_these: bool = False) -> bool:
    """Whether the message compares items ("which is longer?"); `of_these` where several were just talked about."""
    return bool(say.COMPARE.search(text) or (of_these and say.COMPARE_THESE.search(text)))


def asks_of(before: str) -> bool:
    """Whether these words before the name of an item ask about it: "is …", "does the …"."""
    return bool(say.ASKS_OF.match(before))


def follows_up(text: str) -> bool:
    """Whether the message goes on with the question before it: "and the third?", "what about its length?"."""
    return bool(say.FOLLOWS.search(text)) and len(text.split()) <= _LONGEST_ADDITION


def is_exclusive(text: str) -> bool:
    """Whether the message wants what it names and nothing else of its kind ("just romance")."""
    return bool(say.ONLY.search(text))


def is_allowed(after: str) -> bool:
    """Whether these words after a value allow it ("is fine too")."""
    return bool(say.ALLOWED.match(after))


def is_ruled_out(after: str) -> bool:
    """Whether these words after a value refuse it ("… neither")."""
    return bool(say.RULED_OUT.match(after))


def without_refusal(text: str) -> str:
    """Blank out a "no," that opens a message: it refuses what was shown, not what the message goes on to name."""
    return say.REFUSAL_ALONE.sub(lambda match: " " * len(match[0]), text)


def sets_against(text: str) -> bool:
    """Whether the message names places or titles to be set side by side ("the difference between 1 and 2")."""
    return bool(say.AGAINST.search(text))


def is_fresh_request(text: str) -> bool:
    """Whether the message states a whole new wish ("I want a …") rather than amending the last."""
    return bool(say.FRESH.search(text))


def is_replacement(text: str) -> bool:
    """Whether the message swaps something for something else ("no, …", "… instead", "what about …")."""
    return bool(say.INSTEAD.search(text))


@lru_cache(maxsize=8)  # asked of every name in a sentence
def is_swap(text: str) -> bool:
    """Whether the message puts what it names in the place of what was asked for ("… instead")."""
    return bool(say.SWAPS.search(text))


def is_anew(text: str) -> bool:
    """Whether a wish takes over nothing of the last but its bounds ("something for children instead")."""
    return bool(say.ANEW.search(text))


def is_addition(text: str) -> bool:
    """Whether the message only adds to the wish of the turn before ("with lentils", "an easy one")."""
    return bool(say.ADDS.search(text)) and not say.FRESH.search(text) and len(text.split()) <= _LONGEST_ADDITION


def intent_of(
    text: str, *, points_at_items: bool, has_limits: bool, similar_cue: bool, asks_values: bool = False
) -> Intent:
    """Decide the intent from the words and what they were linked to; "recommend" when nothing else fits."""
    if not text.strip() or say.HELP.search(text):
        return "help"
    if asks_values:
        return "values"
    if say.RECAP.search(text) and not has_limits:
        return "recap"
    if say.COUNT.search(text) and not points_at_items:
        return "count"
    if say.COMPARE.search(text) and points_at_items:
        return "compare"
    if say.DETAILS.search(text) and points_at_items and not similar_cue:
        return "details"
    if points_at_items and say.QUESTION.search(text) and not (similar_cue or say.SIMILAR.search(text)):
        return "details"
    if points_at_items and (similar_cue or say.SIMILAR.search(text)):
        return "similar"
    if say.MORE.search(text):
        return "more"
    if courtesies.GREETING.search(text) and not has_limits and not points_at_items:
        return "smalltalk"
    return "recommend"


def asks_for_values(text: str, start: int, end: int) -> bool:
    """Whether the name of a field at these letters is asked for its values: "which *countries* do you have?"."""
    opening = say.VALUES.match(text)
    return bool(opening and opening.end() == len(text[:start].rstrip()) and say.VALUES_END.match(text[end:]))


def is_pronoun(text: str) -> bool:
    """Whether the message points at the item talked about last by a pronoun alone ("that one", "is it …")."""
    return bool(say.PRONOUN.search(text))


@lru_cache(maxsize=8)  # asked of every name in a sentence
def is_request(sentence: str) -> bool:
    """Whether a sentence asks for something, as opposed to telling about an item seen or a person admired."""
    if say.ASKS.search(sentence) or is_swap(sentence):
        return True
    described = say.PHRASE.search(sentence) and not say.FIRST_PERSON.search(sentence)
    return bool(len(sentence.split()) <= 7 or described) and not say.TELLS.search(sentence)


def feedback_kind(text: str) -> str:
    """Return like, dislike or seen for a remark about shown items ("I've seen 1 and 3"), or ""."""
    if say.SIMILAR.search(text) or say.COMPARE.search(text) or say.DETAILS.search(text):
        return ""
    if say.SEEN.search(text):
        return "seen"
    if say.DISLIKED.search(text):
        return "dislike"
    return "like" if say.LIKED.search(text) else ""


def verdict(text: str) -> str:
    """Return like or dislike where somebody tells so of what they have seen ("read it, loved it"), or ""."""
    if say.HATED.search(text):
        return "dislike"
    return "like" if say.LOVED.search(text) else ""


def positions(text: str, n_shown: int, nouns: tuple[str, ...]) -> list[int]:
    """Return the 0-based positions in the last slate that the message points at, each once, in its order."""
    if not n_shown:
        return []
    low = text.lower()
    thing = _THING.format(nouns="|".join(map(re.escape, nouns)))
    found: list[tuple[int, int]] = []
    for match in re.finditer(
        rf"\b({'|'.join(_ORDINALS)})\b(?= (?:\w+ )?{thing}\b|\W*$|\W+(?:and|or|but|is|was|please|about|has|have)\b)",
        low,
    ):
        found.append((match.start(), _ORDINALS[match[1]]))
    for match in re.finditer(rf"\b(?:last|bottom) (?:{thing})\b", low):
        found.append((match.start(), n_shown))
    for match in re.finditer(r"(?:#|\bno\.? ?|\bnumbers? )(\d{1,2})\b(?:(?: and |, ?)(\d{1,2})\b)?", low):
        found += [(match.start(), int(number)) for number in match.groups() if number]
    found += [(m.start(), _NUMBERS[m[1]]) for m in re.finditer(r"\bnumber (one|two|three|four|five|six)\b", low)]
    if several := re.search(r"\b(?:the )?(?:first|top) (two|three|four|five)\b", low):
        found += [(several.start(), i + 1) for i in range(_NUMBERS[several[1]])]
    if len(low.split()) <= 9 and say.POINTS.search(low):
        found += [(m.start(), int(m[0])) for m in re.finditer(r"(?<![\w.])\d{1,2}(?![\w.%]|s\b)", low)]
    if not found and say.ALL_SHOWN.search(low):
        return list(range(n_shown))
    if not found and is_pronoun(text):
        found.append((0, 1))
    wanted = [number - 1 for _, number in sorted(found) if 1 <= number <= n_shown]
    return list(dict.fromkeys(wanted))


def takes_back(text: str) -> bool:
    """Whether the message takes back what was said of an item ("I take back the second one")."""
    return bool(say.TAKEN_BACK.search(text))


def step_from_last(text: str) -> int:
    """Return 1 for "the one after that", −1 for "the one before", 0 where no neighbour is meant."""
    match = say.AFTER_THAT.search(text)
    way = (match["way"] or match["way2"]).lower() if match else ""
    return 1 if way in ("after", "next") else -1 if way else 0


def asked_count(text: str, nouns: tuple[str, ...]) -> int | None:
    """Return how many items the message asks for ("five films", "top 3"), or None."""
    thing = _THING.format(nouns="|".join(map(re.escape, nouns)))
    words = "|".join(_NUMBERS)
    if say.ONE_PICK.search(text):
        return 1
    asks = r"\b(?:top|best|give me|gimme|get me|find me|show me|list|suggest|recommend)\s+"
    match: re.Match[str] | None = re.search(
        rf"{asks}(\d{{1,2}}|{words})\b(?!\s*(?:years?|hours?|minutes?|mins?|%))", text, re.I
    ) or re.search(
        rf"(?<!\ba )(?<!\ban )\b(\d{{1,2}}|{words})\s+(?:(?:(?!stars?\b)\w+\s+)?{thing}s?\b(?<!one)"
        rf"|(?:more|others?)\b)",
        text,
        re.I,
    )
    if not match:
        return None
    number = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1].lower()]
    return number if 2 <= number <= 50 else None
