"""A model's checked plan upon the basic one: it adds and sharpens, and takes nothing away that limits or finds."""

from agents.planning.brief import PlanBrief
from agents.state import Plan, ToolCall
from retrieval.items import Filter
from retrieval.text import tokens

_MOST_SEEDS = 10


def merged(planned: Plan, basic: Plan, filters: list[Filter], brief: PlanBrief) -> Plan:
    """Return one plan whose calls all carry all limits.

    Keywords stay those of the message, for a model leaves out the rare ones that find an item; its own stand in for
    words that occur nowhere in the catalogue. Its phrase goes before them in the search by meaning. It may add items to
    resemble, an order, and lists of its own.
    """
    mine = {call.list_name: call for call in planned.calls}
    calls = [_sharpened(call, mine.get(call.list_name), brief) for call in basic.calls]
    have = {call.list_name for call in basic.calls}
    calls += [call for call in planned.calls if call.list_name not in have]
    kept = [call for call in calls if brief.by_meaning or call.tool != "search_meaning"]
    return planned.model_copy(update={"calls": kept}).with_filters(filters)


def _sharpened(basic: ToolCall, mine: ToolCall | None, brief: PlanBrief) -> ToolCall:
    if mine is None:
        return basic
    args = dict(basic.args)
    if basic.tool == "search_meaning":
        args["query"] = _phrase(mine.args["query"], basic.args["query"])
    elif basic.tool == "search_keywords":
        args["query"] = _keywords(basic.args["query"], mine.args["query"], brief)
    elif basic.tool == "similar_items":
        args["item_ids"] = list(dict.fromkeys([*mine.args["item_ids"], *basic.args["item_ids"]]))[:_MOST_SEEDS]
    elif basic.tool == "filter_items" and not basic.args.get("order_by"):
        args |= {name: mine.args[name] for name in ("order_by", "descending") if name in mine.args}
    return basic.model_copy(update={"args": args})


def _phrase(meant: str, said: str) -> str:
    return said if meant == said else f"{meant}. {said}"


def _keywords(said: str, meant: str, brief: PlanBrief) -> str:
    words = tokens(said)
    if set(words) <= set(brief.heard(said)):
        return said
    return " ".join(dict.fromkeys([*words, *tokens(meant)]))
