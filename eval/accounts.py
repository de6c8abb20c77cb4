"""What a system tells of a turn beside its words: the items with their reasons, the cost, what went wrong.

This agent tells all of it; of other systems' dialogues any part may be missing.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.events import Action, Question, Reason, TurnFinished
from retrieval.items import Filter


class Shown(BaseModel):
    """One item of a slate as it was shown."""

    item_id: str
    title: str = ""
    reasons: list[Reason] = []
    breaks: list[Filter] = []
    """Limits of which the slate says that the item does not meet them."""


class Call(BaseModel):
    """One tool call."""

    name: str
    ms: float = 0
    n_hits: int = 0
    error: str = ""


class Account(BaseModel):
    """What is told of one turn; the defaults stand for what is not told."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    shown: list[Shown] = []
    filters: list[Filter] = []
    """The limits the system took to be in force."""
    question: Question | None = None
    notices: list[str] = []
    planner: str = ""
    tools: list[Call] = []
    model_calls: int = Field(default=0, ge=0)
    tokens: int = Field(default=0, ge=0)
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    cost: float | None = None
    ms: float | None = None
    """None where nobody measured it."""
    action: Action | None = None
    """Of a user's turn: the click it was."""

    def line(self) -> dict[str, Any]:
        """Return what is told, as a line of dialogues holds it."""
        told = self.model_dump(exclude_unset=True)
        return told | ({"question": {**told["question"], "field": self.question.field}} if self.question else {})


_KEYS = frozenset(Account.model_fields)


def account_in(raw: dict[str, Any], where: str) -> Account | None:
    """Return what a turn tells beside its words, None where nothing. Raises ValueError naming the part."""
    told = {key: value for key, value in raw.items() if key in _KEYS and value is not None}
    if not told:
        return None
    try:
        return Account.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f'the "{".".join(map(str, first["loc"]))}" of {where}: {first["msg"]}') from error


def asked_turn(text: str, action: Action | None = None) -> dict[str, Any]:
    """Return a user's turn as a line of dialogues holds it."""
    turn: dict[str, Any] = {"role": "user", "text": text}
    return turn | ({"action": action.model_dump(exclude_defaults=True)} if action else {})


def answered_turn(finished: TurnFinished) -> dict[str, Any]:
    """Return a finished turn of this agent as a line of dialogues holds it."""
    role: Literal["assistant"] = "assistant"
    told: dict[str, Any] = {
        "role": role,
        "text": finished.reply,
        "items": [item.item_id for item in finished.items],
        "shown": [
            {
                "item_id": item.item_id,
                "title": item.title,
                "reasons": [reason.model_dump() for reason in item.reasons],
                "breaks": [given.model_dump() for given in item.breaks],
            }
            for item in finished.items
        ],
        "filters": [given.model_dump() for given in finished.filters],
        "notices": finished.notices,
        "planner": finished.planner,
        "tools": [Call.model_validate(call.model_dump()).model_dump() for call in finished.tools],
        "model_calls": finished.model_calls,
        "tokens": finished.tokens,
        "tokens_in": finished.tokens_in,
        "tokens_out": finished.tokens_out,
        "ms": finished.ms,
    }
    if finished.question:
        told["question"] = {**finished.question.model_dump(), "field": finished.question.field}
    return told | ({} if finished.cost is None else {"cost": finished.cost})
