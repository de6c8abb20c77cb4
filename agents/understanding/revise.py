"""Bounds that only say a number: "make that 28 at least" revises the bound set last."""

import re

from agents.state import Limit, Thread
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Op, Role
from retrieval.linking import Mention
from retrieval.linking.lexicon import lexicon

_NUMBER = r"\d[\d.,]*\d|\d"
_LEAD = (
    r"(?:(?:ok(?:ay)?|no|hmm|actually|and|but|then|well|sorry|maybe|or|rather|better|let's|lets|please"
    r"|can you),? )*"
)
_REVISES = re.compile(
    rf"^\W*{_LEAD}(?:(?:make|set|change|raise|lower|increase|decrease|bump|push|stretch|extend|move|put)"
    r" (?:that|it|this|the \w+(?: \w+)?)(?: up| down)?(?: to| at| be)?|say|up to|down to|i meant?)\s+"
    r"(?:more like |just )?",
    re.I,
)
_UPWARDS, _DOWNWARDS = ("at_least", "above", "or_more"), ("at_most", "below", "or_less")


def revised(text: str, mentions: list[Mention], thread: Thread, bundle: Bundle) -> list[Mention]:
    """Return the mentions with a bound for a number that speaks of no field, taken for the field bounded last."""
    last = _last_bound(thread, bundle.catalog)
    if last is None:
        return mentions
    leads = _REVISES.match(text)
    strays = [m for m in mentions if m.kind == "stray" and not m.value]
    spans = [(m.start, m.end) for m in strays]
    if leads and not spans:
        number = re.compile(rf"(?<![\w.])(?:{_NUMBER})").match(text, leads.end()) or _compared(text, leads.end())
        spans = [(leads.start(), number.end())] if number else []
    if leads:
        mentions = [_as_before(m, last) for m in mentions]
    taken = [m for m in mentions if m.kind in ("range", "title") and m.score >= 0.8]  # noqa: PLR2004
    for start, end in spans:
        if any(m.start < end and start < m.end for m in taken):
            continue
        bound = _bound(text, (start, end), last, bundle)
        if bound:
            kept = [m for m in mentions if not (m.start < bound.end and bound.start < m.end)]
            return sorted([*kept, bound], key=lambda m: m.start)
    return mentions


def _compared(text: str, at: int) -> re.Match[str] | None:
    """Match a comparison and its number: "at least 28"."""
    compare = lexicon()["compare"]
    words = sorted({w for n in (*_UPWARDS, *_DOWNWARDS) for w in compare[n]}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})\s+(?:{_NUMBER})", re.I).match(text, at)


def _last_bound(thread: Thread, catalog: Catalog) -> Limit | None:
    numbers = {field.name for field in catalog.with_role(Role.NUMBER, Role.DATE)}
    bounds = [x for x in thread.ledger.limits if x.filter.field in numbers and x.source == "words"]
    return max(bounds, key=lambda x: x.turn, default=None)


def _as_before(mention: Mention, last: Limit) -> Mention:
    """Read a bare "make it 1995" after "after 1990" as the bound it replaces."""
    if mention.kind != "range" or mention.field != last.filter.field or last.filter.op not in ("gte", "lte"):
        return mention
    if mention.op != "eq":
        return mention
    return mention.model_copy(update={"op": last.filter.op, "score": max(mention.score, 0.9)})


def _bound(text: str, span: tuple[int, int], last: Limit, bundle: Bundle) -> Mention | None:
    """Return the bound that these words set in the field of the last one, its unit taken over from there."""
    numbers = re.findall(_NUMBER, text[slice(*span)])
    field = bundle.catalog.fields[last.filter.field]
    if len(numbers) != 1:
        return None
    way = _way(text[span[0] :]) or ("gte" if last.filter.op == "gte" else "lte" if last.filter.op == "lte" else "")
    before = {"gte": "at least ", "lte": "at most ", "": ""}[way]
    unit = re.split(_NUMBER, last.words)[-1] if re.search(_NUMBER, last.words) else f" {field.unit or ''}"
    said = f"{before}{numbers[0]}{unit}"
    for phrase in (said, f"{field.label} {said}"):
        for found in bundle.linker.link(phrase):
            if found.kind == "range" and found.field == field.name:
                op: Op = found.op or "eq"
                return _mention(text, span, field.name, op, found.value)
    try:
        value = float(numbers[0].replace(",", ""))
    except ValueError:
        return None
    if field.role is not Role.NUMBER or not _possible(value, field.low, field.high):
        return None
    return _mention(text, span, field.name, way or "eq", int(value) if value.is_integer() else value)  # type: ignore[arg-type]


def _possible(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low * 0.5) and (high is None or value <= high * 1.5)


def _way(said: str) -> str:
    """Return whether a comparison in these words bounds from below or above."""
    compare = lexicon()["compare"]
    for op, names in (("gte", _UPWARDS), ("lte", _DOWNWARDS)):
        words = sorted({w for n in names for w in compare[n]}, key=len, reverse=True)
        if re.search(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", said, re.I):
            return op
    return ""


def _mention(text: str, span: tuple[int, int], field: str, op: Op, value: object) -> Mention:
    start, end = span
    return Mention(start=start, end=end, text=text[start:end], kind="range", score=0.9, field=field, op=op, value=value)
