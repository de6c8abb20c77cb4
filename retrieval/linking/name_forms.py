"""Other ways to write a name: initials joined, "Junior" left out or in full, middle initials dropped."""

from retrieval.linking.message import words_of

_LEAST_INITIALS = 3
_DIGITS = "zero one two three four five six seven eight nine".split()


def other_forms(name: str, words: list[str]) -> set[str]:
    """Return the folded forms a name may also be typed in; `words` are its folded words."""
    if len(words) == 2 and len(words[0]) > 1 and "'" not in name and "’" not in name:
        return set()
    forms = {" ".join("".join(words_of(part)) for part in name.replace("-", " ").split()), _joined_initials(words)}
    if len(words) > 2 and words[-1] in ("jr", "sr"):
        long = "junior" if words[-1] == "jr" else "senior"
        forms |= {" ".join(words[:-1]), " ".join([*words[:-1], long])}
    middle = [w for i, w in enumerate(words) if i in (0, len(words) - 1) or len(w) > 1]
    if len(middle) > 1:
        forms.add(" ".join(middle))
    return forms - {" ".join(words), ""}


def _joined_initials(words: list[str]) -> str:
    """Turn "j k simmons" into "jk simmons"."""
    n = next((i for i, word in enumerate(words) if len(word) > 1), len(words))
    return " ".join(["".join(words[:n]), *words[n:]]) if n > 1 else " ".join(words)


def initials(key: str) -> str:
    """Return the initials of a value of three words or more, "" of others; a number stays one: "four …" → "4…"."""
    words = key.split()
    if len(words) < _LEAST_INITIALS or not all(word.isalpha() for word in words):
        return ""
    return "".join(str(_DIGITS.index(word)) if word in _DIGITS else word[0] for word in words)
