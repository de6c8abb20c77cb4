"""Nouns after and phrases before a span that say whether it speaks of an item, of its source, or of its series."""

from functools import cache

from retrieval.linking.context import Context
from retrieval.linking.lexicon import lexicon

_ARTICLES = {"a", "an", "the", "his", "her", "their", "another"}
_PRAISE = 3
"""How many words may stand between "of a" and the value of a series: "of a popular young fantasy trilogy"."""
_ORIGINALS = {"original", "classic", "old", "early", "famous", "hit", "popular"}


def means_other(context: Context, i: int) -> bool:
    """Whether the word at i is a noun for something else: "a novel", but no verb ("this one shows the …")."""
    word, after = context.word(i), context.word(i + 1)
    if word not in context.grammar.other_nouns:
        return False
    if word in _words("verbs") and (after in _words("objects") or after.isdigit()):
        return False
    return not tells_story(context, i)


def tells_story(context: Context, i: int) -> bool:
    """Whether the word at i stands for the item by what it tells: "a love story about …", "this tale of …"."""
    return context.word(i) in _words("stories") and context.word(i + 1) in _words("story_goes_on")


def from_source(context: Context, first: int) -> bool:
    """Whether a span says what an item was made from: "based on the 1969 film", "a remake of the 1941 classic"."""
    at = first
    while at > 0 and first - at < 2 and context.word(at - 1) in _ORIGINALS:
        at -= 1
    if context.word(at - 1) in _ARTICLES:
        at -= 1
    return any(context.message.phrase(max(0, at - n), at) in _words("made_from") for n in (1, 2, 3))


def of_series(context: Context, first: int, last: int) -> bool:
    """Whether a value belongs to the series that the item is a part of: "the second book in a fantasy trilogy"."""
    at = last + (context.word(last) in context.grammar.nouns)
    if context.word(at) not in _words("series"):
        return False
    for i in range(first - 1, max(-1, first - _PRAISE - 2), -1):
        if context.word(i) in ("of", "in", "to"):
            before = context.word(i - 1)
            return before in context.grammar.nouns or before in _words("parts")
    return False


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(lexicon()["belonging"][name])
