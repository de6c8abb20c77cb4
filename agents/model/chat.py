"""The face of every chat model: what is asked, what comes back, what it cost, and how it may fail."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from agents.model.endpoint import Endpoint
from agents.state import ToolCall
from errors import ModelNonsense, ModelUnavailable

Message = dict[str, Any]


class TooSlow(ModelUnavailable):
    """No whole answer within the time given."""


class ToolsRefused(ModelNonsense):
    """The server takes no tools; ask again without."""


class ModelReply(BaseModel):
    """One finished answer of a chat model."""

    text: str = ""
    calls: list[ToolCall] = []
    """Native tool calls; calls written as text stay in `text`."""
    tokens: int = 0
    """Tokens of the prompt and of the answer."""
    tokens_out: int = 0
    """Those of the answer."""
    tokens_cached: int = 0
    """Those of the prompt that the server had read before."""
    estimated: bool = False
    """The server counted nothing: these are guesses from the number of letters."""


@dataclass
class Usage:
    """What one or more answers cost, filled while they come; also after a failure."""

    tokens: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    estimated: bool = False
    """Whether any of it is a guess."""

    @property
    def tokens_in(self) -> int:
        """Tokens of the prompts."""
        return self.tokens - self.tokens_out

    def add(self, spent: "Usage | ModelReply") -> None:
        """Add what another answer cost."""
        self.tokens += spent.tokens
        self.tokens_out += spent.tokens_out
        self.tokens_cached += spent.tokens_cached
        self.estimated = self.estimated or spent.estimated


class ChatModel(Protocol):
    """A model that talks; messages are {"role", "content"} dicts, system first."""

    name: str
    endpoint: Endpoint
    """What it is known to do; whoever finds out more notes it there."""

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 700,
        timeout_s: float,
    ) -> ModelReply:
        """Return the whole answer. Raises ModelUnavailable, ModelNonsense or ToolsRefused."""
        ...

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece, adding its cost to `usage`. Raises as `complete`, also midway."""
        ...
