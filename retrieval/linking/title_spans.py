"""Titles in running text: which spans are meant as titles, and which items by each."""

import re

from retrieval.linking.context import Context
from retrieval.linking.message import Draft
from retrieval.linking.title_evidence import title_score
from retrieval.linking.titles import ARTICLES, Match, TitleIndex

_LONGEST = 14
_YEAR_AFTER = re.compile(r"[!?.…'\"”*]*\s*[\[(,]?\s*(1[89]\d\d|20\d\d)\s*[\])]?")
_PAREN_YEAR = re.compile(r"[!?.…'\"”*]*\s*[\[(]\s*(1[89]\d\d|20\d\d)\s*[\])]")
_AS_WRITTEN = 0.95
"""Exactness of a title that stands in the catalogue with these very words."""
_MOST = 10
"""Candidates kept of one title mention."""


def title_drafts(context: Context, index: TitleIndex) -> list[Draft]:
    """Return the spans that may be titles, scored by evidence; they may overlap each other and other readings."""
    words = context.message.words
    found: list[Draft] = []
    for first in range(len(words)):
        for last in range(min(len(words), first + _LONGEST), first, -1):
            matches = index.lookup(" ".join(words[first:last]))
            if matches and (draft := title_draft(context, index, first, last, matches)):
                found.append(draft)
    return found + _moved_articles(context, index) + _dated_prefixes(context, index, found)


def _moved_articles(context: Context, index: TitleIndex) -> list[Draft]:
    """Return titles typed as in a list, their article behind: "Matrix, The"."""
    found: list[Draft] = []
    tokens = context.message.tokens
    for at in range(1, len(tokens)):
        if tokens[at].text not in ARTICLES or tokens[at].gap.strip() != ",":
            continue
        if at + 1 < len(tokens) and not tokens[at + 1].gap.strip() and tokens[at + 1].text not in ("and", "or"):
            continue
        for first in range(max(0, at - _LONGEST), at):
            phrase = " ".join([tokens[at].text, *context.message.words[first:at]])
            matches = [m for m in index.lookup(phrase) if m[1] >= _AS_WRITTEN]
            if matches and (draft := title_draft(context, index, first, at + 1, matches, phrase=phrase)):
                found.append(draft)
    return found


def _dated_prefixes(context: Context, index: TitleIndex, found: list[Draft]) -> list[Draft]:
    """Return what stands before a "(1977)" that no title ends at, by its beginning: "Star Wars: Episode IV (1977)"."""
    ends = {draft.last for draft in found}
    extra: list[Draft] = []
    for match in _PAREN_YEAR.finditer(context.message.text):
        at, after = context.message.span_offsets(*match.span(1))
        if after in ends or after != at + 1:
            continue
        for first in range(max(0, at - _LONGEST), at):
            capital = context.message.tokens[first].capital and context.message.mixed_case
            if capital and (dated := _dated_prefix(context, index, first, at, int(match[1]))):
                extra.append(_draft(first, after, dated, 0.85, 0.5))
                break
    return extra


def _dated_prefix(context: Context, index: TitleIndex, first: int, at: int, year: int) -> list[Match]:
    for last in range(at, first, -1):
        phrase = context.message.phrase(first, last)
        if not index.is_plain_word(phrase) and (dated := index.with_year(index.lookup(phrase), year)):
            return dated
    return []


def title_draft(
    context: Context,
    index: TitleIndex,
    first: int,
    last: int,
    matches: list[Match],
    trust: float = 1.0,
    phrase: str = "",
) -> Draft | None:
    """Return the mention of these items at this span, or None where too little speaks for it."""
    year, in_parens, end = _year_after(context, last)
    dated = index.with_year(matches, year) if year else []
    phrase = phrase or context.message.phrase(first, last)
    if dated:
        score = 0.97 if in_parens else 0.9 if not index.is_plain_word(phrase) else 0.6
        every = dated + [m for m in matches if m not in dated]
        return _draft(first, end if in_parens else last, every, score * trust, 0.5 * in_parens)
    score = title_score(context, index, first, last, matches, phrase) * trust
    if year and in_parens:
        score *= 0.7
    if score < 0.3:
        return None
    return _draft(first, last, matches, score)


def _draft(first: int, last: int, matches: list[Match], score: float, bonus: float = 0.0) -> Draft:
    draft = Draft(first, last, "title", score, rank=score + bonus + 0.12 * (last - first) + 0.2 * (matches[0][1] - 1))
    draft.value = matches[:_MOST]
    return draft


def _year_after(context: Context, last: int) -> tuple[int | None, bool, int]:
    """Return the year that follows the span, whether in parentheses, and the token after it."""
    text, end = context.message.text, context.message.tokens[last - 1].end
    match = _PAREN_YEAR.match(text, end) or _YEAR_AFTER.match(text, end)
    if not match or last >= len(context.message.tokens) or match.start(1) != context.message.tokens[last].start:
        return None, False, last
    return int(match[1]), bool(_PAREN_YEAR.match(text, end)), last + 1
