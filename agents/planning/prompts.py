"""A planning brief in words: the stable part first, so that servers can keep it cached; then the conversation."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from agents.model.chat import Message
from agents.planning.brief import PlanBrief, usable_fields
from agents.planning.draft import PLANNED_TOOLS
from agents.planning.examples import APPLIED, BEFORE, LAST, nearest
from agents.wording import describe_filter, is_flag
from retrieval.items import Field, Role
from tools.spec import Tool
from tools.suggest_titles import MOST_TITLES

_PROMPTS = Path(__file__).parent.parent / "prompts"
_WORD_OPS = ["contains", "not_contains"]
_NUMBER_OPS = ["eq", "gte", "lte", "between"]
_MESSAGE_CHARS = 1500
_PAST_CHARS = 200
_PROFILE_CHARS = 600
_SHOWN_HINTS = 12
_N_EXAMPLES = 2
TITLES: dict[str, Any] = {"type": "array", "items": {"type": "string"}, "maxItems": MOST_TITLES}
"""The JSON schema of titles of a model's own."""


@lru_cache(maxsize=8)
def load_prompt(name: str) -> Template:
    """Return a prompt of agents/prompts by its file name without ending."""
    return Template((_PROMPTS / f"{name}.md").read_text(encoding="utf-8"))


def json_messages(brief: PlanBrief) -> list[Message]:
    """Return the messages that ask for a JSON plan; examples stand as turns between the stable part and the new."""
    told = {"nouns": brief.nouns[1], "fields": _fields(brief)}
    shown = [
        {"role": role, "content": text}
        for example in nearest(brief, _N_EXAMPLES)
        for role, text in (("user", example.said), ("assistant", example.answer))
    ]
    return [_system("plan_json", told, brief, "write"), *shown, {"role": "user", "content": _conversation(brief)}]


def tool_messages(brief: PlanBrief) -> list[Message]:
    """Return the messages that ask for tool calls, with examples before the conversation."""
    told = {"nouns": brief.nouns[1], "fields": _fields(brief)}
    shown = "\n".join(f"{example.said}\n→ {example.calls}" for example in nearest(brief, _N_EXAMPLES))
    asked = f"Examples:\n{shown}\n\nNow yours:\n{_conversation(brief)}"
    return [_system("plan_tools", told, brief, "call suggest_titles with"), {"role": "user", "content": asked}]


def _system(name: str, told: dict[str, str], brief: PlanBrief, how: str) -> Message:
    """Write the part that stays the same; `how` a model gives titles of its own is told where they are wanted."""
    text = load_prompt(name).substitute(told).strip()
    if brief.suggests:
        text += "\n\n" + load_prompt("plan_titles").substitute(nouns=brief.nouns[1], how=how).strip()
    return {"role": "system", "content": text}


def _fields(brief: PlanBrief) -> str:
    return "\n".join(f"- {f.name}: {_kind(f, brief.hints.get(f.name, []))}" for f in usable_fields(brief.fields))


def _kind(field: Field, hints: list[str]) -> str:
    if field.role is Role.PERSON:
        return "names of people"
    if field.role is Role.FACET and hints and is_flag(field, hints[0]):
        return "yes or no"
    if field.role is Role.FACET:
        return ", ".join([*hints[:_SHOWN_HINTS], "…"]) if hints else "words"
    if field.role is Role.DATE:
        return f"date as YYYY-MM-DD, from {field.low:.0f} to {field.high:.0f}" if field.low and field.high else "date"
    unit = "" if field.unit in ("", "year") else f", in {field.unit}"
    low, high = (f"{bound:.0f}" if bound is not None else "?" for bound in (field.low, field.high))
    return f"number {low}–{high}{unit}"


def _conversation(brief: PlanBrief) -> str:
    lines = [f"Known of the user: {brief.profile[:_PROFILE_CHARS]}"] if brief.profile else []
    lines += [BEFORE + past.user[:_PAST_CHARS] for past in brief.past]
    if brief.slate:
        lines.append(f"On screen: {len(brief.slate)} {brief.nouns[1]}, numbered 1 to {len(brief.slate)}.")
    known = [describe_filter(f, brief.fields[f.field]) for f in brief.ledger.filters if f.field in brief.fields]
    if known:
        lines.append(APPLIED + "; ".join(known) + ".")
    return "\n".join([*lines, LAST + brief.message[:_MESSAGE_CHARS]])


def plan_schema(fields: dict[str, Field], *, suggests: bool = False) -> dict[str, Any]:
    """Return the JSON schema of a plan: flat, fields and operators as enums.

    Every key is required: where a small model may choose which to write, it invents more.
    """
    ordered = [f.name for f in usable_fields(fields) if f.role in (Role.NUMBER, Role.DATE)]
    orders = [f"{end} {name}" for name in ordered for end in ("highest", "lowest")]
    properties = {
        "query": {"type": "string"},
        "limits": _limits_schema(fields),
        "similar_to": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "order_by": {"type": "string", "enum": ["", *orders]},
        "ask": {"type": "string"},
    }
    if suggests:
        properties["titles"] = TITLES
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _limits_schema(fields: dict[str, Field]) -> dict[str, Any]:
    scalar = [{"type": "string"}, {"type": "number"}]
    limit = {
        "field": {"type": "string", "enum": [f.name for f in usable_fields(fields)]},
        "op": {"type": "string", "enum": [*_WORD_OPS, *_NUMBER_OPS]},
        "value": {"anyOf": [*scalar, {"type": "array", "items": {"anyOf": scalar}}]},
    }
    one = {"type": "object", "properties": limit, "required": list(limit), "additionalProperties": False}
    return {"type": "array", "items": one, "maxItems": 6}


def tool_schemas(tools: Iterable[Tool[Any]], brief: PlanBrief) -> list[dict[str, Any]]:
    """Return the planning tools as a model sees them: numbers or titles for ids, no k, limits in one place only.

    Limits hold for every tool alike, and their schema repeated in each would be most of the prompt.
    """
    left_out = {"search_meaning": not brief.by_meaning, "suggest_titles": not brief.suggests}
    return [_as_seen(t.schema(), brief.fields) for t in tools if t.name in PLANNED_TOOLS and not left_out.get(t.name)]


def _as_seen(schema: dict[str, Any], fields: dict[str, Field]) -> dict[str, Any]:
    function = schema["function"]
    orders = [f.name for f in usable_fields(fields) if f.role in (Role.NUMBER, Role.DATE)]
    texts = {"type": "array", "items": {"type": "string"}}
    seen: dict[str, Any] = {
        "query": ("query", {"type": "string"}),
        "item_ids": ("items", texts),
        "order_by": ("order_by", {"type": "string", "enum": orders}),
        "descending": ("descending", {"type": "boolean"}),
        "text": ("text", {"type": "string"}),
        "choices": ("choices", texts),
        "titles": ("titles", TITLES),
    }
    if function["name"] == "filter_items":
        seen["filters"] = ("limits", _limits_schema(fields))
    given, needed = (function["parameters"].get(part, ()) for part in ("properties", "required"))
    properties = dict(seen[name] for name in given if name in seen)
    required = [seen[name][0] for name in needed if name in seen]
    described = {"name": function["name"], "description": function["description"].split(". ")[0]}
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {**described, "parameters": parameters}}
