"""Likeness with a difference: "like X but funny" asks for no other part of X's series, so those come later."""

from collections.abc import Sequence

from agents.ranking.ranker import Ranked
from retrieval.catalog import Catalog
from retrieval.linking.message import words_of
from retrieval.linking.title_forms import ARTICLES, bare_title

_LOOKED_AT = 40
_AHEAD = 3
"""Others that come before the first item of the series."""


def series_later(ranked: Sequence[Ranked], anchors: Sequence[str], catalog: Catalog) -> list[Ranked]:
    """Return the pool with the namesakes of these items behind the first few others."""
    names = [name for row in catalog.rows_of(anchors) if (name := _name(catalog.titles[row]))]
    top, rest = ranked[:_LOOKED_AT], ranked[_LOOKED_AT:]
    series = [one for one in top if _of_series(catalog.titles[one.row], names)]
    others = [one for one in top if one not in series]
    return [*others[:_AHEAD], *series, *others[_AHEAD:], *rest] if _early(top, series) else list(ranked)


def _early(top: Sequence[Ranked], series: Sequence[Ranked]) -> bool:
    return any(one in series for one in top[:_AHEAD])


def _name(title: str) -> list[str]:
    words = words_of(bare_title(title))
    return words[1:] if len(words) > 1 and words[0] in ARTICLES else words


def _of_series(title: str, names: Sequence[list[str]]) -> bool:
    """Whether the title holds one of these names whole."""
    words = _name(title)
    return any(words[i : i + len(name)] == name for name in names for i in range(len(words) - len(name) + 1))
