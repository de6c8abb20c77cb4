"""What a message wants done, and which shown items it points at, by patterns over plain English."""

import re

from agents.state import Intent

_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "a couple of": 2, "a few": 4, "a dozen": 12, "twenty": 20,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6, "7th": 7, "8th": 8, "9th": 9, "10th": 10,
}  # fmt: skip
_THING = r"(?:one|ones|option|pick|choice|suggestion|recommendation|result|title|item|{nouns})"

_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening)|thanks?|thank you|thx|cheers|bye|goodbye|"
    r"ok(?:ay)?|cool|great|nice|perfect|awesome|lol|yes|yep|sure|no problem|how are you)\b[\w\s,!.?']{0,40}$",
    re.I,
)
_RECAP = re.compile(
    r"\b(?:what|which)\b.{0,30}\b(?:did you|have you|you|you've)\b.{0,15}\b(?:show|shown|showed|suggest|suggested|"
    r"recommend|recommended|told|mentioned|given|list|listed)\b.{0,30}(?:before|so far|earlier|already|me|\?|$)"
    r"|\b(?:remind me|recap|show me again|previous (?:list|results|suggestions))\b|\bsay that again\b",
    re.I,
)
_HELP = re.compile(r"^\W*(?:help(?: me)?\W*$|what can you do|how does this work|(?:what|who) (?:is|are) (?:this|you)\W*$)", re.I)
_UNDO = re.compile(r"^\W*(?:undo|take that back|go back|revert)\b", re.I)
_COMPARE = re.compile(
    r"\bcompare\b|\bdifference between\b|\bversus\b|\bvs\b|\bwhich (?:one |of (?:these|them|those)(?: \w+)? )?"
    r"(?:is|are|was|has|came|comes)\b(?! (?:the|that|a)\b)",
    re.I,
)
_DETAILS = re.compile(
    r"\b(?:tell me (?:more )?about|more (?:info|information|details) (?:on|about)|details (?:of|on|about|for)|describe|"
    r"who (?:directed|made|wrote|stars?|starred|plays?|played|is in|was in|are in|created|published)|"
    r"how (?:long|old|much|many \w+) (?:is|was|does|are|has)|when (?:was|did|is)|what year|"
    r"what(?:'s| is| was) .{1,60} about\W*$|what genre|where (?:was|is) .{1,40} (?:made|set|from)|is (?:it|that|this) (?:any )?good)\b",
    re.I,
)
_MORE = re.compile(
    r"^\W*(?:(?:any(?:thing|body|one)? (?:else|other|more)|(?:some |show me |give me |any |got |have )*(?:more|others?|other ones|another"
    r"(?: one)?|different ones)|something (?:else|different)|next|what else|other (?:suggestions|options|ideas))\b)"
    r"|\b(?:anything else|something else|what else|show me more|any others?|more (?:options|suggestions|ideas|results)|"
    r"another (?:one|suggestion|recommendation))\b",
    re.I,
)
_SIMILAR = re.compile(r"\b(?:more like|similar to|something like|like (?:the|that|this|number|#)|in the style of)\b", re.I)
_FRESH = re.compile(
    r"\b(?:(?:i(?:'m| am)? )?(?:want|need|looking for|in the mood for|would like|fancy|feel like)|i'd (?:like|love)|show me|find me|"
    r"find|give me|recommend|suggest|search for|let's (?:try|watch|do))\b",
    re.I,
)
_ASKS = re.compile(
    _FRESH.pattern + r"|\b(?:any|something|anything|some|suggestions?|recommendations?|ideas?|prefer|interested in|seeking|hoping for|after a|"
    r"find(?:ing)?|what about|how about|name (?:the|a|of)|(?:what|which) (?:\w+ ){0,4}(?:is|was|are|has|stars?|did)|please|must|only|without|no more|not)\b",
    re.I,
)
_TELLS = re.compile(r"\b(?:was|were|did|had|saw|seen|watched|i(?:'m| am) from|is (?:great|good|awesome|amazing|iconic|funny))\b", re.I)
_INSTEAD = re.compile(r"\binstead\b|\brather\b|\bactually\b|\b(?:how|what) about\b|^\W*(?:no|nope|nah)\b|\bi meant\b|\bchange\b", re.I)
_PRONOUN = re.compile(r"\b(?:that|this) one\b|\blike (?:that|this)\b|\b(?:about|is|was|directed|in|of|to|like|made|wrote) it\b", re.I)
_SEEN = re.compile(r"\b(?:seen|watched|read|played|tried|own|heard|know|already)\b", re.I)
_LIKED = re.compile(r"\b(?:love[ds]?|liked?|enjoy(?:ed)?|great|good|nice|perfect)\b", re.I)
_DISLIKED = re.compile(r"\b(?:hated?|dislike[ds]?|didn'?t like|don'?t like|not|no|boring|awful|terrible|skip|remove)\b", re.I)


def is_formula(text: str) -> bool:
    """Whether the whole message is a turn of phrase ("anything else?", "thanks", "help"), not a name that sounds like one."""
    return any(pattern.search(text) for pattern in (_MORE, _RECAP, _HELP, _UNDO, _GREETING)) and len(text.split()) <= 8


def names_position(text: str) -> bool:
    """Whether the text is nothing but a number or ordinal, which after a slate points at a place in it."""
    return text.lower().strip("# ") in {*_ORDINALS, *_NUMBERS} or text.strip("# ").isdigit()


def is_undo(text: str) -> bool:
    """Whether the message takes the last change back."""
    return bool(_UNDO.search(text))


def is_comparison(text: str) -> bool:
    """Whether the message compares items ("which is longer?")."""
    return bool(_COMPARE.search(text))


def is_fresh_request(text: str) -> bool:
    """Whether the message states a whole new wish ("I want a …") rather than amending the last."""
    return bool(_FRESH.search(text))


def is_replacement(text: str) -> bool:
    """Whether the message swaps something for something else ("no, …", "… instead", "what about …")."""
    return bool(_INSTEAD.search(text))


def intent_of(text: str, *, points_at_items: bool, has_limits: bool, similar_cue: bool) -> Intent:
    """Decide the intent from the words and what they were linked to; "recommend" when nothing else fits."""
    if not text.strip() or _HELP.search(text):
        return "help"
    if _RECAP.search(text) and not has_limits:
        return "recap"
    if _COMPARE.search(text) and points_at_items:
        return "compare"
    if _DETAILS.search(text) and points_at_items and not similar_cue:
        return "details"
    if points_at_items and (similar_cue or _SIMILAR.search(text)):
        return "similar"
    if _MORE.search(text):
        return "more"
    if _GREETING.search(text) and not has_limits and not points_at_items:
        return "smalltalk"
    return "recommend"


def is_pronoun(text: str) -> bool:
    """Whether the message points at the item talked about last by a pronoun alone ("that one", "is it …")."""
    return bool(_PRONOUN.search(text))


def is_request(sentence: str) -> bool:
    """Whether a sentence asks for something, as opposed to telling about an item seen or a person admired."""
    return bool(_ASKS.search(sentence)) or (len(sentence.split()) <= 7 and not _TELLS.search(sentence))


def feedback_kind(text: str) -> str:
    """Return like, dislike or seen for a remark about shown items ("I've seen 1 and 3"), or ""."""
    if _SIMILAR.search(text) or _COMPARE.search(text) or _DETAILS.search(text):
        return ""
    if _SEEN.search(text):
        return "seen"
    if _DISLIKED.search(text):
        return "dislike"
    return "like" if _LIKED.search(text) else ""


def positions(text: str, n_shown: int, nouns: tuple[str, ...]) -> list[int]:
    """Return the 0-based positions in the last slate that the message points at, each once, in its order."""
    if not n_shown:
        return []
    low = text.lower()
    thing = _THING.format(nouns="|".join(map(re.escape, nouns)))
    found: list[tuple[int, int]] = []
    for match in re.finditer(rf"\b({'|'.join(_ORDINALS)})\b(?= (?:\w+ )?{thing}\b|\W*$|\W+(?:and|or|but|is|was|please)\b)", low):
        found.append((match.start(), _ORDINALS[match[1]]))
    for match in re.finditer(rf"\b(?:last|bottom) (?:{thing})\b", low):
        found.append((match.start(), n_shown))
    for match in re.finditer(r"(?:#|\bno\.? ?|\bnumbers? )(\d{1,2})\b(?:(?: and |, ?)(\d{1,2})\b)?", low):
        found += [(match.start(), int(number)) for number in match.groups() if number]
    if match := re.search(r"\b(?:the )?(?:first|top) (two|three|four|five)\b", low):
        found += [(match.start(), i + 1) for i in range(_NUMBERS[match[1]])]
    if len(low.split()) <= 9 and re.search(r"\b(?:compare|seen|watched|read|like|love|about|vs|versus|between|not|hate)\b", low):
        found += [(m.start(), int(m[0])) for m in re.finditer(r"(?<![\w.])\d{1,2}(?![\w.%]|s\b)", low)]
    if not found and is_pronoun(text):
        found.append((0, 1))
    wanted = [number - 1 for _, number in sorted(found) if 1 <= number <= n_shown]
    return list(dict.fromkeys(wanted))


def asked_count(text: str, nouns: tuple[str, ...]) -> int | None:
    """Return how many items the message asks for ("five films", "top 3"), or None."""
    thing = _THING.format(nouns="|".join(map(re.escape, nouns)))
    words = "|".join(_NUMBERS)
    match = re.search(rf"\b(?:(?:top|best|give me|show me|list|suggest|recommend)\s+)(\d{{1,2}}|{words})\b(?!\s*(?:years?|hours?|minutes?|mins?|%))", text, re.I)
    match = match or re.search(rf"\b(\d{{1,2}}|{words})\s+(?:\w+\s+)?{thing}s?\b(?<!one)", text, re.I)
    if not match:
        return None
    number = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1].lower()]
    return number if 2 <= number <= 50 else None
