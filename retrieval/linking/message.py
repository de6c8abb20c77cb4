"""A message as folded tokens that remember where they stood, and as one string that patterns can run over."""

import dataclasses
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.items import Op

MAX_CHARS = 8_000
"""Text beyond this is not linked: it bounds the worst message (thousands of years in parentheses) to about a second."""

_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(
    r'"([^"\n]{1,90})"|“([^”\n]{1,90})”|«([^»\n]{1,90})»|(?<!\w)[\'‘]([^\'’\n]{2,90}(?:\'s [^\'’\n]{2,60})?)[\'’](?!\w)'
)
_MARK = re.compile(r"[^\w\s.'’`&-]")
_STRONG = re.compile(r"[!?;:\n]|\.(?:\s|$)| [-–—] ")


@dataclass(frozen=True, slots=True)
class Token:
    """One folded word; `start` and `end` are offsets in the message as given."""

    text: str
    start: int
    end: int
    capital: bool
    gap: str
    """What stood between this word and the one before."""


@dataclass
class Draft:
    """A mention in the making; `first` and `last` are token numbers, `last` exclusive."""

    first: int
    last: int
    kind: str
    score: float
    field: str = ""
    op: Op | None = None
    value: object = None
    also: list[tuple[str, object]] = dataclasses.field(default_factory=list)
    """Further (field, value) pairs the same words stand for: "rom-com"."""
    item_ids: list[str] = dataclasses.field(default_factory=list)
    other_fields: list[str] = dataclasses.field(default_factory=list)
    negated: bool = False
    cue: str = ""
    refusal: float = 0.0
    """The score where the mention turns out to be refused or disliked, if higher."""
    rank: float = 0.0
    """Breaks ties between overlapping drafts; higher wins."""


class Message:
    """The tokens of one message.

    `joined` is the tokens with single spaces; apostrophes separate words ("don't" is "don t"), so that messages typed
    with and without them look alike. `plain` is the folded text with its punctuation.
    """

    def __init__(self, text: str) -> None:
        """Fold and tokenise the first MAX_CHARS characters of `text`."""
        self.text = text[:MAX_CHARS]
        self.plain, self.offsets = _fold_in_place(self.text)
        self.tokens = list(self._tokenise())
        self.words = [token.text for token in self.tokens]
        self.joined = " ".join(self.words)
        self._char_starts = [token.start for token in self.tokens]
        self._joined_starts = self._starts()
        self.breaks = self._sentence_breaks()
        capitals = sum(token.capital for token in self.tokens)
        letters = sum(token.text[0].isalpha() for token in self.tokens)
        plain = any(not token.capital and token.text.isalpha() and len(token.text) > 3 for token in self.tokens)
        self.mixed_case = 0 < capitals <= 0.6 * letters or (capitals > 0 and plain)
        """Whether capitals tell names from other words here."""
        self.quotes = [self._span(*match.span(match.lastindex or 0)) for match in _QUOTED.finditer(self.text)]

    def _tokenise(self) -> Iterator[Token]:
        before = 0
        for match in _WORD.finditer(self.plain):
            start, end = self.offsets[match.start()], self.offsets[match.end() - 1] + 1
            yield Token(match.group(), start, end, self.text[start].isupper(), self.text[before:start])
            before = end

    def _starts(self) -> list[int]:
        starts, at = [], 0
        for word in self.words:
            starts.append(at)
            at += len(word) + 1
        return starts

    def _sentence_breaks(self) -> list[int]:
        """Number the sentences: one entry a token."""
        sentence, numbers = 0, []
        for i, token in enumerate(self.tokens):
            if i and _STRONG.search(token.gap) and not self._initial(i - 1, token.gap):
                sentence += 1
            numbers.append(sentence)
        return numbers

    def _initial(self, i: int, gap: str) -> bool:
        return gap.startswith(".") and (
            len(self.words[i]) == 1 or self.words[i] in ("mr", "mrs", "dr", "st", "jr", "vs")
        )

    def _span(self, start: int, end: int) -> tuple[int, int]:
        """Tokens that lie within these offsets of the message."""
        first = bisect_right(self._char_starts, start - 1)
        last = bisect_right(self._char_starts, end - 1)
        return first, last

    def span_offsets(self, start: int, end: int) -> tuple[int, int]:
        """Tokens within these offsets of the message."""
        return self._span(start, end)

    def span_plain(self, start: int, end: int) -> tuple[int, int]:
        """Tokens within these positions of `plain`."""
        return self._span(self.offsets[start], self.offsets[end - 1] + 1)

    def span_joined(self, start: int, end: int) -> tuple[int, int]:
        """Tokens within these positions of `joined`."""
        return bisect_right(self._joined_starts, start) - 1, bisect_right(self._joined_starts, end - 1)

    def phrase(self, first: int, last: int) -> str:
        """Return the folded words of a span."""
        return " ".join(self.words[first:last])

    def unbroken(self, first: int, last: int) -> bool:
        """Whether a span can be one name: no mark between its words, and it starts with no end of a contraction."""
        start = self.tokens[first]
        if len(start.text) == 1 and start.gap in ("'", "’"):
            return False
        if not self.same_sentence(first, last - 1):
            return False
        inner = self.tokens[first + 1 : last]
        return all(not _MARK.search(t.gap) or (t.gap.strip() == "," and t.text in ("jr", "sr")) for t in inner)

    def same_sentence(self, i: int, j: int) -> bool:
        """Whether two tokens stand in one sentence."""
        return self.breaks[i] == self.breaks[j]

    def starts_sentence(self, i: int) -> bool:
        """Whether token i is the first of its sentence."""
        return i == 0 or self.breaks[i] != self.breaks[i - 1]


def words_of(text: str) -> list[str]:
    """Split like a message does: apostrophes separate words."""
    return _WORD.findall(text.lower() if text.isascii() else _fold_in_place(text)[0])


def _fold_in_place(text: str) -> tuple[str, list[int]]:
    """Fold letter by letter and keep, for each letter, where it came from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    letters: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(text):
        folded = char.lower() if char.isascii() else _fold_char(char)
        letters.append(folded)
        offsets.extend([i] * len(folded))
    return "".join(letters), offsets


def _fold_char(char: str) -> str:
    decomposed = unicodedata.normalize("NFKD", char)
    kept = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", kept).lower()
