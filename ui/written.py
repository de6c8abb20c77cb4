"""A turn as Markdown for clients that show nothing but text: the reply, then the list with its reasons.

Other programs render it, so nothing that comes from a catalogue or a model may act there: no tag, picture or link.
"""

import re
from collections.abc import Mapping, Sequence

from agents.events import Question, SlateItem
from retrieval.items import Field
from ui.cards import card

_ACTS = re.compile(r"([<\[\]`])")
_MARKS = re.compile(r"([\\<\[\]`*~|])|(?<!\w)(_)|(_)(?!\w)")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?i:(?<=\bwww)(?=\.))")
_JOINER = "\u2060"
"""Shows as nothing and splits an address, which clients that look for links find in spite of an escape."""
_LAST_WORD = re.compile(r"\s*\S*\s*$")
_TURNS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")


def quoted(text: str) -> str:
    """Return one line of Markdown that shows `text` as it is."""
    line = _SPACE.sub(" ", _TURNS.sub("", text)).strip()
    return _unlinked(_MARKS.sub(lambda found: "\\" + found.group(), line))


def prose(text: str) -> str:
    """Return a reply, or whole words of one: emphasis and lists stay; tags, pictures, links and code show as text."""
    return _unlinked(_ACTS.sub(r"\\\1", _TURNS.sub("", text)))


def _unlinked(text: str) -> str:
    return _ADDRESS.sub(_JOINER, text)


class Prose:
    """A reply that comes in pieces, given on in whole words, so that nothing split between two pieces acts."""

    def __init__(self) -> None:
        self._held = ""

    def take(self, piece: str) -> str:
        """Return what may be shown now."""
        text = self._held + piece
        last = _LAST_WORD.search(text)
        self._held = last.group() if last else ""
        return prose(text[: len(text) - len(self._held)])

    def rest(self) -> str:
        """Return what was held back; the reply is over."""
        text, self._held = self._held, ""
        return prose(text.rstrip())


def below(
    items: Sequence[SlateItem], fields: Mapping[str, Field], question: Question | None, notices: Sequence[str]
) -> str:
    """Return what stands under the reply: notices, the numbered list, the question with its choices; "" for none."""
    parts = [f"*{quoted(notice)}*" for notice in notices]
    parts.append("\n".join(_line(place, item, fields) for place, item in enumerate(items, start=1)))
    if question:
        choices = " / ".join(map(quoted, question.choices))
        parts.append(quoted(question.text) + (f" ({choices})" if choices else ""))
    return "".join(f"\n\n{part}" for part in parts if part)


def _line(place: int, item: SlateItem, fields: Mapping[str, Field]) -> str:
    shown = card(item, place, dict(fields))
    year = f" ({shown['year']})" if shown["year"] else ""
    facts = [quoted(fact) for fact in [*shown["facets"], *shown["facts"]]]
    line = f"{place}. **{quoted(shown['title'])}**{year}" + "".join(f" · {fact}" for fact in facts)
    reasons = "; ".join(quoted(reason["text"]) for reason in shown["reasons"])
    missed = "; ".join(quoted(miss) for miss in shown["missed"])
    return (
        line
        + (f"  \n   {reasons[:1].upper()}{reasons[1:]}" if reasons else "")
        + (f"  \n   *Nearest miss: {missed}*" if missed else "")
    )
