"""Who else is there: "my wife loves …", "she's not into …" tell of the speaker's company, not of a story."""

from collections.abc import Iterable
from functools import cache

from retrieval.linking.lexicon import Cue, lexicon
from retrieval.linking.message import Message

_TOLD = ("like", "dislike", "seen")
_REACH = 6
"""Words between who is spoken of and what they like."""
_OWNERS = {"my", "our"}
_OWNER_REACH = 4
_PRONOUNS = {"he", "she", "they"}
_JOINTS = {"and", "but", "because", "since", "so", "as", "cos", "though", "although"}


def told_by_company(message: Message, cues: Iterable[Cue]) -> dict[int, int]:
    """Return where a cue tells the taste of the company, by the first word of the cue: the word for who it is."""
    found = {}
    for cue in cues:
        if cue.name in _TOLD and (subject := _subject(message, cue.first)) is not None:
            found[cue.first] = subject
    return found


def _subject(message: Message, first: int) -> int | None:
    for i in range(first - 1, max(-1, first - _REACH), -1):
        if not message.same_sentence(i, first):
            return None
        if message.words[i] not in _words("between"):
            return i if _is_company(message, i) else None
    return None


def _is_company(message: Message, i: int) -> bool:
    word = message.words[i]
    before = message.words[i - 1] if i else ""
    if word in _PRONOUNS:
        opens = message.starts_sentence(i) or before in _JOINTS or "," in message.tokens[i].gap
        return opens or before in _words("kin")
    if word == "who":
        return _is_kin(message, i - 1)
    return _is_kin(message, i)


def _is_kin(message: Message, i: int) -> bool:
    words = message.words
    if i > 0 and words[i] in ("old", "olds"):  # "my 6 year old"
        return words[i - 1] in ("year", "years") and not _OWNERS.isdisjoint(words[max(0, i - _OWNER_REACH) : i])
    return i >= 0 and words[i] in _words("kin") and not _OWNERS.isdisjoint(words[max(0, i - _OWNER_REACH) : i])


def is_for_company(message: Message) -> bool:
    """Whether the message asks for something for somebody else: "for my dad", "for her"."""
    pairs = zip(message.words, message.words[1:], strict=False)
    return any(one == "for" and other in {"my", "our", "him", "her", "them"} for one, other in pairs)


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(lexicon()["company"][name])
