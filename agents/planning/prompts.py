"""A planning brief in words: the stable part first, so that servers can keep it cached; then the conversation."""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from agents.model.llm import Message
from agents.planning.brief import PlanBrief
from agents.planning.draft import PLANNED_TOOLS
from agents.wording import describe_filter, is_flag
from retrieval.items import Field, Role
from tools.spec import Tool

_PROMPTS = Path(__file__).parent.parent / "prompts"
_WORD_OPS = ["contains", "not_contains"]
_NUMBER_OPS = ["eq", "gte", "lte", "between"]
_USABLE = (Role.FACET, Role.PERSON, Role.NUMBER, Role.DATE)
_MESSAGE_CHARS = 1500
_PAST_CHARS = 200
_SHOWN_HINTS = 12
_APPLIED = "Applied already: "
_LAST = "LAST message: "


@lru_cache(maxsize=8)
def load_prompt(name: str) -> Template:
    """Return a prompt of agents/prompts by its file name without ending."""
    return Template((_PROMPTS / f"{name}.md").read_text(encoding="utf-8"))


def json_messages(brief: PlanBrief) -> list[Message]:
    """Return the messages that ask for a JSON plan."""
    told = {"nouns": brief.nouns[1], "fields": _fields(brief), "examples": _examples(brief)}
    return [_system("plan_json", told), {"role": "user", "content": _conversation(brief)}]


def tool_messages(brief: PlanBrief) -> list[Message]:
    """Return the messages that ask for tool calls."""
    told = {"nouns": brief.nouns[1], "fields": _fields(brief)}
    return [_system("plan_tools", told), {"role": "user", "content": _conversation(brief)}]


def _system(name: str, told: dict[str, str]) -> Message:
    return {"role": "system", "content": load_prompt(name).substitute(told).strip()}


def usable_fields(fields: dict[str, Field]) -> list[Field]:
    """Return the fields a limit may name."""
    return [field for field in fields.values() if field.role in _USABLE]


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
    lines = [f"User said before: {past.user[:_PAST_CHARS]}" for past in brief.past]
    if brief.slate:
        lines.append(f"On screen: {len(brief.slate)} {brief.nouns[1]}, numbered 1 to {len(brief.slate)}.")
    known = [describe_filter(f, brief.fields[f.field]) for f in brief.ledger.filters if f.field in brief.fields]
    if known:
        lines.append(_APPLIED + "; ".join(known) + ".")
    return "\n".join([*lines, _LAST + brief.message[:_MESSAGE_CHARS]])


def _examples(brief: PlanBrief) -> str:
    """Write examples with this catalogue's own fields, so that none of them speaks of another domain."""
    shown: list[tuple[str, dict[str, Any]]] = [
        (_LAST + "something calm and unusual for a quiet evening", {"query": "calm unusual quiet evening"}),
        (_LAST + "more like the second one", {"query": "", "similar_to": ["2"]}),
    ]
    fields = usable_fields(brief.fields)
    told = [f for f in fields if len(brief.hints.get(f.name, [])) >= 2]
    if facet := next((f for f in told if not is_flag(f, brief.hints[f.name][0])), None):
        no, yes = brief.hints[facet.name][:2]
        limits = [{"field": facet.name, "op": op, "value": v} for op, v in (("contains", yes), ("not_contains", no))]
        shown.append((f"{_LAST}{yes} but no {no}, good for a rainy day", {"query": "rainy day", "limits": limits}))
        shown.append((f"{_APPLIED}{facet.label}: {yes}.\n{_LAST}{yes} for a rainy day", {"query": "rainy day"}))
    if number := next((f for f in fields if f.role is Role.NUMBER and f.unit != "year"), None):
        shown.append((f"{_LAST}the highest {number.label}", {"query": "", "order_by": f"highest {number.name}"}))
    empty = {"query": "", "limits": [], "similar_to": [], "order_by": "", "ask": ""}
    return "\n".join(f"{said}\n{json.dumps({**empty, **plan}, ensure_ascii=False)}" for said, plan in shown)


def plan_schema(fields: dict[str, Field]) -> dict[str, Any]:
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


def tool_schemas(tools: Iterable[Tool[Any]], fields: dict[str, Field]) -> list[dict[str, Any]]:
    """Return the planning tools as a model sees them: numbers or titles for ids, no k, limits in one place only.

    Limits hold for every tool alike, and their schema repeated in each would be most of the prompt.
    """
    return [_as_seen(tool.schema(), fields) for tool in tools if tool.name in PLANNED_TOOLS]


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
    }
    if function["name"] == "filter_items":
        seen["filters"] = ("limits", _limits_schema(fields))
    given, needed = (function["parameters"].get(part, ()) for part in ("properties", "required"))
    properties = dict(seen[name] for name in given if name in seen)
    required = [seen[name][0] for name in needed if name in seen]
    described = {"name": function["name"], "description": function["description"].split(". ")[0]}
    parameters = {"type": "object", "properties": properties, "required": required}
    return {"type": "function", "function": {**described, "parameters": parameters}}
