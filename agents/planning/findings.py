"""What a checked plan would find, in counts alone: a second round with the model is worth its price only for these."""

from agents.planning.brief import PlanBrief
from agents.state import Plan


def findings(plan: Plan, brief: PlanBrief) -> dict[str, str]:
    """Return by tool what is wrong with what a plan finds; {} where there is something to go on.

    A planner sees counts and its own words, never text of the catalogue.
    """
    found: dict[str, str] = {}
    many, before = brief.nouns[1], brief.ledger.filters
    own = [limit.filter for limit in plan.limits]
    if own and not brief.n_matching([*before, *own]) and (rest := brief.n_matching(before)):
        found["filter_items"] = (
            f"0 of {brief.n_items:,} {many} match. Without your limits {rest:,} do: widen one, or leave it out."
        )
    queries = [call.args["query"] for call in plan.calls if call.tool == "search_keywords"]
    alone = not (brief.by_meaning or brief.understood.anchors or brief.understood.order or before or own)
    for query in queries if alone else []:
        if brief.heard(query):
            continue
        found["search_keywords"] = (
            f"None of the {many} has any of these words: {query}. Give other words for the same, "
            "best those listed for the fields, in their language."
        )
    return found
