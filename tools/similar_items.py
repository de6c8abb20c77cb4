"""similar_items: neighbours of given items, by what people liked together and by content."""

from collections.abc import Sequence

from pydantic import Field

from errors import ToolError
from retrieval.bundle import Bundle
from retrieval.fuse import rrf
from retrieval.items import Role, Rows
from tools.pool import Pool, Ranking
from tools.spec import Tool, ToolArgs, ToolContext, ToolResult

_LIKES_HALF = 10
"""Likes of the seeds at which co-liking counts half as much as content."""


class SimilarItemsArgs(ToolArgs):
    """Arguments of similar_items."""

    item_ids: list[str] = Field(min_length=1, max_length=50, description="Ids of the items to resemble, as shown.")


def run(args: SimilarItemsArgs, context: ToolContext) -> ToolResult:
    """Find items like the given ones: liked by the same people where that is known, and alike in content.

    Use it for "more like this" and for titles the user names as examples.
    """
    bundle = context.bundle
    seeds = bundle.catalog.rows_of(dict.fromkeys(args.item_ids))
    absent = [item_id for item_id in args.item_ids if bundle.catalog.row_of(item_id) is None]
    note = "Not in the catalogue: " + ", ".join(absent[:5]) + "." if absent else ""
    if not seeds:
        raise ToolError(f"none of the items is in the catalogue ({', '.join(absent[:5])}); give ids of items shown.")
    pool = Pool.of(args, context)
    co_liked = pool.ranked(lambda k, rows: _co_liked(bundle, seeds, k, rows), args.k)
    content = pool.ranked(lambda k, rows: _alike(bundle, seeds, k, rows), args.k)
    n_likes = max(bundle.co_liked.n_liked(seed) for seed in seeds) if bundle.co_liked else 0
    lists = [[row for row, _ in co_liked], [row for row, _ in content]]
    ranking = rrf(lists, [n_likes / (n_likes + _LIKES_HALF), 1.0])[: args.k]
    return pool.result(ranking, _why(bundle, seeds, lists, ranking), note)


def _co_liked(bundle: Bundle, seeds: Sequence[int], k: int, rows: Rows | None) -> Ranking:
    return bundle.co_liked.neighbours(seeds, k, rows) if bundle.co_liked else []


def _alike(bundle: Bundle, seeds: Sequence[int], k: int, rows: Rows | None) -> Ranking:
    if bundle.dense is not None:
        return bundle.dense.similar(seeds, k, rows)
    shared = [field.name for field in bundle.catalog.with_role(Role.FACET, Role.PERSON)]
    values = [item.values[name] for item in bundle.catalog.items(seeds) for name in shared if name in item.values]
    words = " ".join(str(v) for value in values for v in (value if isinstance(value, list) else [value]))
    found = bundle.lexical.search(words, k + len(seeds), rows)
    return [pair for pair in found if pair[0] not in seeds][:k]


def _why(
    bundle: Bundle, seeds: Sequence[int], lists: Sequence[Sequence[int]], ranking: Ranking
) -> list[dict[str, object]]:
    ids, (together, alike) = bundle.catalog.ids, (set(lists[0]), set(lists[1]))
    rows = [row for row, _ in ranking]
    friends = bundle.co_liked.closest_seed(rows, seeds) if bundle.co_liked else [None] * len(rows)
    nearest = bundle.dense.closest_seed(rows, seeds) if bundle.dense is not None else [seeds[0]] * len(rows)
    reasons: list[dict[str, object]] = []
    for row, friend, near in zip(rows, friends, nearest, strict=True):
        why: dict[str, object] = {}
        if friend is not None and row in together:
            why["co_liked_with"] = ids[friend]
        if row in alike:
            why["content_like"] = ids[near]
        reasons.append(why)
    return reasons


SIMILAR_ITEMS = Tool("similar_items", SimilarItemsArgs, run)
