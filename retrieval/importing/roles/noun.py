"""What one item of a catalogue is called, guessed from the catalogue's name: "spanish_wines_2024" → wine, wines."""

import re

_GENERIC = frozenset(
    """data items catalogs catalogues exports finals products records rows entries lists tables files details reviews
    ratings sets datasets samples results things tests news goods assets metadata stats statistics links tags users
    releases versions builds backups copies downloads values columns objects docs documents pages names ids series
    this has is was plus bonus status sales prices""".split()
)
_PLURAL_ONLY = {"clothes", "jeans", "glasses", "trousers", "scissors", "species", "christmas", "texas", "paris", "lens"}
_WHOLE = {"movies": "movie", "cookies": "cookie", "shoes": "shoe", "pies": "pie", "ties": "tie", "buses": "bus",
          "knives": "knife", "wolves": "wolf", "lives": "life", "selfies": "selfie", "smoothies": "smoothie",
          "hoodies": "hoodie", "brownies": "brownie", "calories": "calorie", "people": "person",
          "potatoes": "potato", "tomatoes": "tomato", "heroes": "hero"}  # fmt: skip


def guess_noun(name: str) -> list[str]:
    """Return [singular, plural] from the last word of a name that looks like a plural, or [] where none does.

    Words that fit any table ("items", "products", "data") tell nothing.
    """
    for word in reversed(re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())):
        if word in _GENERIC or word in _PLURAL_ONLY:
            continue
        if singular := _singular(word):
            return [singular, word]
    return []


def _singular(word: str) -> str:
    """Return the singular of an English plural, or "" of a word that looks like none."""
    if word in _WHOLE:
        return _WHOLE[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous", "ics")):
        return ""
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    return word[:-1]
