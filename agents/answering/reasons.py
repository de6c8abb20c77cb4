"""Why an item is shown: short clauses, each resting on a field, a tool's evidence or something the user said."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from agents.events import Reason
from agents.ranking.ranker import Ranked
from agents.state import Order
from agents.wishes import FEW, browsed_by
from agents.wording import describe_fact, describe_filter, describe_value, is_flag, join
from retrieval.catalog import Catalog
from retrieval.filters import comparable
from retrieval.items import NEGATIVE_OPS, Field, Filter, Item, Role
from retrieval.text import fold, tokens

_MOST = 3
_LIKELY = 10
"""Best places of a list of what comes next of which it is said."""


class Wish(NamedTuple):
    """What of a wish may be a reason."""

    words: frozenset[str]
    """Those that tell of an item."""
    unliked: frozenset[str] = frozenset()
    """Items that the user knows or dislikes: to be like them is no merit."""


def reasons_for(
    ranked: Ranked,
    item: Item,
    met: Sequence[Filter],
    order: Order | None,
    catalog: Catalog,
    wish: Wish | None = None,
) -> list[Reason]:
    """Return at most three reasons, the strongest first; every value in them is in the item's row.

    Without a `wish` all of the evidence counts.
    """
    found = [
        *_order_reason(order, item, catalog),
        *_evidence(ranked, catalog, wish),
        *_limit_reasons(met, item, catalog.fields),
    ]
    found += _mentioned(ranked.liked)
    found += [Reason(text=clause, source="profile") for clause in ranked.profile]
    if not found:
        found = _fame(ranked, item, catalog)
    unique = {reason.text: reason for reason in found}
    return list(unique.values())[:_MOST]


def _order_reason(order: Order | None, item: Item, catalog: Catalog) -> list[Reason]:
    if not order or order.field not in item.values:
        return []
    field = catalog.fields[order.field]
    return [Reason(text=describe_fact(field, item.values[order.field]), source=order.field)]


def _mentioned(liked: Sequence[Filter]) -> list[Reason]:
    by_field: dict[str, list[str]] = {}
    for one in liked:
        by_field.setdefault(one.field, []).append(describe_value(one.value))
    return [Reason(text=f"{join(values)}, as you mentioned", source=field) for field, values in by_field.items()]


def _evidence(ranked: Ranked, catalog: Catalog, wish: Wish | None) -> list[Reason]:
    found = []
    unliked = wish.unliked if wish else frozenset()
    similar = ranked.why.get("similar_items", {})
    if seed := _title(similar.get("co_liked_with"), catalog, unliked):
        found.append(Reason(text=f"liked by people who like {seed}", source="similar_items"))
    elif seed := _title(similar.get("content_like"), catalog, unliked):
        found.append(Reason(text=f"close to {seed} in content", source="similar_items"))
    following = ranked.why.get("generate_items", {})
    if (last := _title(following.get("after"), catalog)) and following.get("place", _LIKELY + 1) <= _LIKELY:
        found.append(Reason(text=f"among the likeliest to follow {last}", source="generate_items"))
    matched = ranked.why.get("search_keywords", {}).get("matched", [])
    shown = {word for one in ranked.liked for word in tokens(describe_value(one.value))}  # said of the field itself
    if words := [word for word in matched if word not in shown and (wish is None or word in wish.words)]:
        found.append(Reason(text="mentions " + ", ".join(map(str, words[:4])), source="search_keywords"))
    elif "search_meaning" in ranked.why and (wish is None or wish.words):
        found.append(Reason(text="close in meaning to what you describe", source="search_meaning"))
    if "suggest_titles" in ranked.why:
        found.append(Reason(text="suggested by the language model", source="suggest_titles"))
    return found


def _title(item_id: Any, catalog: Catalog, but: frozenset[str] = frozenset()) -> str:
    row = catalog.row_of(str(item_id)) if item_id and item_id not in but else None
    return "" if row is None else catalog.titles[row]


def _limit_reasons(met: Sequence[Filter], item: Item, fields: dict[str, Field]) -> list[Reason]:
    """Say what the item has for each limit: the matching name or its own number, not the limit's bounds."""
    positive = [f for f in met if f.op not in NEGATIVE_OPS and f.op != "unknown" and f.field in item.values]
    return [Reason(text=_own_value(f, item, fields[f.field]), source=f.field) for f in positive]


def _own_value(given: Filter, item: Item, field: Field) -> str:
    value = item.values[field.name]
    if field.role is Role.PERSON:
        return describe_filter(given, field)
    if field.role is Role.FACET and given.op != "known" and not is_flag(field, value):
        wanted = {comparable(str(v)) for v in (given.value if isinstance(given.value, list) else [given.value])}
        return ", ".join(v for v in (value if isinstance(value, list) else [value]) if comparable(str(v)) in wanted)
    return describe_fact(field, value)


def _fame(ranked: Ranked, item: Item, catalog: Catalog) -> list[Reason]:
    if catalog.prominence[ranked.row] >= 0.8:
        return [Reason(text="one of the best known here", source="filter_items")]
    return []


def what_it_is(item: Item, catalog: Catalog) -> list[Reason]:
    """Say at least of what kind it is or whose, where nothing speaks for an item."""
    few = [field for field in catalog.with_role(Role.FACET) if field.n_values <= FEW]
    kinds = sorted(few, key=lambda one: not browsed_by(one))
    for field in (*kinds, *catalog.with_role(Role.PERSON), *catalog.with_role(Role.NUMBER)):
        value = item.values.get(field.name)
        if value in (None, "", []) or is_flag(field, value):
            continue
        if f" {fold(describe_value(value))} " not in f" {fold(item.title)} ":
            return [Reason(text=describe_fact(field, value), source=field.name)]
    return []
