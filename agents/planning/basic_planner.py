"""The planner without a model: the same typed calls, from the ledger and the understanding alone."""

from collections.abc import Sequence

from agents.state import Plan, Thread, ToolCall, Understanding
from retrieval.items import Filter

POOL = 250
"""How many items each list may bring to the pool."""
_LIKE_SEEDS = 500
"""The same for likeness, whose list is two in one: by likes and by content."""
_NEXT = 100
"""The same for what comes next after the items known: the further down, the less a model knows."""
_HISTORY = 20
"""Items of a history that the model looks back on."""
_WISHED = 100
"""The same for the best known with one liked value or unsure word."""
_WISHES = 2
NEW, WISHED = "new", "wished"
"""Names of the lists of the best known among the newest, and among those with what was wished for."""
TALK = "talk"
"""Name of the list that the words of the whole conversation find."""

_COUNTED = {"count", "values"}
_NO_LOOKUP = {"recap", "help"}


def plan_basic(
    understood: Understanding,
    thread: Thread,
    filters: list[Filter],
    *,
    always_slate: bool = False,
    talk: str = "",
    new: Filter | None = None,
    wishes: Sequence[Filter] = (),
    generates: bool = False,
) -> Plan:
    """Return the calls of one turn; every search carries the ledger's filters.

    `talk` is what was said lately, `new` what only new items meet, `wishes` what is liked or may be meant, latest last;
    `generates` tells whether there is a model of what comes next.
    """
    if understood.intent in _NO_LOOKUP or (understood.intent == "smalltalk" and not always_slate and thread.past):
        return Plan()
    if understood.intent in ("details", "compare") and understood.anchors:
        return Plan(calls=[ToolCall(tool="item_details", args={"item_ids": understood.anchors[:6]})])
    common = {"filters": [f.model_dump() for f in filters], "k": POOL}
    calls = [_filter_call(understood, common)]
    query = understood.query or _last_query(understood, thread)
    if query and understood.intent != "values":
        calls.append(ToolCall(tool="search_keywords", args={**common, "query": query}))
        calls.append(ToolCall(tool="search_meaning", args={**common, "query": query}))
    if talk and not set(talk.split()) <= set(query.split()) and understood.order is None:
        calls.append(ToolCall(tool="search_keywords", args={**common, "query": talk}, label=TALK))
    if seeds := seeds_of(understood, thread):
        calls.append(ToolCall(tool="similar_items", args={**common, "item_ids": seeds, "k": _LIKE_SEEDS}))
    goes_on = understood.order is None and understood.intent not in _COUNTED
    if generates and seeds and goes_on:
        history = seeds_of(understood, thread, _HISTORY)[::-1]
        calls.append(ToolCall(tool="generate_items", args={**common, "history": history, "k": _NEXT}))
    if (thread.past or seeds) and goes_on:
        calls += _known_among(NEW, [new] if new else [], filters, POOL)
        calls += _known_among(WISHED, wishes[-_WISHES:], filters, _WISHED)
    return Plan(calls=calls)


def _known_among(label: str, among: Sequence[Filter], filters: list[Filter], k: int) -> list[ToolCall]:
    """Ask for the best known that meet each of these beside the limits."""
    calls = [ToolCall(tool="filter_items", args={"filters": [], "k": k}, label=label, also=[one]) for one in among]
    return Plan(calls=calls).with_filters(filters).calls


def _filter_call(understood: Understanding, common: dict[str, object]) -> ToolCall:
    args = dict(common)
    if understood.values_of:
        args |= {"values_of": understood.values_of}
    if understood.order:
        args |= {"order_by": understood.order.field, "descending": understood.order.descending}
    return ToolCall(tool="filter_items", args=args)


def _last_query(understood: Understanding, thread: Thread) -> str:
    """A turn that only amends the limits goes on with the subject of the conversation."""
    return thread.query if not understood.anchors else ""


def seeds_of(understood: Understanding, thread: Thread, most: int = 10) -> list[str]:
    """Items to resemble: what this message points at, then the latest likes and titles named in the thread.

    Where it asks for likeness ("more like this"), what it points at alone.
    """
    if understood.anchors and understood.intent == "similar":
        return understood.anchors[:8]
    disliked = set(thread.ledger.items("dislike"))
    recent = [*understood.anchors, *reversed([*thread.named, *thread.ledger.items("like")])]
    return [item_id for item_id in dict.fromkeys(recent) if item_id not in disliked][:most]
