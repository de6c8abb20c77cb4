"""Counts of a dialogue that are neither right nor wrong: how many questions, how soon, how alike, how dear."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from eval.dialogues import Exchange
from eval.judging.grounded import Grounded
from eval.judging.seen import Seen
from eval.simulation.task import broken
from retrieval.bundle import Bundle
from retrieval.catalog import Catalog
from retrieval.items import Filter, Item, Role

Numbers = dict[str, float | int | None]


def spent(exchanges: Sequence[Exchange]) -> Numbers:
    """Return what the turns cost, as far as they tell it; None where no turn does."""
    told = [exchange.account for exchange in exchanges if exchange.account]
    times = [one.ms for one in told if one.ms is not None]
    costs = [one.cost for one in told if one.cost is not None]
    tokens = [one.tokens or one.tokens_in + one.tokens_out for one in told]
    return {
        "ms": round(sum(times), 1) if times else None,
        "ms_slowest": round(max(times), 1) if times else None,
        "model_calls": sum(one.model_calls for one in told) if told else None,
        "tokens": sum(tokens) if told else None,
        "cost": round(sum(costs), 6) if costs else None,
        "tool_calls": sum(len(one.tools) for one in told) if told else None,
    }


def asked(seen: Sequence[Seen], exchanges: Sequence[Exchange]) -> Numbers:
    """Return how often something was asked and recommended, and in which exchange an item was first welcome."""
    questions = [_asks(one, exchange) for one, exchange in zip(seen, exchanges, strict=True)]
    giving = sum(bool(one.named) for one in seen)
    return {
        "exchanges": len(seen),
        "recommending": giving,
        "questions": sum(questions),
        "questions_per_recommendation": round(sum(questions) / giving, 3) if giving else None,
        "first_welcome": next((i for i, one in enumerate(seen, 1) if one.named and one.taken == "praise"), None),
    }


def _asks(seen: Seen, exchange: Exchange) -> bool:
    return seen.asks or bool(exchange.account and exchange.account.question)


def of_items(looked: Sequence[Grounded], task: Mapping[str, Any] | None, bundle: Bundle) -> Numbers:
    """Return how the items recommended lie in the catalogue, and in which exchange the task was first met."""
    catalog = bundle.catalog
    slates = [catalog.items(catalog.rows_of(one.read.recommended)) for one in looked]
    shown = [item for slate in slates for item in slate]
    spread = [value for slate in slates if (value := spread_of(slate, catalog)) is not None]
    told: Numbers = {
        "items": len(shown),
        "items_distinct": len({item.item_id for item in shown}),
        "relaxed": sum(bool(item.breaks) for one in looked for item in one.read.turn.slate),
        "claims": sum(one.checked.n_claims for one in looked),
        "diversity_in_list": round(float(np.mean(spread)), 4) if spread else None,
        "popularity": round(float(np.mean(_standing(shown, catalog))), 4) if shown else None,
    }
    if task and task.get("limits"):
        told["first_valid"] = next((i for i, slate in enumerate(slates, 1) if _answers(slate, task, catalog)), None)
    return told


def spread_of(slate: Sequence[Item], catalog: Catalog) -> float | None:
    """Return how little the items of a list share, 0–1: the mean Jaccard distance of their facets and people."""
    fields = catalog.with_role(Role.FACET, Role.PERSON)
    values = [
        {(field.name, str(v)) for field in fields for v in _several(item.values.get(field.name))} for item in slate
    ]
    known = [one for one in values if one]
    pairs = [(a, b) for i, a in enumerate(known) for b in known[i + 1 :]]
    return float(np.mean([1 - len(a & b) / len(a | b) for a, b in pairs])) if pairs else None


def _standing(items: Sequence[Item], catalog: Catalog) -> list[float]:
    """Return the share of the catalogue that is no better known than each item, 0–1."""
    ordered = np.sort(catalog.prominence)
    at = np.searchsorted(ordered, [catalog.prominence[item.row] for item in items], side="right")
    return [float(place) / len(ordered) for place in at]


def _answers(slate: Sequence[Item], task: Mapping[str, Any], catalog: Catalog) -> bool:
    limits = [Filter.model_validate(one) for one in task["limits"]]
    limits = [one for one in limits if one.field in catalog.fields]
    avoided = set(task.get("avoid") or ())
    return any(not broken(item.values, limits, catalog.fields) and item.item_id not in avoided for item in slate)


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
