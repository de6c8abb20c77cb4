"""One way to fold and one way to tokenise text, shared by filters, linking and BM25."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_ACCENTED = re.compile(r"[^\x00-\x7f]+")
_SHORT = 4


def fold(text: str) -> str:
    """Lower-case, without accents, punctuation as single spaces: "Amélie (2001)" → "amelie 2001"."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    """Split folded text into words; letters and digits of every script, in order."""
    if not text.isascii():
        text = _ACCENTED.sub(_plain, text)
    return _WORD.findall(text.replace("'", "").lower() if "'" in text else text.lower())


def _plain(match: re.Match[str]) -> str:
    letters = match.group()
    return _plain_few(letters) if len(letters) <= _SHORT else _without_accents(letters)


def _without_accents(letters: str) -> str:
    decomposed = unicodedata.normalize("NFKD", letters)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


_plain_few = lru_cache(maxsize=20_000)(_without_accents)
