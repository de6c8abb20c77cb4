"""A second opinion on replies that were shown: what they say of items, against the rows, by the linker and the numbers.

It shares no code with the check that lets sentences through, so that this one does not grade itself.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from agents.turn import Turn
from retrieval.bundle import Bundle
from retrieval.items import Item, Role
from retrieval.linking import Mention
from retrieval.text import fold

_SENTENCE = re.compile(r"(?<=[.!?…])[\"”’)*]*\s+(?=[\"“‘*(]*[A-Z0-9\ue000-\uf8ff])|\n+")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_DECADE = re.compile(r"\b((?:18|19|20)\d0)s\b")
_HOURS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:h|hours?|hrs?)\b(?:\s*(?:and\s*)?(\d+)\s*(?:m|min|minutes?)\b)?", re.I)
_SCALED = re.compile(r"(\d+(?:\.\d+)?)\s*(million|billion|thousand|[mk]\b)", re.I)
_SCALES = {"million": 1e6, "m": 1e6, "billion": 1e9, "thousand": 1e3, "k": 1e3}
_MARKS = "*_“”\"‘’'"
_SURE = 0.8
_PRIVATE = 0xE000
"""The first of the characters that mean nothing by themselves."""
_SHORT_TITLE = 6
_STEM = 4
_SMALL = 12
"""Numbers up to this one may count items or give their place."""


def sentences(reply: str) -> list[str]:
    """Return the sentences and lines of a reply."""
    return [one for one in _SENTENCE.split(reply) if one.strip()]


@dataclass(frozen=True)
class Finding:
    """What a reply should not have said."""

    kind: str
    """"title" for an item that is not shown; "number", "person" or "facet" for what no row says."""
    words: str
    sentence: str


class Recheck:
    """Checks the reply of one finished turn."""

    def __init__(self, turn: Turn, bundle: Bundle) -> None:
        catalog = bundle.catalog
        self._turn, self._bundle = turn, bundle
        self._items: list[Item] = catalog.items(catalog.rows_of(item.item_id for item in turn.slate))
        said = [turn.text, *(text for past in turn.thread.past for text in (past.user, past.reply))]
        limits = turn.reading.ledger.limits if turn.reading else []
        self._said = " ".join([*said, *(f"{limit.words} {_plain(limit.filter.value)}" for limit in limits)])
        self._said += " " + " ".join(_plain(given.value) for item in turn.slate for given in item.breaks)
        named = [item_id for m in bundle.linker.link(self._said) if m.kind == "title" for item_id in m.item_ids[:1]]
        pointed = [*turn.reading.named, *turn.reading.understanding.anchors] if turn.reading else []
        tastes = turn.reading.ledger.items("like", "dislike", "seen") if turn.reading else []
        known = [*turn.thread.named, *turn.thread.shown, *pointed, *tastes, *named]
        self._known = [catalog.titles[row] for row in catalog.rows_of(dict.fromkeys(known))]

    def findings(self) -> list[Finding]:
        """Return everything that is in no row it can be about, nor the user's own."""
        about: Sequence[Item] = self._items
        found: list[Finding] = []
        reply, titles = self._marked()
        for marked in dict.fromkeys(_SENTENCE.split(reply)):  # said again, it says no more
            named = [self._items[place] for sign, (_, places) in titles.items() if sign in marked for place in places]
            about = named or about
            bare = "".join("§" if sign in titles else sign for sign in marked)
            sentence = "".join(titles[sign][0] if sign in titles else sign for sign in marked).strip()
            found += (Finding(kind, words, sentence) for kind, words in self._wrong(bare, about))
        return found

    def _marked(self) -> tuple[str, dict[str, tuple[str, list[int]]]]:
        """Return the reply with one sign for each title that may be named, and what each sign stands for.

        That is the title and its places on the slate: none for one that is not on it, several for namesakes. A title
        may hold a full stop.
        """
        places: dict[str, list[int]] = {}
        for place, item in enumerate(self._items):
            places.setdefault(item.title, []).append(place)
        reply, titles = self._turn.reply, dict[str, tuple[str, list[int]]]()
        for title in sorted({*places, *self._known}, key=len, reverse=True):
            sign = chr(_PRIVATE + len(titles))
            flags = re.I if len(title) > _SHORT_TITLE else 0
            marked = re.sub(rf"(?<!\w){re.escape(title)}(?!\w)", sign, reply, flags=flags)
            if marked != reply:
                reply, titles[sign] = marked, (title, places.get(title, []))
        return reply, titles

    def _wrong(self, bare: str, about: Sequence[Item]) -> Iterator[tuple[str, str]]:
        for mention in self._bundle.linker.link(bare):
            if mention.kind == "title" and _is_meant(mention, bare) and not self._says(mention, about):
                yield "title", mention.text
            elif mention.kind == "value" and _is_sure(mention) and not self._says(mention, about):
                person = self._bundle.catalog.fields[mention.field].role is Role.PERSON
                if not person or mention.text[:1].isupper():
                    yield "person" if person else "facet", mention.text
        yield from (("number", said) for said in self._wrong_numbers(bare, about))

    def _says(self, mention: Mention, about: Sequence[Item]) -> bool:
        """Whether a row it can be about has the value, in a field or in its words, or the user said it."""
        wanted = {fold(str(mention.value)), fold(mention.text)}
        return any(f" {word} " in f" {fold(text)} " for text in self._texts(about) for word in wanted if word)

    def _wrong_numbers(self, bare: str, about: Sequence[Item]) -> Iterator[str]:
        true = {float(n.replace(",", "")) for text in self._texts(about) for n in _NUMBER.findall(text)}
        true |= {float(self._turn.n_pool), *(float(v) for v in _numbers(about))}
        for match in _DECADE.finditer(bare):
            if not any(int(match[1]) <= value < int(match[1]) + 10 for value in true):
                yield match[0]
        rest = _DECADE.sub(" ", bare)
        for match in _HOURS.finditer(rest):
            minutes = float(match[1]) * 60 + float(match[2] or 0)
            if not any(abs(minutes - value) <= 6 for value in true):
                yield match[0]
        rest = _HOURS.sub(" ", rest)
        for match in _SCALED.finditer(rest):
            scaled = float(match[1]) * _SCALES[match[2].lower()]
            if not any(abs(scaled - value) <= 0.06 * scaled for value in true):
                yield match[0]
        for match in _NUMBER.finditer(_SCALED.sub(" ", rest)):
            value = float(match[0].replace(",", ""))
            counts = value <= max(len(self._items), _SMALL) and value == int(value)
            if not counts and not any(abs(value - one) < 0.051 or value == round(one) for one in true):
                yield match[0]

    def _texts(self, about: Sequence[Item]) -> Iterator[str]:
        yield self._said
        yield from self._turn.notices
        for item in about:
            yield from (_plain(value) for value in item.values.values())
        ids = {item.item_id for item in about}
        for shown in self._turn.slate:
            yield from (reason.text for reason in shown.reasons if shown.item_id in ids)


def _numbers(about: Iterable[Item]) -> Iterator[float]:
    for item in about:
        yield from (value for value in item.values.values() if isinstance(value, int | float))


def _is_sure(mention: Mention) -> bool:
    """Whether words stand for a value and are not merely spelt like one: "fits" is no Fiat."""
    said, value = fold(mention.text), fold(str(mention.value))
    spelt_so = said in value or value in said or said[:_STEM] == value[:_STEM]
    return mention.score >= _SURE and (spelt_so or mention.text[:1].isupper())


def _is_meant(mention: Mention, text: str) -> bool:
    """Whether words that happen to be a title are put as one: marked, with a year, or several capitalised words."""
    before, after = text[: mention.start].rstrip(), text[mention.end :].lstrip()
    if (before and before[-1] in _MARKS) or (after and after[0] in _MARKS) or re.match(r"\(\d{4}\)", after):
        return True
    words = [word for word in re.findall(r"[^\W\d_]+", mention.text) if len(word) > 3]
    starts = not before or before[-1] in ".!?:§"
    capital = [word for i, word in enumerate(words) if word[0].isupper() and not (starts and i == 0)]
    return len(capital) >= 2 or (len(capital) == 1 and len(words) == 1 and not starts)


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
