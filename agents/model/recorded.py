"""A model's exchanges written down while a turn runs, and given back word for word when it is replayed."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from agents.model.chat import ChatModel, Message, ModelReply, Usage
from agents.model.endpoint import Endpoint
from agents.state import ToolCall
from errors import ModelError, ModelUnavailable

_SHOWN_CHARS = 160


class Exchange(BaseModel):
    """One request to a chat model, and what came of it."""

    messages: list[Message]
    tools: list[dict[str, Any]] | None = None
    answer_schema: dict[str, Any] | None = None
    max_tokens: int = 0
    streamed: bool = False
    pieces: list[str] = []
    """The answer as it came; in one piece where it was not streamed. Fewer than it had where nobody read on."""
    calls: list[ToolCall] = []
    tokens: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    estimated: bool = False
    seconds: float = 0
    error: str = ""
    """Name of the error it ended in; "" where it ended well."""
    error_text: str = ""

    @property
    def text(self) -> str:
        """The answer."""
        return "".join(self.pieces)

    @property
    def usage(self) -> Usage:
        """What it cost."""
        return Usage(self.tokens, self.tokens_out, self.tokens_cached, self.estimated)

    def spent(self, usage: Usage) -> None:
        """Note what it cost."""
        self.tokens, self.tokens_out = usage.tokens, usage.tokens_out
        self.tokens_cached, self.estimated = usage.tokens_cached, usage.estimated


def _asked(
    messages: Sequence[Message],
    tools: Sequence[dict[str, Any]] | None,
    schema: dict[str, Any] | None,
    max_tokens: int,
) -> Exchange:
    """Write down a request for a whole answer."""
    given = list(tools) if tools else None
    return Exchange(messages=list(messages), tools=given, answer_schema=schema, max_tokens=max_tokens)


class RecordingModel:
    """A chat model for one turn that keeps every exchange, failed ones too."""

    def __init__(self, model: ChatModel) -> None:
        self.exchanges: list[Exchange] = []
        known = model.endpoint
        self.began_with = known.model_copy(deep=True, update={"base_url": f"//{known.host}" if known.base_url else ""})
        """What was known of it when the turn began; of its address only the host, for there may be a key in it."""
        self._model = model

    @property
    def name(self) -> str:
        """The model's own name."""
        return self._model.name

    @name.setter
    def name(self, name: str) -> None:
        self._model.name = name

    @property
    def endpoint(self) -> Endpoint:
        """The model's own; planning may add to it."""
        return self._model.endpoint

    @endpoint.setter
    def endpoint(self, endpoint: Endpoint) -> None:
        self._model.endpoint = endpoint

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 700,
        timeout_s: float,
    ) -> ModelReply:
        """Return the whole answer of the model behind."""
        exchange = _asked(messages, tools, schema, max_tokens)
        with self._kept(exchange):
            reply = await self._model.complete(
                messages, tools=tools, schema=schema, max_tokens=max_tokens, timeout_s=timeout_s
            )
            exchange.pieces, exchange.calls = [reply.text], reply.calls
            cost = Usage()
            cost.add(reply)
            exchange.spent(cost)
            return reply

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer of the model behind, piece by piece."""
        exchange = Exchange(messages=list(messages), max_tokens=max_tokens, streamed=True)
        cost = Usage()
        with self._kept(exchange):
            try:
                stream = self._model.stream(messages, max_tokens=max_tokens, timeout_s=timeout_s, usage=cost)
                async with aclosing(stream) as pieces:
                    async for piece in pieces:
                        exchange.pieces.append(piece)
                        yield piece
            finally:
                exchange.spent(cost)
                if usage is not None:
                    usage.add(cost)

    def _kept(self, exchange: Exchange) -> "_Kept":
        self.exchanges.append(exchange)
        return _Kept(exchange)


class _Kept:
    """Times an exchange and notes what it ended in."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._started_s = time.monotonic()

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        self._exchange.seconds = round(time.monotonic() - self._started_s, 3)
        if kind is not None and not issubclass(kind, GeneratorExit):  # whoever has read enough closes the stream
            self._exchange.error, self._exchange.error_text = kind.__name__, str(error)


class ReplayedModel:
    """Gives the answers of recorded exchanges in their order; `differences` says where other things were asked."""

    def __init__(self, exchanges: Sequence[Exchange], name: str, endpoint: Endpoint) -> None:
        self.name = name
        self.endpoint = endpoint.model_copy(deep=True)
        self.differences: list[str] = []
        self._exchanges = list(exchanges)
        self._n_asked = 0

    @property
    def n_left(self) -> int:
        """Recorded exchanges nobody asked for (again)."""
        return len(self._exchanges) - self._n_asked

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        max_tokens: int = 700,
        timeout_s: float,
    ) -> ModelReply:
        """Return the next recorded answer. Raises what the recorded one ended in."""
        exchange = self._next(_asked(messages, tools, schema, max_tokens))
        _end(exchange)
        return ModelReply(text=exchange.text, calls=exchange.calls, **asdict(exchange.usage))

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the pieces of the next recorded answer. Raises what the recorded one ended in."""
        exchange = self._next(Exchange(messages=list(messages), max_tokens=max_tokens, streamed=True))
        if usage is not None:
            usage.add(exchange.usage)
        for piece in exchange.pieces:
            yield piece
        _end(exchange)

    def _next(self, asked: Exchange) -> Exchange:
        self._n_asked += 1
        if self._n_asked > len(self._exchanges):
            self.differences.append(f"request {self._n_asked} to the model: the trace holds no such request")
            raise ModelUnavailable("The trace holds no answer to this request.")
        recorded = self._exchanges[self._n_asked - 1]
        self.differences += [f"request {self._n_asked} to the model: {what}" for what in _unlike(recorded, asked)]
        return recorded


def _unlike(recorded: Exchange, asked: Exchange) -> Iterator[str]:
    """Say in what a request is not the recorded one."""
    if recorded.streamed != asked.streamed:
        yield "streamed, and was not" if asked.streamed else "not streamed, and was"
    if len(recorded.messages) != len(asked.messages):
        yield f"{len(asked.messages)} messages, was {len(recorded.messages)}"
    for old, new in zip(recorded.messages, asked.messages, strict=False):
        if old != new:
            was, now = parted(json.dumps(old.get("content")), json.dumps(new.get("content")))
            yield f"{new.get('role')} message: was {was}, is {now}"
            break
    for what in ("tools", "answer_schema", "max_tokens"):
        was, now = (json.dumps(getattr(one, what), sort_keys=True) for one in (recorded, asked))
        if was != now:
            was, now = parted(was, now)
            yield f"{what.replace('_', ' ')}: was {was}, is {now}"


def parted(was: str, now: str) -> tuple[str, str]:
    """Return two unlike texts from a little before they part, cut short."""
    same = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    start = max(0, same - 30)
    before = "…" * (start > 0)
    return tuple(  # type: ignore[return-value]
        before + text[start : start + _SHOWN_CHARS] + "…" * (len(text) > start + _SHOWN_CHARS) for text in (was, now)
    )


def _end(exchange: Exchange) -> None:
    """Raise what a recorded exchange ended in, if it ended badly."""
    if not exchange.error:
        return
    if exchange.error in (TimeoutError.__name__, asyncio.CancelledError.__name__):
        raise TimeoutError(exchange.error_text)
    kinds = {kind.__name__: kind for kind in _kinds(ModelError)}
    raise kinds.get(exchange.error, ModelUnavailable)(exchange.error_text)


def _kinds(kind: type[ModelError]) -> Iterator[type[ModelError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
