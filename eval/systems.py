"""Everything whose lists are compared on the same turns: the agent, its parts, and what is simpler than it."""

import time
from collections.abc import Callable, Sequence

import numpy as np

from errors import InputError
from eval.cases import DEPTH, Case, named_in
from retrieval.fuse import rrf
from retrieval.items import Rows

Listed = tuple[list[int], float]
"""Rows best first, and milliseconds."""
System = Callable[[Case], Listed]
_Search = Callable[[int, Rows | None], Sequence[tuple[int, float]]]


def select(names: Sequence[str]) -> dict[str, System]:
    """Return these systems, or all. Raises InputError naming one that does not exist."""
    if unknown := [name for name in names if name not in SYSTEMS]:
        raise InputError(f"There is no system {unknown[0]!r} to score. Choose among {', '.join(SYSTEMS)}.")
    return {name: system for name, system in SYSTEMS.items() if not names or name in names}


def _agent(case: Case) -> Listed:
    """The slate as shown, and behind it the rest of the pool as ranked."""
    shown = case.bundle.catalog.rows_of(item.item_id for item in case.turn.slate)
    rest = case.kept([ranked.row for ranked in case.turn.ranked])
    return list(dict.fromkeys([*shown, *rest]))[:DEPTH], case.turn.ms


def _fusion(case: Case) -> Listed:
    """Every tool's list by plain reciprocal rank."""
    lists = [case.bundle.catalog.rows_of(hit.item_id for hit in result.hits) for _, result in case.turn.results]
    ms = sum(result.ms for _, result in case.turn.results)
    return case.kept([row for row, _ in rrf(lists)]), ms


def _tool(name: str) -> System:
    def run(case: Case) -> Listed:
        found = [result for tool, result in case.turn.results if tool == name]
        rows = [row for result in found for row in case.bundle.catalog.rows_of(hit.item_id for hit in result.hits)]
        return case.kept(rows), sum(result.ms for result in found)

    return run


def _timed(case: Case, search: _Search) -> Listed:
    started = time.perf_counter()
    found = search(DEPTH + len(case.hidden), case.candidates)
    return case.kept([row for row, _ in found]), (time.perf_counter() - started) * 1000


def _popularity(case: Case) -> Listed:
    prominence = case.bundle.catalog.prominence
    rows = np.arange(len(prominence)) if case.candidates is None else case.candidates
    best = rows[np.argsort(-prominence[rows], kind="stable")[: DEPTH + len(case.hidden)]]
    return case.kept([int(row) for row in best]), 0.0


def _copy(case: Case) -> Listed:
    """What the context names, the latest first: all that is right in it are repeats, which count only where asked."""
    return list(dict.fromkeys(reversed(case.bundle.catalog.rows_of(named_in(case.raw)))))[:DEPTH], 0.0


def _bm25(case: Case) -> Listed:
    return _timed(case, lambda k, rows: case.bundle.lexical.search(case.text, k, rows))


def _dense(case: Case) -> Listed:
    dense = case.bundle.dense
    return _timed(case, lambda k, rows: dense.search(case.text, k, rows) if dense else [])


def _knn(case: Case) -> Listed:
    ties = case.bundle.co_liked
    return _timed(case, lambda k, rows: ties.knn.neighbours(case.seeds, k, rows) if ties else [])


def _ease(case: Case) -> Listed:
    ties = case.bundle.co_liked
    return _timed(case, lambda k, rows: ties.ease.neighbours(case.seeds, k, rows) if ties else [])


SYSTEMS: dict[str, System] = {
    "agent": _agent,
    "fusion": _fusion,
    "search_keywords": _tool("search_keywords"),
    "talk": _tool("talk"),
    "search_meaning": _tool("search_meaning"),
    "similar_items": _tool("similar_items"),
    "filter_items": _tool("filter_items"),
    "copy of the context": _copy,
    "popularity": _popularity,
    "bm25 on raw chat": _bm25,
    "dense on raw chat": _dense,
    "item-knn on items named": _knn,
    "ease on items named": _ease,
}
"""By the name in the table; the tools stand alone, as the agent asked them."""
