"""A title somebody wrote from memory → the one item it names: as written, normalised, or nearly so; never a guess."""

import re
from typing import Literal, NamedTuple

from retrieval.linking.message import words_of
from retrieval.linking.title_forms import bare_title, variants
from retrieval.linking.titles import Match, TitleIndex

_MARKS = re.compile(r"^\s*(?:[-*•]+|\d{1,2}[.):])\s+|[*_\"“”]+")
_YEAR = re.compile(r"[\s,]*[(\[](\d{4})[)\]]\s*$")
_CHARS = 300
_SAME = 0.9
"""Matches this exact bear the title itself; less exact ones are of its series, or a part of it."""
_CLEARLY = 0.15
"""So much better known than its namesakes is the one meant where no year is given."""
_SPELT = 0.92
"""Likeness from which a title is a misspelling where its year fits."""
_SPELT_UNDATED = 0.95
_AHEAD = 0.02
_LETTERS = 6
"""Shorter titles have too many neighbours to be misspelt."""


class Grounded(NamedTuple):
    """Which item a title names, or why none."""

    row: int | None
    how: Literal["exact", "spelt", "ambiguous", "absent"]


_ABSENT, _AMBIGUOUS = Grounded(None, "absent"), Grounded(None, "ambiguous")


def ground(typed: str, index: TitleIndex) -> Grounded:
    """Return the item a title names, with or without its year in brackets.

    A year that is off by more than one speaks against an item; of namesakes without a year only a far better known one
    is taken. Unlike InteRecAgent's nearest neighbour, or BIGRec's (Bao et al., 2023), a title may name nothing here.
    """
    text = _MARKS.sub("", typed[:_CHARS]).strip()
    dated = _YEAR.search(text)
    year = int(dated[1]) if dated else None
    key = " ".join(words_of(bare_title(text[: dated.start()] if dated else text)))
    if not key:
        return _ABSENT
    matches = index.lookup(key)
    if not matches:
        matches = next((found for form in sorted(variants(key)) if (found := index.lookup(form))), [])
    return _of_year(matches, year, index) if matches else _misspelt(key, year, index)


def _of_year(matches: list[Match], year: int | None, index: TitleIndex) -> Grounded:
    same = [match for match in matches if match[1] >= _SAME] or matches
    if year is None:
        return _best_known(same, index)
    if near := index.with_year(same, year) or index.with_year(matches, year):
        first = [match for match in near if index.year(match[0]) == index.year(near[0][0])]
        return _best_known(first, index)
    undated = [match for match in same if index.year(match[0]) < 0]
    return _best_known(undated, index) if undated else _ABSENT


def _best_known(matches: list[Match], index: TitleIndex) -> Grounded:
    by_fame = sorted((row for row, _ in matches), key=lambda row: -index.fame(row))
    clear = len(by_fame) == 1 or index.fame(by_fame[0]) - index.fame(by_fame[1]) >= _CLEARLY
    return Grounded(by_fame[0], "exact") if clear else _AMBIGUOUS


def _misspelt(key: str, year: int | None, index: TitleIndex) -> Grounded:
    if len(key) < _LETTERS:
        return _ABSENT
    numbers = _numbers(key)
    least = _SPELT_UNDATED if year is None else _SPELT
    found = [match for match in index.misspelt(key, 100 * least) if _numbers(index.plain(match[0])) == numbers]
    if year is not None:
        found = [match for match in found if index.year(match[0]) < 0 or abs(index.year(match[0]) - year) <= 1]
    if not found:
        return _ABSENT
    if len(found) > 1 and found[0][1] - found[1][1] < _AHEAD:
        return _AMBIGUOUS
    return Grounded(found[0][0], "spelt")


def _numbers(key: str) -> list[str]:
    """A sequel is no misspelling of its original."""
    return [word for word in key.split() if word.isdigit() or word in ("ii", "iii", "iv", "v", "vi", "vii", "viii")]
