"""A chat model that says what a test tells it to."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

from agents.model.chat import Message, ModelReply, Usage
from agents.model.endpoint import Endpoint

Scripted = str | list[str] | ModelReply | Exception


class ScriptedLLM:
    """Gives scripted replies in order: text, pieces of a streamed text, a whole reply, or an exception to raise.

    In a list, an exception may be the last piece. Use as a context manager: it fails where replies are left over.
    """

    name = "scripted"

    def __init__(self, *replies: Scripted | list[Any], takes_tools: bool = True) -> None:
        self.endpoint = Endpoint(tools=takes_tools)
        self.asked: list[dict[str, Any]] = []
        """Every request: messages, and tools, schema or stream where given."""
        self._replies = list(replies)

    def __enter__(self) -> "ScriptedLLM":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            assert not self._replies, f"{len(self._replies)} scripted replies were never asked for"

    def _next(self, **request: Any) -> Any:
        self.asked.append({name: value for name, value in request.items() if value})
        assert self._replies, f"no scripted reply is left for request {len(self.asked)}"
        reply = self._replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 700,
        timeout_s: float,
    ) -> ModelReply:
        reply = self._next(messages=list(messages), tools=tools, schema=schema)
        if isinstance(reply, ModelReply):
            return reply
        return ModelReply(text="".join(reply), tokens=10)

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        reply = self._next(messages=list(messages), stream=True)
        if usage is not None:
            usage.tokens += 10
        for piece in [reply] if isinstance(reply, str) else reply:
            if isinstance(piece, Exception):
                raise piece
            yield piece
