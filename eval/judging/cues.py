"""Words by which people and systems give away how a dialogue goes: requests, thanks, complaints, stock phrases.

English, as the labelled dialogues are; in another language only what needs no words is seen.
"""

import re
from collections.abc import Iterable

from retrieval.text import tokens

_I = re.IGNORECASE
PRAISE = re.compile(
    r"\b(thank(?:s| you| u)|thx|ty|great|perfect|awesome|sounds? (?:good|great|interesting|fun|perfect|amazing)|"
    r"love (?:it|that|this|those|them)|i(?:'ll| will| am going to|'m going to) (?:watch|check|try|give|"
    r"see|go|look|read|"
    r"buy|add|take|get)|excellent|cool|wonderful|good (?:choice|one|idea|list|suggestion|recommendation)s?|amazing|"
    r"helpful|appreciate|lovely|fantastic|looks? (?:good|great|interesting)|way better|exactly|wow|nice|sweet)\b",
    _I,
)
COMPLAINT = re.compile(
    r"\b(not what i|that'?s not|it'?s not|is not (?:a|an|the)|isn'?t (?:a|an|the)|are not|aren'?t|wrong|useless|stupid|"
    r"dumb|terrible|awful|bad|nonsense|(?:make|makes|making) (?:no|any) sense|doesn'?t make|confus\w+|repeat\w*|"
    r"keep (?:say|tell|giv|recommend|suggest|show)ing|the same|same (?:list|thing|answer|\w+) again|"
    r"again|already (?:said|told|asked|gave|recommended|mentioned|suggested)|i (?:said|asked|told|meant|wanted)|"
    r"(?:didn'?t|did not|don'?t|do not|doesn'?t|does not|never|haven'?t|not) (?:answer|ask|help|understand|work|listen|"
    r"get|helping|answering|listening|answered|helped)\w*|are you (?:ok|there|broken|kidding|sure|even|"
    r"real|stupid|a bot)|"
    r"wtf|weird|irrelevant|random|ridiculous|annoying|frustrat\w+|answer (?:me|my|the)|not (?:really )?(?:helpful|"
    r"related|relevant|good|true|correct|right)|what do you mean|what are you|you (?:just|only|are not|aren'?t|didn'?t|"
    r"did not|don'?t|keep|already)|idiot|omg|hello\?|seriously|come on|never ?mind|forget it|disappoint\w+|gibberish)\b"
    r"|\?\?+|!\?|\?!|^\W*(?:what|huh|eh|um+|sorry)\W*$",
    _I,
)
REFUSAL = re.compile(
    r"^\W*no\b|\b(nope|nah|not interested|don'?t (?:like|want|care|watch|enjoy)|do not (?:like|want)|"
    r"didn'?t (?:like|care)|"
    r"hate|dislike|boring|never heard|(?:already|have|'ve) (?:seen|watched|read|heard|played)|seen (?:it|"
    r"that|them|all|those)|"
    r"not (?:a fan|into|my|for me)|something (?:else|different|other)|anything else|too (?:old|long|scary|"
    r"violent|slow|sad))\b",
    _I,
)
WANTS = re.compile(
    r"\b(recommend\w*|suggest\w*|looking for|look for|want|need|list|another|more|other|else|different|similar|like to|"
    r"give me|show me|find me|find|any (?:good|other|more)|prefer|in the mood|what (?:should|can|could) i|best|top \d+|"
    r"options?|alternatives?|how about|what about)\b",
    _I,
)
ABOUT = re.compile(
    r"\b(why|explain|describe|description|details?|tell me (?:more|about|what|why)|more about|what(?:'s|"
    r" is| are| was|s) "
    r"(?:it|that|this|they|the|he|she|those|these)\b.{0,30}(?:about|plot|story|rating|length|genre|reason|name)|"
    r"what (?:is|are|was) \w+|who|when|where|how (?:long|old|is|was|many|much|does|did|do)|which|plot|story|synopsis|"
    r"summary|stars? in|directed|(?:is|are|was|were|does|did|do|has|can) (?:it|that|this|they|he|she|the|these|those|"
    r"you)\b.{2,}\?|your (?:opinion|favou?rite)|what do you think|about\?)\b",
    _I,
)
FAREWELL = re.compile(r"\b(bye|good ?night|have a (?:good|great|nice|wonderful|lovely)|see (?:you|ya)|take care)\b", _I)
GREETING = re.compile(r"^\W*(?:hi|hello|hey|hlw|good (?:morning|evening|afternoon)|how are you|yo|hola)\b", _I)
CLOSING = re.compile(
    r"\b(hope (?:i|you|they|that|it)|you(?:'re| are) welcome|glad (?:i|to|you)|no problem|happy to (?:help|be)|"
    r"i(?:'ve| have) helped|anything else i can|enjoy (?:it|them|your|the|that))\b|" + FAREWELL.pattern,
    _I,
)
CHATTER = re.compile(
    r"\b(i(?:'ve| have)? (?:not|never|haven'?t)(?: \w+)? (?:seen|heard|watched|read|played)|i(?:'ve|"
    r" have) (?:seen|heard|"
    r"watched)|i (?:love|loved|like|liked|enjoyed|think|heard|agree|just watched|also|would love)|me too|it (?:is|was) "
    r"(?:a |very |really |so |pretty )*(?:good|great|funny|nice|amazing|interesting|one)|i'?m (?:good|"
    r"fine|great|not sure)|"
    r"can'?t wait|that(?:'s| is| was) (?:a |very )*(?:good|great|funny|nice|awesome)|never (?:heard|seen))\b",
    _I,
)
REASONS = re.compile(
    r"\b(because|since|about (?:a|an|the|how|two|three)|follows|tells?|story|directed|starring|stars|known for|"
    r"if you (?:like|enjoy|want|love)|set in|known|features|explores?|combines?|similar to|based on|centers?)\b",
    _I,
)
HOLE = re.compile(
    r"\b(?:recommend|seen|suggest|like|watch(?:ed)?|about|with|by|in|called|is|are|or|and|see|of|the)\s*[?.!,]*\s*$"
    r"|\S {2,}(?:is|was|and|or|are|with|by)\b|\b(?:seen|recommend|suggest|about|with|is|or)\s+[?.!,](?:\s|$)"
    r"|^\s*(?:is|are|was|or|and)\b|\(\s*\)|[\"“]\s*[\"”]",
    _I,
)
"""A reply with a gap where a name should stand: "How about  ?"."""
PLACEHOLDER = re.compile(
    r"__unk__|<unk>|\[unk\]|@\d{3,}|\bunk\b|\{\w*\}|<\w+>|\bN/?A\b|\bundefined\b|\bNone\b|\bnull\b"
)
STUTTER = re.compile(r"\b([^\W\d_]+)(?:[\s,]+\1\b)+", _I)
_LISTED = re.compile(r"(?:^|\n|\s{2})\s*(?:\d{1,2}\s*[:.)]?|[-*•])\s+(?P<name>[^\n]{2,160}?)(?=\s{2,}|\n|$)")
_QUOTED = re.compile(r"[\"“]([^\"”\n]{2,60})[\"”]")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_YEAR_IN_BRACKETS = re.compile(r"\((?:1[89]|20)\d\d\)")
_JOINING = frozenset("of the and in a to for on with from".split())
_MOST_WORDS = 9
_SAID = 3
"""Spaces in a sentence that nobody says twice by chance."""
_CAPITAL = r"[A-Z][\w'’-]+"
_NAMED = re.compile(
    rf"(?<![.!?:\n] )(?<!^)\b{_CAPITAL}(?: (?:(?:of|the|and|in|a|to|for|on) ){{0,2}}(?:{_CAPITAL}|\d+))+"
)
_AFTER = re.compile(r"\s*\(\d{4}\).*| [-–—:] .*")
_COMMON = frozenset(
    "a an the i you it is are was to of in on for and or but that this with me my your do does did have "
    "has had be been "
    "can could would will so as at by if no not any some what which who how why when there they them he "
    "she we us am im "
    "its one ones like please hi hello good great thanks thank yes okay ok just more than about from "
    "something anything "
    "else recommend recommendation recommendations suggest want looking watch see seen know also really very think "
    "items following".split()
)


def content(text: str) -> set[str]:
    """Return the words that say what a text is about, folded."""
    return set(tokens(text)) - _COMMON


def named_in(text: str) -> list[str]:
    """Return what a reply names as items, folded, each once: what is set off, otherwise names in capitals."""
    return set_off(text) or _folded(match.group() for match in _NAMED.finditer(text))


def set_off(text: str) -> list[str]:
    """Return the names in list lines, in quotes and before a year, folded, each once."""
    return _folded(
        [match.group("name") for match in _LISTED.finditer(text)]
        + _QUOTED.findall(text)
        + _dated(_LISTED.sub("\n", text))
    )


def marked(text: str) -> list[str]:
    """Return the names in bold, in quotes and before a year, folded, each once."""
    return _folded([*_BOLD.findall(text), *_QUOTED.findall(text), *_dated(text.replace("*", ""))])


def _folded(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(" ".join(tokens(_AFTER.sub("", raw))) for raw in names) if name]


def _dated(text: str) -> list[str]:
    """Return the names that stand before a year in brackets: words in capitals and what joins them."""
    found = []
    for match in _YEAR_IN_BRACKETS.finditer(text):
        name: list[str] = []
        for word in reversed(text[: match.start()].rpartition("\n")[2].split()[-_MOST_WORDS:]):
            if word[-1] in ".!?" or not (word[0].isupper() or word[0].isdigit() or word in _JOINING):
                break
            name.insert(0, word)
        while name and name[0] in _JOINING:
            name.pop(0)
        found.append(" ".join(name))
    return found


def overlap(one: str, other: str) -> float:
    """Return which share of the shorter text's content words both texts hold, 0–1."""
    a, b = content(one), content(other)
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def echoes(text: str) -> bool:
    """Return whether a sentence of some length is said twice in one text."""
    said = [" ".join(tokens(part)) for part in re.split(r"(?<=[.!?…])\s+|\n+", text)]
    long = [part for part in said if part.count(" ") >= _SAID]
    return len(set(long)) < len(long)


def sameness(one: str, other: str) -> float:
    """Return the Jaccard similarity of all words, 1 for two empty texts."""
    a, b = set(tokens(one)), set(tokens(other))
    return len(a & b) / len(a | b) if a | b else 1.0
