"""One way to fold and one way to tokenise text, shared by filters, linking and BM25."""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower-case, without accents, punctuation as single spaces: "Amélie (2001)" → "amelie 2001"."""
    return " ".join(tokens(text))


def tokens(text: str) -> list[str]:
    """Split folded text into words; letters and digits of every script, in order."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    return _WORD.findall(text.replace("'", "").lower() if "'" in text else text.lower())
