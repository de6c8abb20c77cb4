"""Slips in the few words that say what a message is for: "somthing else", "anohter one"."""

import re

_WORDS = (
    "something", "anything", "nothing", "another", "different", "similar", "recommend", "suggestion", "compare",
    "instead", "without", "everything",
    "already", "watched", "shorter", "shortest", "longest", "cheaper", "cheapest", "newest", "oldest",
)  # fmt: skip
_TOKEN = re.compile(r"[A-Za-z]{6,}")


def respelt(text: str) -> str:
    """Return the text with words one slip away from such a word put right; everything else stays as it is."""
    return _TOKEN.sub(lambda match: _meant(match[0]), text)


def _meant(word: str) -> str:
    low = word.lower()
    if low in _WORDS or low.removesuffix("s") in _WORDS or low.removesuffix("d") in _WORDS:
        return word
    return next((meant for meant in _WORDS if low[0] == meant[0] and _one_slip(low, meant)), word)


def _one_slip(said: str, meant: str) -> bool:
    """Whether one letter is missing, too many or wrong, or two neighbours changed places."""
    first = next((i for i, (a, b) in enumerate(zip(said, meant, strict=False)) if a != b), min(len(said), len(meant)))
    a, b = said[first:], meant[first:]
    return a == b[1:] or a[1:] == b or a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
