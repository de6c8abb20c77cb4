"""What a turn knows of every candidate, as numbers: one code for fitting a ranker and for serving it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from agents.planning.newness import newness
from agents.profile.opening import TASTE
from agents.state import Ledger, Understanding
from errors import CiceroneError
from retrieval.bundle import Bundle
from retrieval.fuse import rrf
from retrieval.items import Filter, Role
from retrieval.text import tokens
from tools.spec import ToolResult

if TYPE_CHECKING:
    from agents.turn import Turn

Columns = dict[str, np.ndarray]
_LISTS = ("search_keywords", "talk", "search_meaning", "similar_items", "filter_items", "new", "wished",
          "suggest_titles", "generate_items")  # fmt: skip
_BY_FAME = ("filter_items", "new", "wished")
_RANK_HALVES = 20
_CHAT_WORDS = 200
_SUBJECT = re.compile(r"\b(?:about|set in|where|featuring|involving)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Evidence:
    """What is known when the pool of a turn is ranked."""

    lists: Sequence[tuple[str, ToolResult]]
    """Tools with what they found."""
    understood: Understanding
    ledger: Ledger
    seeds: Sequence[str] = ()
    """Items to resemble."""
    said: Sequence[str] = ()
    """Messages of both sides, clicks left out, the user's latest last."""

    @classmethod
    def of(cls, turn: "Turn") -> "Evidence":
        """Read it off a turn whose tools have answered, before the thread remembers it."""
        calls = (call for call in turn.plan.calls if call.list_name != TASTE)
        seeds = [item_id for call in calls for item_id in call.args.get("item_ids", [])]
        said = [*(text for past in turn.thread.talk for text in (past.user, past.reply) if text), turn.text]
        found = [one for one in turn.results if one[0] != TASTE]
        return cls(found, turn.read.understanding, turn.read.ledger, seeds, said[:-2] if turn.action else said)

    @property
    def asks_about(self) -> bool:
        """Whether the last message says what an item should be about, and points at none."""
        described = len(self.understood.query.split()) > 1 and not self.understood.anchors
        return bool(described and self.said and _SUBJECT.search(self.said[-1]))

    def rows(self, bundle: Bundle) -> np.ndarray:
        """Return the pool: every row a tool found, ascending."""
        found = bundle.catalog.rows_of(hit.item_id for _, result in self.lists for hit in result.hits)
        return np.unique(np.asarray(found, np.int32))

    @property
    def wishes(self) -> list[tuple[str, Filter]]:
        """What ranks without limiting: "like", "dislike", or "soft" for a word too unsure for a limit."""
        tastes = [
            (taste.kind, Filter(field=taste.field, op="contains", value=taste.value))
            for taste in self.ledger.tastes
            if taste.field and taste.kind in ("like", "dislike")
        ]
        return [*(("soft", wish) for wish in self.understood.soft), *tastes]


def features(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> np.ndarray:
    """Return (n_rows, n_features) float32, columns as `NAMES`; NaN where a field of the item is unknown.

    `rows` are distinct and ascending, and need not be of the pool.
    """
    columns: Columns = {}
    for group in _GROUPS:
        columns |= group(rows, evidence, bundle)
    return np.stack([columns[name] for name in NAMES], axis=1).astype(np.float32)


def _found(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give rank and score in each tool's list, and what plain fusion makes of them."""
    columns = {f"{name}_{part}": np.zeros(len(rows)) for name in _LISTS for part in ("rank", "score")}
    n_lists = np.zeros(len(rows))
    ranked: list[list[int]] = []
    for name, result in evidence.lists:
        listed = bundle.catalog.rows_of(hit.item_id for hit in result.hits)
        top = max((hit.score for hit in result.hits), default=0.0)
        if name in _BY_FAME:
            top = 0.0  # its score is its rank
        else:
            ranked.append(listed)
        at = np.searchsorted(rows, listed)
        at[at == len(rows)] = 0
        mine = rows[at] == listed if len(rows) else np.zeros(len(listed), bool)
        n_lists[at[mine]] += 1
        if f"{name}_rank" in columns:
            columns[f"{name}_rank"][at[mine]] = (_RANK_HALVES / (_RANK_HALVES + np.arange(len(listed))))[mine]
            scores = np.array([hit.score for hit in result.hits])
            columns[f"{name}_score"][at[mine]] = (scores / top)[mine] if top > 0 else 0
    fused = dict(rrf(ranked))
    return {**columns, "n_lists": n_lists, "fused": np.array([fused.get(row, 0.0) for row in rows.tolist()])}


def _ties(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give how people's likes tie each candidate to the seeds, summed and by its strongest tie."""
    seeds = bundle.catalog.rows_of(evidence.seeds)
    ties = bundle.co_liked
    if ties is None or not seeds:
        nothing = dict.fromkeys(("knn", "ease", "ease_last", "co_liked"), np.zeros(len(rows)))
        return {**nothing, "log_likes": _likes(rows, bundle)}
    return {
        "knn": ties.knn.summed(seeds)[rows],
        "ease": ties.ease.summed(seeds)[rows],
        "ease_last": ties.ease.summed(seeds[:1])[rows],
        "co_liked": ties.scores(seeds)[rows],
        "log_likes": _likes(rows, bundle),
    }


def _likes(rows: np.ndarray, bundle: Bundle) -> np.ndarray:
    return np.zeros(len(rows)) if bundle.co_liked is None else np.log1p(bundle.co_liked.counts[rows])


def _alike(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give how alike each candidate is to the seeds: in meaning, facets and people, on average and at most."""
    seeds = bundle.catalog.rows_of(evidence.seeds)
    meaning = bundle.dense.cosines(rows, seeds) if bundle.dense is not None else np.zeros((len(rows), len(seeds)))
    kinds = {
        "meaning": meaning,
        "facets": bundle.attributes.facets(rows.tolist(), seeds),
        "people": bundle.attributes.people(rows.tolist(), seeds),
    }
    columns: Columns = {}
    for kind, alike in kinds.items():
        columns[f"{kind}_like_seeds"] = alike.mean(axis=1) if seeds else np.zeros(len(rows))
        columns[f"{kind}_like_nearest"] = alike.max(axis=1) if seeds else np.zeros(len(rows))
    return columns


def _words(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give what the words say: BM25 of the request and of the whole talk, cosine of the request, words of the title."""
    chat = " ".join(word for text in evidence.said for word in tokens(text))[-6 * _CHAT_WORDS :]
    spoken = set(tokens(chat))
    query = evidence.understood.query
    titles = [_words_of(bundle.catalog.titles[row]) for row in rows.tolist()]
    return {
        "bm25_query": _scored(rows, bundle.lexical.search(query, len(rows), rows) if query else []),
        "bm25_chat": _scored(rows, bundle.lexical.search(chat, len(rows), rows)),
        "cosine_query": _scored(rows, _meant(query, rows, bundle)),
        "title_said": np.array([sum(map(spoken.__contains__, words)) / max(1, len(words)) for words in titles]),
    }


@lru_cache(maxsize=65_536)
def _words_of(title: str) -> tuple[str, ...]:
    return tuple(tokens(title))


def _meant(query: str, rows: np.ndarray, bundle: Bundle) -> Sequence[tuple[int, float]]:
    """Return the cosines of a query; none where the embedder does not answer, which the search has told already."""
    try:
        return bundle.dense.search(query, len(rows), rows) if query and bundle.dense else []
    except CiceroneError:
        return []


def _scored(rows: np.ndarray, found: Sequence[tuple[int, float]]) -> np.ndarray:
    """Put the scores of some of the rows in their places, which ascend; 0 for the others."""
    scores = np.zeros(len(rows))
    if found:
        pairs = np.array(found)
        scores[np.searchsorted(rows, pairs[:, 0])] = pairs[:, 1]
    return scores


def _fame(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give how well known each candidate is, in the catalogue and within the pool."""
    prominence = bundle.catalog.prominence[rows]
    order = np.argsort(np.argsort(-prominence, kind="stable"), kind="stable")
    return {"prominence": prominence, "prominence_rank": 1 / (1 + order)}


def _time(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give how new each candidate is beside the catalogue, and how far from the seeds in time."""
    years = [field for field in bundle.catalog.with_role(Role.NUMBER) if field.unit == "year"]
    new = newness(rows, bundle.catalog)
    if not years:
        unknown = np.full(len(rows), np.nan)
        return {"recency": unknown, "newness": new, "years_after_seeds": unknown, "years_from_nearest": unknown}
    values = bundle.catalog.numbers(years[0].name)
    mine, seeds = values[rows], values[bundle.catalog.rows_of(evidence.seeds)]
    seeds = seeds[np.isfinite(seeds)]
    middle = seeds.mean() if len(seeds) else np.nan
    nearest = np.abs(mine[:, None] - seeds).min(axis=1) if len(seeds) else np.full(len(rows), np.nan)
    return {
        "recency": mine - np.nanmax(values),
        "newness": new,
        "years_after_seeds": mine - middle,
        "years_from_nearest": nearest,
    }


def _wished(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give how many likes, dislikes, unsure words and limits each candidate meets."""
    counts = {kind: np.zeros(len(rows)) for kind in ("like", "dislike", "soft")}
    for kind, wish in evidence.wishes:
        counts[kind] += np.isin(rows, bundle.catalog.select([wish]).rows)
    met = np.zeros(len(rows))
    for limit in evidence.ledger.filters:
        met += np.isin(rows, bundle.catalog.select([limit]).rows)
    of_wishes = {"likes_met": counts["like"], "dislikes_met": counts["dislike"], "soft_met": counts["soft"]}
    return {**of_wishes, "limits_met": met}


def _turn(rows: np.ndarray, evidence: Evidence, bundle: Bundle) -> Columns:
    """Give what is the same for every candidate of a turn, so that a ranker can weigh the rest by it."""
    facts = {
        "n_seeds": len(evidence.seeds),
        "n_query_words": len(evidence.understood.query.split()),
        "n_limits": len(evidence.ledger.limits),
        "n_wishes": len(evidence.wishes),
        "n_said": len(evidence.said),
        "asks_similar": evidence.understood.intent == "similar",
        "asks_about": evidence.asks_about,
    }
    return {name: np.full(len(rows), float(value)) for name, value in facts.items()}


_GROUPS: tuple[Callable[[np.ndarray, Evidence, Bundle], Columns], ...] = (
    _found, _ties, _alike, _words, _fame, _time, _wished, _turn,
)  # fmt: skip
NAMES: tuple[str, ...] = (
    *(f"{name}_{part}" for name in _LISTS for part in ("rank", "score")), "n_lists", "fused",
    "knn", "ease", "ease_last", "co_liked", "log_likes",
    *(f"{kind}_like_{which}" for kind in ("meaning", "facets", "people") for which in ("seeds", "nearest")),
    "bm25_query", "bm25_chat", "cosine_query", "title_said",
    "prominence", "prominence_rank",
    "recency", "newness", "years_after_seeds", "years_from_nearest",
    "likes_met", "dislikes_met", "soft_met", "limits_met",
    "n_seeds", "n_query_words", "n_limits", "n_wishes", "n_said", "asks_similar", "asks_about",
)  # fmt: skip
"""The columns, in order. A model fitted on other names is of no use."""
