"""Items told as known in a list: "I already know A, B and C", "not A and B though, I've had those already".

A title there is taken as it is written, from one end of its place in the list to the other; what stands inside it, a
brand or a word of a category, is no wish.
"""

import re
from collections.abc import Sequence

from retrieval.bundle import Bundle
from retrieval.linking import Mention

_SURE = 0.95
_KNOWN = r"(?:know|knew|seen|watched|read|played|heard|tried|visited|owned?|had|have|got)"
_LEADS = re.compile(
    rf"\b(?:i|we)(?:'?ve|'?d| have| had)?(?: (?:already|both|all|also))*\s+{_KNOWN}(?: already)?:?\s+"
    rf"|\balready {_KNOWN}:?\s+|^\W*{_KNOWN}:?\s+"
    r"|\b(?:not|except|besides|apart from|other than|leave out|skip):?\s+",
    re.I,
)
_TOLD = re.compile(
    r"\b(?:already|(?:i|we)(?:'?ve|'?d| have| had| know)\b.{0,12}\b(?:those|these|them|that|it)\b"
    r"|leave (?:\w+ )?out)",
    re.I,
)
"""What says, before or after the list, that its items are known."""
_BETWEEN = re.compile(r"\s*(?:,\s*(?:and|or)\s+|,\s*|\s+and\s+|\s+or\s+|\s*&\s+|\s*;\s*)", re.I)
_LONGEST = 160
"""Letters of a title that is looked for."""
_MOST_NAMESAKES = 4
_MOST_MISSED = 2
_ENDS = re.compile(r"(?=\s*[,;.!?]|\s+(?:and|or|though|already|too|before|either)\b|\s*$)", re.I)


def told_as_known(text: str, mentions: Sequence[Mention], bundle: Bundle) -> list[Mention]:
    """Return the mentions with the titles of such lists as seen, in place of whatever was linked inside the lists."""
    found: list[Mention] = []
    spans: list[tuple[int, int]] = []
    for lead in _LEADS.finditer(text):
        start = lead.end()
        if any(start < end for _, end in spans):
            continue
        titles, end = _listed(text, start, bundle)
        known = [one for one in titles if one.item_ids]
        if known and (len(titles) > 1 or _is_new(known[0], mentions)) and _is_told(text, lead, end):
            found += titles
            spans.append((start, end))
    kept = [m for m in mentions if not any(m.start < end and start < m.end for start, end in spans)]
    return sorted([*kept, *found], key=lambda m: m.start)


def _is_new(title: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether a title standing alone was not linked as one yet; else the linker knows better what is said of it."""
    return not any(m.kind == "title" and m.start <= title.start and title.end <= m.end for m in mentions)


def _is_told(text: str, lead: re.Match[str], end: int) -> bool:
    start = max(text.rfind(mark, 0, lead.start()) for mark in ".!?\n") + 1
    return bool(
        _TOLD.search(text[start : lead.end()] + " … " + text[end : end + _LONGEST]) or "know" in lead[0].lower()
    )


def _listed(text: str, start: int, bundle: Bundle) -> tuple[list[Mention], int]:
    """Return the titles that stand in a row from here on, each the longest there is, and where the row ends.

    What is no title of the catalogue stands there without an item: its words are no wish either.
    """
    listed: list[Mention] = []
    end, n_missed = start, 0
    while n_missed < _MOST_MISSED:
        ends = [match.start() for match in _ENDS.finditer(text, start, start + _LONGEST)]
        found = next((one for at in reversed(ends) if (one := _titles(text, start, at, bundle))), [])
        end = found[0].end if found else min(ends, default=start)
        unheard = Mention(start=start, end=end, text=text[start:end], kind="title", score=_SURE, cue="seen")
        listed += found or [unheard]
        n_missed += not found
        between = _BETWEEN.match(text, end)
        if between is None:
            break
        start = between.end()
    return listed, end


def _titles(text: str, start: int, end: int, bundle: Bundle) -> list[Mention]:
    """Return what goes by the title written here, namesakes and all."""
    written = text[start:end]
    if not (written[:1].isdigit() or written[:1].isupper()):
        return []
    ids = bundle.linker.called(written)[:_MOST_NAMESAKES]
    one = Mention(start=start, end=end, text=written, kind="title", score=_SURE, cue="seen")
    return [one.model_copy(update={"item_ids": [item_id]}) for item_id in ids]
