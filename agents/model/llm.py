"""Any OpenAI-compatible server as a chat model; the only file that imports openai (late: it takes most of a second)."""

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from agents.model.breaker import CircuitBreaker
from agents.model.chat import Message, ModelReply, TooSlow, Usage
from agents.model.completion import Streamed, first, native_calls, plain, spent, text_of
from agents.model.endpoint import Endpoint
from agents.model.request import Request
from agents.model.text import strip_thinking
from errors import ModelError, ModelNonsense, ModelUnavailable
from settings import Settings

if TYPE_CHECKING:
    import httpx2

_MAX_RETRIES = 2
_CONNECT_S = 5.0


class OpenAIModel:
    """Any OpenAI-compatible server, spoken to through chat completions."""

    def __init__(
        self,
        settings: Settings,
        endpoint: Endpoint | None = None,
        *,
        temperature: float = 0,
        http_client: "httpx2.AsyncClient | None" = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        from openai import AsyncOpenAI

        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none"
        self.name = settings.llm_model
        address = settings.llm_base_url
        self.endpoint = endpoint or Endpoint.at(settings)
        self._client = AsyncOpenAI(api_key=key, base_url=address, max_retries=0, http_client=http_client)
        self._temperature = temperature
        self.breaker = CircuitBreaker(clock=clock)
        self._sleep = sleep
        self._clock = clock

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
        request = Request(
            self.endpoint,
            messages,
            tools=tools,
            schema=schema,
            max_tokens=max_tokens,
            temperature=self._temperature,
        )
        with self.breaker.guard():
            return self._reply(await self._ask(request, self._clock() + timeout_s), messages)

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int = 400, timeout_s: float, usage: Usage | None = None
    ) -> AsyncGenerator[str, None]:
        """Yield the answer piece by piece; closing the iterator closes the connection."""
        deadline = self._clock() + timeout_s
        usage = usage if usage is not None else Usage()
        request = Request(self.endpoint, messages, max_tokens=max_tokens, stream=True)
        with self.breaker.guard():
            chunks = await self._ask(request, deadline)
            shown = Streamed()
            try:
                while (chunk := await self._next(chunks, deadline)) is not None:
                    if piece := shown.take(chunk):
                        yield piece
            finally:
                usage.add(spent(shown.counted, messages, shown.n_chars))
                await _close(chunks)
            if not shown.n_chars:
                raise self._nonsense("gave an empty answer")
            if not shown.finished:
                raise ModelUnavailable(
                    f"The language model at {self.endpoint.host} stopped in the middle of its answer."
                )
            if rest := shown.thoughts.rest():
                yield rest

    async def _next(self, chunks: Any, deadline: float) -> dict[str, Any] | None:
        """Return the next chunk of a stream as a dict, None at its end."""
        if not hasattr(chunks, "__anext__"):
            raise self._nonsense("did not stream")
        try:
            async with asyncio.timeout(max(0.0, deadline - self._clock())):
                chunk = await anext(chunks, None)
        except Exception as error:  # the SDK lets json and transport errors of a broken stream through as they are
            raise self._explained(error) from error
        return None if chunk is None else plain(chunk)

    async def _ask(self, request: Request, deadline: float) -> Any:
        """Send one request; retry what may pass, step down from what the server refuses."""
        n_retries = 0
        while True:
            body = request.body(self.name)
            try:
                return await self._send(body, deadline)
            except Exception as error:  # everything the SDK raises is retried or explained
                if request.step_down(getattr(error, "status_code", 0), f"{error} {getattr(error, 'body', '')}"):
                    continue
                wait_s = self._wait_s(error, n_retries, deadline)
            n_retries += 1
            await self._sleep(wait_s)

    async def _send(self, body: dict[str, Any], deadline: float) -> Any:
        from openai import Timeout

        left_s = max(0.05, deadline - self._clock())
        timeout = Timeout(left_s, connect=min(_CONNECT_S, left_s))
        # The client's own time-out is per read: a server that drips a byte a second would never meet it.
        async with asyncio.timeout(left_s):
            return await self._client.chat.completions.create(**body, timeout=timeout)

    def _wait_s(self, error: Exception, n_retries: int, deadline: float) -> float:
        """Return how long to wait before the next try. Raises the explained error where there is to be none."""
        from openai import APIConnectionError, APITimeoutError

        status = getattr(error, "status_code", 0)
        lost = isinstance(error, APIConnectionError) and not isinstance(error, APITimeoutError)
        wait_s: float = 0.4 * 2**n_retries * random.uniform(0.5, 1.5)
        response = getattr(error, "response", None)
        if response is not None and (asked_s := _seconds(response.headers.get("retry-after"))) is not None:
            wait_s = asked_s
        may_pass = lost or status == 429 or (status >= 500 and status != 501)
        if not may_pass or n_retries >= _MAX_RETRIES or self._clock() + wait_s + 1 > deadline:
            raise self._explained(error) from error
        return wait_s

    def _explained(self, error: Exception) -> ModelError:
        """Return the error as one sentence for the user, without keys, prompts or bodies."""
        from openai import APIConnectionError, APIError, APITimeoutError

        who, status = f"The language model at {self.endpoint.host}", getattr(error, "status_code", 0)
        if isinstance(error, ModelError):
            return error
        if isinstance(error, TimeoutError | APITimeoutError):
            return TooSlow(f"{who} did not answer in time.")
        if status in (401, 403):
            return ModelUnavailable(f"{who} refused the key; check CICERONE_LLM_API_KEY.")
        if status == 404:
            return ModelUnavailable(f"{who} has no model {self.name!r}; check CICERONE_LLM_MODEL and _BASE_URL.")
        if status == 429:
            return ModelUnavailable(f"{who} is too busy or its quota is used up (429).")
        if status:
            return ModelUnavailable(f"{who} failed with status {status}.")
        if isinstance(error, APIConnectionError):
            return ModelUnavailable(f"{who} cannot be reached; check CICERONE_LLM_BASE_URL.")
        if isinstance(error, APIError):
            return ModelUnavailable(f"{who} broke off its answer.")
        return self._nonsense("sent something that is no chat completion; check CICERONE_LLM_BASE_URL")

    def _nonsense(self, what: str) -> ModelNonsense:
        return ModelNonsense(f"The language model at {self.endpoint.host} {what}.")

    def _reply(self, answer: Any, messages: Sequence[Message]) -> ModelReply:
        """Read a completion of whatever shape; the SDK does not validate what servers send."""
        raw = plain(answer)
        if not raw:
            raise self._nonsense("sent something that is no chat completion; check CICERONE_LLM_BASE_URL")
        message = first(raw.get("choices")).get("message")
        message = message if isinstance(message, dict) else {}
        text, calls = strip_thinking(text_of(message.get("content"))), native_calls(message.get("tool_calls"))
        if not text and not message.get("tool_calls"):
            raise self._nonsense("gave an empty answer")
        unread = json.dumps(message["tool_calls"]) if message.get("tool_calls") and not calls else ""
        cost = spent(raw, messages, len(text))
        return ModelReply(text=text or unread, calls=calls, **asdict(cost))


def _seconds(header: str | None) -> float | None:
    """Read a Retry-After header; dates are treated as absent."""
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:
        return None


async def _close(chunks: Any) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        await close()
