"""A model's answer, in whichever form it came, → one unchecked draft of a plan."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, field_validator

from agents.model.text import json_values
from agents.state import ToolCall
from tools.suggest_titles import MOST_TITLES

PLANNED_TOOLS = (
    "filter_items", "search_keywords", "search_meaning", "similar_items", "suggest_titles", "ask_user",
)  # fmt: skip
TITLE_CHARS = 120
_KEYS = frozenset({"limits", "filters", "query", "similar_to", "order_by", "ask"})
_NAMES = {
    "limits": ("limits", "filters"),
    "similar_to": ("similar_to", "items", "item_ids"),
    "order_by": ("order_by",),
    "query": ("query",),
    "ask": ("ask", "question", "text"),
    "titles": ("titles",),
    "choices": ("choices",),
    "descending": ("descending",),
}
"""What a draft calls a thing, and what models call it."""


class Draft(BaseModel):
    """What a model wants done; nothing in it is believed yet."""

    limits: list[dict[str, Any]] = []
    query: str = ""
    similar_to: list[str] = []
    order_by: str = ""
    descending: bool = True
    ask: str = ""
    choices: list[str] = []
    titles: list[str] = []
    """Titles of its own knowledge."""
    strays: list[str] = []
    """Tools it called that are not for planning."""

    @field_validator("limits", mode="before")
    @classmethod
    def _dicts(cls, value: Any) -> list[dict[str, Any]]:
        parts = value if isinstance(value, list) else [value]
        return [part for part in parts if isinstance(part, dict)]

    @field_validator("similar_to", "choices", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> list[str]:
        parts = value if isinstance(value, list) else [value]
        return [str(part) for part in parts if isinstance(part, str | int) and str(part).strip()]

    @field_validator("titles", mode="before")
    @classmethod
    def _titles(cls, value: Any) -> list[str]:
        return titles_in(value)

    @field_validator("query", "order_by", "ask", mode="before")
    @classmethod
    def _text(cls, value: Any) -> str:
        if isinstance(value, dict):
            value = value.get("text") or value.get("question") or value.get("field")
        return value.strip() if isinstance(value, str) else ""

    @field_validator("descending", mode="before")
    @classmethod
    def _truth(cls, value: Any) -> bool:
        return str(value).strip().lower() not in ("false", "0", "asc", "ascending", "no")


def titles_in(value: Any) -> list[str]:
    """Return the titles a model wrote, in order, each once, at most twenty; whatever else is there is left out."""
    parts = value if isinstance(value, list) else []
    named = (part.get("title") if isinstance(part, dict) else part for part in parts)
    titles = (" ".join(title.split())[:TITLE_CHARS] for title in named if isinstance(title, str))
    return list(dict.fromkeys(title for title in titles if title))[:MOST_TITLES]


def draft_from_text(text: str) -> Draft | None:
    """Read a JSON plan out of a text; None where there is none."""
    plans = [value for value in json_values(text) if isinstance(value, dict) and _KEYS & set(value)]
    return _read(plans[0]) if plans else None


def draft_from_calls(calls: Sequence[ToolCall]) -> Draft | None:
    """Merge tool calls into one draft; None where none of them is a planning tool."""
    known = [call for call in calls if call.tool in PLANNED_TOOLS]
    if not known:
        return None
    parts = [_read(call.args) for call in known]
    return Draft(
        limits=[limit for part in parts for limit in part.limits],
        query=max((part.query for part in parts), key=len),
        similar_to=[name for part in parts for name in part.similar_to],
        order_by=next((part.order_by for part in parts if part.order_by), ""),
        descending=next((part.descending for part in parts if part.order_by), True),
        ask=next((part.ask for part in parts if part.ask), ""),
        choices=next((part.choices for part in parts if part.choices), []),
        titles=titles_in([title for part in parts for title in part.titles]),
        strays=[call.tool for call in calls if call.tool not in PLANNED_TOOLS],
    )


def _read(raw: dict[str, Any]) -> Draft:
    found = {name: next((raw[key] for key in keys if raw.get(key) is not None), None) for name, keys in _NAMES.items()}
    question, order = found["ask"], str(found["order_by"] or "")
    if match := re.fullmatch(r"(highest|lowest) (.+)", order.strip()):
        found |= {"order_by": match[2], "descending": match[1] == "highest"}
    if isinstance(question, dict) and question.get("choices"):
        found["choices"] = question["choices"]
    return Draft.model_validate({name: value for name, value in found.items() if value is not None})
