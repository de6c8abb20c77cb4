"""A draft a model wrote → a plan that does nothing the user did not ask for, and what was dropped on the way."""

import re
from typing import Any, NamedTuple

from agents.events import Question
from agents.planning.basic_planner import POOL
from agents.planning.brief import LIMITING, PlanBrief
from agents.planning.draft import Draft
from agents.planning.traceable import Untraced, trace
from agents.state import Limit, Plan, ToolCall
from errors import FilterError
from retrieval.filters import compile_filters
from retrieval.items import NEGATIVE_OPS, Field, Filter, Role
from retrieval.text import fold, tokens

_MOST_CALLS = 6
_MOST_SEEDS = 8
_FEW_VALUES = 60
"""A facet with more values is tags rather than kinds: many items that would fit lack the tag."""
_QUERY_CHARS = 200
_QUESTION_CHARS = 160
_CHOICE_CHARS = 40
_UNSAFE = re.compile(r"https?:|www\.|[<>\[\]{}`|]")
_POINTING = frozenset("that this it those these them one ones last".split())
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_SUPERLATIVES = frozenset("most least top worst latest newest oldest".split())
_WORDS = {"eq": "contains", "ne": "not_contains", "in": "in", "not_in": "not_in", "contains": "contains"}


class Checked(NamedTuple):
    """A plan and what of the draft did not make it, in words for the trace."""

    plan: Plan
    dropped: list[str]


def check_plan(draft: Draft, brief: PlanBrief) -> Checked:
    """Keep of a draft what the conversation supports."""
    dropped = [f"{name[:40]!r} is no tool for planning" for name in draft.strays]
    limits = _limits(draft, brief, dropped)
    seeds = _seeds(draft, brief, dropped)
    common = {"filters": [], "k": POOL}
    calls = [ToolCall(tool="filter_items", args={**common, **_order(draft, brief, dropped)})]
    if query := _query(draft, brief, limits, dropped):
        calls.append(ToolCall(tool="search_keywords", args={**common, "query": query.words}))
        calls.append(ToolCall(tool="search_meaning", args={**common, "query": query.phrase}))
    if seeds:
        calls.append(ToolCall(tool="similar_items", args={**common, "item_ids": seeds}))
    if draft.titles and brief.suggests:
        calls.append(ToolCall(tool="suggest_titles", args={**common, "titles": draft.titles}))
    question = _question(draft, brief, dropped)
    return Checked(Plan(calls=calls[:_MOST_CALLS], limits=limits, question=question, by="llm"), dropped)


def _limits(draft: Draft, brief: PlanBrief, dropped: list[str]) -> list[Limit]:
    kept: list[Limit] = []
    for raw in draft.limits[:20]:
        try:
            given = read_limit(raw, brief.fields)
            field = brief.fields[given.field]
            _refuse_known(given, field, [*brief.ledger.filters, *(limit.filter for limit in kept)])
            traced = trace(given, field, brief)
            if field.role is Role.FACET and field.n_values > _FEW_VALUES and given.op not in NEGATIVE_OPS:
                raise Untraced("a theme is searched for, not required")
            if not brief.exists(_positive(given)):
                raise Untraced("nothing in the catalogue has it")
        except (Untraced, FilterError) as error:
            dropped.append(f"limit {_short(raw)}: {error}")
        else:
            kept.append(Limit(filter=given, words=traced.words, turn=brief.n_turn, source=traced.source))
    return kept


def _positive(given: Filter) -> Filter:
    """Return the limit that a negative one denies: a value no item has is worth neither wanting nor excluding."""
    turned = {"ne": "eq", "not_in": "in", "not_contains": "contains"}.get(given.op, given.op)
    return given.model_copy(update={"op": turned})


def read_limit(raw: dict[str, Any], fields: dict[str, Field]) -> Filter:
    """Return a limit as a valid filter, forgiving how small models spell fields, operators and values.

    Raises FilterError where no filter can be read from it.
    """
    field = _field(str(raw.get("field") or ""), fields)
    if field.role not in LIMITING:
        raise FilterError(f"the {field.label} is no field to limit")
    op, value = str(raw.get("op") or "eq").strip().lower(), raw.get("value")
    if field.role in (Role.NUMBER, Role.DATE):
        op, value = _bounds(op, value)
    else:
        op = _WORDS.get(op, op)
        if isinstance(value, list) and op in ("contains", "not_contains"):
            op = "in" if op == "contains" else "not_in"
        if value in (None, "", []) and op not in ("known", "unknown"):
            raise FilterError("it has no value")
    given = _valid(field.name, op, value)
    compile_filters([given], fields)
    return given


def _valid(name: str, op: str, value: Any) -> Filter:
    try:
        return Filter.model_validate({"field": name, "op": op, "value": value})
    except ValueError:
        raise FilterError(f"{op[:20]!r} is no operator") from None


def _bounds(op: str, value: Any) -> tuple[str, Any]:
    """Read "1990s", "120 min", ["1990", "1999"] as numbers."""
    parts = value if isinstance(value, list) else [value]
    if len(parts) == 1 and (decade := re.fullmatch(r"(\d{3}0)'?s", str(parts[0]).strip())):
        return "between", [int(decade[1]), int(decade[1]) + 9]
    if len(parts) == 1 and (span := re.fullmatch(r"(\d+)\s*(?:-|–|to)\s*(\d+)", str(parts[0]).strip())):
        parts = list(span.groups())
    found = [re.search(r"-?\d+(?:\.\d+)?", str(part).replace(",", "")) for part in parts]
    numbers = [float(match[0]) for match in found if match]
    if not numbers:
        raise FilterError("it has no number")
    if len(numbers) == 2 and op in ("between", "eq", "in", "contains"):
        return "between", sorted(numbers)
    return {"contains": "eq", "between": "eq", "in": "eq", "not_contains": "ne", "not_in": "ne"}.get(op, op), numbers[0]


def _field(name: str, fields: dict[str, Field]) -> Field:
    """Find a field by name or label, singular or plural."""
    wanted = fold(name).removesuffix("s")
    for field in fields.values():
        if wanted and wanted in (fold(field.name).removesuffix("s"), fold(field.label).removesuffix("s")):
            return field
    raise FilterError(f"there is no field {name[:40]!r}")


def _refuse_known(given: Filter, field: Field, known: list[Filter]) -> None:
    """The linker's limits stand: a model may add to them, not repeat or narrow them."""
    for old in (old for old in known if old.field == given.field):
        if field.role in (Role.NUMBER, Role.DATE) or _values(old) & _values(given):
            raise Untraced("there is a limit on it already")


def _values(given: Filter) -> set[str]:
    return {fold(str(v)) for v in (given.value if isinstance(given.value, list) else [given.value])}


def _seeds(draft: Draft, brief: PlanBrief, dropped: list[str]) -> list[str]:
    found = list(brief.understood.anchors)
    for name in draft.similar_to:
        item_id = _item(name, brief)
        if item_id is None:
            dropped.append(f"similar to {name[:40]!r}: neither shown nor named")
        else:
            found.append(item_id)
    return list(dict.fromkeys(found))[:_MOST_SEEDS]


def _item(name: str, brief: PlanBrief) -> str | None:
    """Resolve a number on screen the user points at, or a title the user named."""
    if fold(name) in brief.named:
        return brief.named[fold(name)]
    match = re.fullmatch(r"\W*(?:item|number|no\.?|#)?\s*(\d{1,2})\W*", name.strip().lower())
    if not match or not 1 <= int(match[1]) <= len(brief.slate):
        return None
    number = int(match[1])
    said = set(tokens(brief.message))
    pointed = {match[1], _ORDINALS[number - 1] if number <= len(_ORDINALS) else match[1]} | _POINTING
    return brief.slate[number - 1] if said & pointed else None


def _order(draft: Draft, brief: PlanBrief, dropped: list[str]) -> dict[str, Any]:
    if brief.understood.order:
        return {"order_by": brief.understood.order.field, "descending": brief.understood.order.descending}
    if not draft.order_by:
        return {}
    try:
        field = _field(draft.order_by, brief.fields)
    except FilterError as error:
        dropped.append(f"order: {error}")
        return {}
    said = tokens(brief.message)
    asked = bool(_SUPERLATIVES & set(said)) or any(len(word) > 5 and word.endswith("est") for word in said)
    if field.role not in (Role.NUMBER, Role.DATE) or not asked:
        dropped.append(f"order by {field.label}: nobody asked for it")
        return {}
    return {"order_by": field.name, "descending": draft.descending}


class Query(NamedTuple):
    """What to search for."""

    words: str
    """Single words that are neither linked nor part of a limit."""
    phrase: str
    """The same as it was said, for a search by meaning reads phrases better than lists of words."""


def _query(draft: Draft, brief: PlanBrief, limits: list[Limit], dropped: list[str]) -> Query | None:
    """Return the model's words less what is a limit already, else the words left of the message; None without any."""
    query = "" if _UNSAFE.search(draft.query) else " ".join(draft.query.split())[:_QUERY_CHARS]
    unwanted = {word for limit in limits if limit.filter.op in NEGATIVE_OPS for word in limit.words.split()}
    own = _less(brief.rest_of(query), unwanted)
    if draft.query and not own:
        dropped.append(f"query {draft.query[:40]!r}: it says no more than the limits")
    left = own or _less(brief.understood.query, unwanted)
    return Query(left, _less(query, unwanted) if own else left) if left else None


def _less(text: str, unwanted: set[str]) -> str:
    return " ".join(word for word in text.split() if word not in unwanted)


def _question(draft: Draft, brief: PlanBrief, dropped: list[str]) -> Question | None:
    text = " ".join(draft.ask.split())
    if not text:
        return None
    known = brief.ledger.limits or brief.understood.anchors or " " in brief.understood.query
    if _UNSAFE.search(text) or len(text) > _QUESTION_CHARS or not text.endswith("?"):
        dropped.append("question: not one short plain question")
    elif brief.asked_last_turn or known:
        dropped.append("question: enough is known to show something")
    else:
        choices = [c.strip() for c in draft.choices if len(c) <= _CHOICE_CHARS and not _UNSAFE.search(c)]
        return Question(text=text, choices=list(dict.fromkeys(choices))[:4])
    return None


def _short(raw: dict[str, Any]) -> str:
    return " ".join(str(raw.get(key, "?"))[:40] for key in ("field", "op", "value"))
