"""What a chat completion asks for, read into a line of `/v1/recommend`; what cannot be given is refused by name."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from agents.stateless import Past
from errors import InputError
from retrieval.items import Filter

MAX_MESSAGES = 1000
_SILENT = ("system", "developer")
"""Roles whose messages are taken and change nothing: limits are the user's, and no prompt overrides how we work."""
_TALKING = ("user", "assistant")
_LISTED = re.compile(r"^\d+\. \*\*(.+?)\*\*( \(\d{4}\))?", re.MULTILINE)
"""An item of a list as we write it."""
_ESCAPED = re.compile(r"\\([^\w\s])")


Text = Annotated[str, Field(max_length=1_000_000)]
"""Bounded, for only then are characters refused that stand alone as half a pair and could never be sent back."""


class Refused(InputError):
    """A request whose `param` asks for what this server does not do."""

    def __init__(self, message: str, param: str, code: str | None = None) -> None:
        """Name the parameter and a code that programs can tell apart."""
        super().__init__(message)
        self.param = param
        self.code = code


class _Open(BaseModel):
    """Base of what clients send: fields we do not know are ignored."""

    model_config = ConfigDict(extra="ignore")


class Part(_Open):
    """One part of a message."""

    type: Text = "text"
    text: Text | None = None


class ShownItem(_Open):
    """One item of an earlier answer."""

    item_id: Text


class Shown(_Open):
    """The extension field of an earlier answer, sent back with it."""

    items: list[ShownItem] = []


class MessageIn(_Open):
    """One message: user and assistant talk; system and developer messages change nothing here."""

    role: Text
    content: Text | list[Part] | None = None
    cicerone: Shown | None = Field(default=None, description="As it came with that answer; optional.")


class StreamOptions(_Open):
    """What a stream also tells."""

    include_usage: bool | None = False


class Wishes(BaseModel):
    """Our extension of a request: what a program knows beside the words."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    filters: list[Filter] = Field(default=[], description="Hard limits, as in /v1/recommend.")
    history: list[Past] = Field(default=[], max_length=10_000, description="What the user took before.")
    exclude: list[str] = Field(default=[], max_length=10_000, description="Items never to recommend.")
    k: int | None = Field(default=None, ge=1, le=50, description="How many items to show.")
    adventure: float | None = Field(default=None, ge=-1, le=1, description="Familiar (-1) to adventurous (1).")


class CompletionIn(_Open):
    """A chat completion request; sampling parameters and unknown fields are ignored."""

    model: str = Field(default="cicerone", max_length=300, description='"cicerone", or "cicerone/CATALOGUE".')
    messages: list[MessageIn] = Field(min_length=1, max_length=MAX_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    response_format: dict[str, Any] | None = None
    modalities: list[Any] | None = None
    cicerone: Wishes = Wishes()

    def line(self) -> dict[str, Any]:
        """Return the conversation up to the last user message, as a line. Raises Refused for what is not done here."""
        self._refuse()
        for place, message in enumerate(self.messages):
            if message.role not in (*_SILENT, *_TALKING):
                raise Refused(
                    f"A message of role {message.role[:40]!r} cannot be used; the roles are system, developer, user "
                    "and assistant.",
                    f"messages[{place}].role",
                )
        context = [_said(message, place) for place, message in enumerate(self.messages) if message.role in _TALKING]
        while context and context[-1]["role"] != "user":
            context.pop()
        if not context:
            raise Refused("There is no user message. Add one that says what is looked for.", "messages")
        if not context[-1]["text"].strip():
            raise Refused("The last user message is empty. Say what you are looking for.", "messages")
        asked = self.cicerone.model_dump(exclude_none=True, exclude_defaults=True)
        return {"context": [message for message in context if message["text"].strip()], **asked}

    def _refuse(self) -> None:
        wanted = {
            "tools": bool(self.tools),
            "functions": bool(self.functions),
            "n": self.n not in (None, 1),
            "logprobs": bool(self.logprobs),
            "top_logprobs": bool(self.top_logprobs),
            "response_format": (self.response_format or {}).get("type", "text") != "text",
            "modalities": self.modalities not in (None, ["text"]),
        }
        for param, is_wanted in wanted.items():
            if is_wanted:
                raise Refused(f"{_REFUSALS[param]} Leave {param} out.", param, "unsupported_parameter")


_REFUSALS = {
    "tools": "The guide calls its own tools and cannot call yours.",
    "functions": "The guide calls its own tools and cannot call yours.",
    "n": "There is one answer to a request.",
    "logprobs": "There are no log probabilities here.",
    "top_logprobs": "There are no log probabilities here.",
    "response_format": "The reply is text; the items are in the field cicerone of the message, as JSON.",
    "modalities": "The reply is text.",
}


def _said(message: MessageIn, place: int) -> dict[str, Any]:
    text = _text(message.content, place)
    if message.role == "user":
        return {"role": "user", "text": text}
    shown = [item.item_id for item in message.cicerone.items] if message.cicerone else []
    return {"role": "assistant", "text": _as_shown(text), **({"items": shown} if shown else {})}


def _text(content: str | list[Part] | None, place: int) -> str:
    if isinstance(content, str) or content is None:
        return content or ""
    for i, part in enumerate(content):
        if part.type not in ("text", "refusal"):
            raise Refused(
                f"A part of type {part.type[:40]!r} cannot be read here; send text.",
                f"messages[{place}].content[{i}].type",
                "unsupported_content",
            )
    return "\n".join(part.text for part in content if part.text)


def _as_shown(text: str) -> str:
    """Return an earlier answer of ours as the titles it listed: those are what "the second one" means."""
    listed = [title + (year or "") for title, year in _LISTED.findall(text)]
    return _ESCAPED.sub(r"\1", "\n".join(listed) or text)
