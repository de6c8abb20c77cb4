"""Cutting a growing text into finished sentences."""

import re

_END = re.compile(r"[.!?…]+[\"”’')\]*_]*\s+|\n+")
_SHORT_FORMS = frozenset("mr mrs ms dr st vs inc jr sr no vol co etc prof lt col gen approx min".split())


class Sentences:
    """Takes pieces of a text and gives back each sentence once it is finished, with the space after it."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str) -> list[str]:
        """Add a piece; return the sentences it finished."""
        self._held += piece
        found: list[str] = []
        start = 0
        for match in _END.finditer(self._held):
            # An end at the very end of what has come so far may go on ("3.", then "5").
            if match.end() == len(self._held) and not match[0].endswith("\n"):
                break
            if not _short_form(self._held[start : match.start() + 1]):
                found.append(self._held[start : match.end()])
                start = match.end()
        self._held = self._held[start:]
        return [sentence for sentence in found if sentence.strip()]

    def rest(self) -> str:
        """Return the unfinished end of the text."""
        return self._held


def _short_form(text: str) -> bool:
    """Whether the full stop belongs to a short form, an initial or a list number: "Dr.", "J.", "1."."""
    last = re.search(r"([^\W_]+)\.$", text)
    if last is None:
        return False
    word = last[1].lower()
    return word in _SHORT_FORMS or len(word) == 1 or (word.isdigit() and len(text) < 6)
