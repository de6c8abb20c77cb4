"""A model's checked plan upon the basic one: it adds and sharpens, and takes nothing away that limits or finds."""

from agents.state import Plan, ToolCall
from retrieval.items import Filter

_MOST_SEEDS = 10


def merged(planned: Plan, basic: Plan, filters: list[Filter], *, by_meaning: bool = True) -> Plan:
    """Return one plan whose calls all carry all limits, `by_meaning` where the catalogue has vectors.

    Keywords stay those of the message, for a model leaves out the rare ones that find an item; its own words search by
    meaning, and are keywords too where there is no such search. It may add items to resemble, an order, other lists.
    """
    mine = {call.list_name: call for call in planned.calls}
    calls = [_sharpened(call, mine.get(call.list_name), by_meaning) for call in basic.calls]
    have = {call.list_name for call in basic.calls}
    calls += [call for call in planned.calls if call.list_name not in have]
    kept = [call for call in calls if by_meaning or call.tool != "search_meaning"]
    return planned.model_copy(update={"calls": kept}).with_filters(filters)


def _sharpened(basic: ToolCall, mine: ToolCall | None, by_meaning: bool) -> ToolCall:
    if mine is None:
        return basic
    args = dict(basic.args)
    if basic.tool == "search_meaning":
        args["query"] = mine.args["query"]
    elif basic.tool == "search_keywords" and not by_meaning:
        args["query"] = " ".join(dict.fromkeys([*basic.args["query"].split(), *mine.args["query"].split()]))
    elif basic.tool == "similar_items":
        args["item_ids"] = list(dict.fromkeys([*mine.args["item_ids"], *basic.args["item_ids"]]))[:_MOST_SEEDS]
    elif basic.tool == "filter_items" and not basic.args.get("order_by"):
        args |= {name: mine.args[name] for name in ("order_by", "descending") if name in mine.args}
    return basic.model_copy(update={"args": args})
