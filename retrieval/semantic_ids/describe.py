"""What IDs are worth, and what their codes stand for in words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.semantic_ids.ids import SemanticIds, buckets

_N_WORDS = 6
_N_EXAMPLES = 3
_LEAST_ITEMS = 2
"""Of a code's items that must share a term before it may speak for the code."""


@dataclass(frozen=True)
class LevelUse:
    """How one level's codes are used."""

    n_codes: int
    n_used: int
    perplexity: float
    """How many codes, used evenly, would tell as much: 1 where all items share one, `n_codes` at best."""


@dataclass(frozen=True)
class IdReport:
    """How well IDs tell items apart before their last level does."""

    n_items: int
    levels: tuple[LevelUse, ...]
    """Of all levels but the last."""
    n_distinct: int
    """Tuples without the last level."""
    colliding: float
    """Share of items that share their tuple with another, 0–1."""
    largest: int
    """Items under the fullest tuple."""


@dataclass(frozen=True)
class CodeMeaning:
    """One first code, or one pair of first codes, in words."""

    prefix: tuple[int, ...]
    n_items: int
    terms: tuple[str, ...]
    """Those far more frequent under this prefix than in all of its parent, most telling first."""
    examples: tuple[int, ...]
    """Rows, best known first."""


def report(ids: SemanticIds) -> IdReport:
    """Return the figures of these IDs."""
    coarse = ids.codes[:, :-1]
    counts = np.bincount(buckets(coarse))
    levels = tuple(_use(codes, size) for codes, size in zip(coarse.T, ids.sizes, strict=False))
    colliding = float(counts[counts > 1].sum() / max(len(coarse), 1))
    return IdReport(len(coarse), levels, len(counts), colliding, int(counts.max(initial=0)))


def meanings(ids: SemanticIds, terms: Sequence[Iterable[str]], known: np.ndarray, depth: int = 2) -> list[CodeMeaning]:
    """Return what every prefix of up to `depth` codes stands for, in order of the codes, each before its children.

    Args:
        ids: of all items.
        terms: of each item, its words and facet values; an item counts once for a term.
        known: (n_items,) how well known each item is.
        depth: 1 for the first codes only, 2 for the pairs under them too.
    """
    each = [frozenset(told) for told in terms]
    return _under((), np.arange(len(ids.codes)), ids.codes[:, :depth], each, known)


def _under(
    prefix: tuple[int, ...], rows: np.ndarray, codes: np.ndarray, terms: Sequence[frozenset[str]], known: np.ndarray
) -> list[CodeMeaning]:
    level = len(prefix)
    if level == codes.shape[1]:
        return []
    around = Counter(term for row in rows for term in terms[row])
    found = []
    for code in np.unique(codes[rows, level]).tolist():
        inside = rows[codes[rows, level] == code]
        counts = Counter(term for row in inside for term in terms[row])
        examples = inside[np.lexsort((inside, -known[inside]))][:_N_EXAMPLES]
        telling = _telling(counts, around, len(inside), len(rows))
        found.append(CodeMeaning((*prefix, code), len(inside), telling, tuple(examples.tolist())))
        found += _under((*prefix, code), inside, codes, terms, known)
    return found


def _telling(inside: Counter[str], around: Counter[str], n_inside: int, n_around: int) -> tuple[str, ...]:
    """Return the terms whose log-odds are surest to be higher inside than around (Monroe et al. 2008)."""
    scored = []
    for term, count in inside.items():
        outside = around[term] - count
        odds = np.log((count + 0.5) / (n_inside - count + 0.5))
        usual = np.log((outside + 0.5) / (n_around - n_inside - outside + 0.5))
        spread = np.sqrt(1 / (count + 0.5) + 1 / (outside + 0.5))
        if count >= min(_LEAST_ITEMS, n_inside) and odds > usual:
            scored.append((-(odds - usual) / spread, term))
    return tuple(term for _, term in sorted(scored)[:_N_WORDS])


def _use(codes: np.ndarray, size: int) -> LevelUse:
    counts = np.bincount(codes, minlength=size)
    shares = counts[counts > 0] / max(len(codes), 1)
    return LevelUse(size, len(shares), float(np.exp(-(shares * np.log(shares)).sum())))
