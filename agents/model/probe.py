"""Finding out what a model and its server can do, by a handful of short calls."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from agents.model.chat import Message, ModelReply, ToolsRefused, Usage
from agents.model.endpoint import Endpoint
from agents.model.llm import OpenAIModel
from agents.model.local_llm import reached
from agents.model.metadata import context_in, metadata_of
from agents.model.text import json_values
from errors import ModelError
from settings import Settings

if TYPE_CHECKING:
    import httpx2

_WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tell the weather of one city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
_ANSWER = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["lantern", "harbour"]}},
    "required": ["answer"],
    "additionalProperties": False,
}
_LONG_WORDS = 6000
"""Of a prompt sent where nothing tells the length of the context: longer than any of ours."""


async def probe(settings: Settings, http_client: "httpx2.AsyncClient | None" = None) -> Endpoint:
    """Return what was found out about the configured model; takes about seven calls.

    Raises ModelUnavailable or ModelNonsense, one sentence for the user, where it does not answer at all.
    """
    return await _Probe(settings, http_client).run()


class _Probe:
    def __init__(self, settings: Settings, http_client: "httpx2.AsyncClient | None") -> None:
        self._settings = reached(settings)
        self._http = http_client
        self._model = OpenAIModel(self._settings, Endpoint.at(settings), http_client=http_client)
        self._found = self._model.endpoint

    async def run(self) -> Endpoint:
        first = await self._ask("Reply with the word ready.", max_tokens=16)
        self._found.counts_tokens = not first.estimated
        await self._stream()
        await self._tools()
        await self._schema()
        await self._object()
        await self._context()
        self._found.probed = date.today()
        return self._found

    async def _ask(self, text: str, max_tokens: int = 60, **how: Any) -> ModelReply:
        limit_s = self._settings.llm_timeout_s
        return await self._model.complete(_said(text), max_tokens=max_tokens, timeout_s=limit_s, **how)

    async def _stream(self) -> None:
        usage, started_s, came_s = Usage(), time.monotonic(), list[float]()
        self._found.streaming = False
        with suppress(ModelError):
            asked = _said("Count from 1 to 30 in words, separated by commas.")
            async for _ in self._model.stream(
                asked, max_tokens=80, timeout_s=self._settings.llm_timeout_s, usage=usage
            ):
                came_s.append(time.monotonic())
        if not came_s:
            return
        self._found.streaming = len(came_s) > 1
        self._found.first_token_ms = round((came_s[0] - started_s) * 1000)
        if (took_s := came_s[-1] - came_s[0]) > 0:
            self._found.tokens_per_s = round((usage.tokens_out - 1) / took_s, 1)

    async def _tools(self) -> None:
        text = "What is the weather in Rome, and what in Oslo? Call the tool once for each city, in one answer."
        self._found.tools = self._found.parallel_tools = False
        try:
            reply = await self._ask(text, max_tokens=120, tools=[_WEATHER])
        except ToolsRefused:
            return
        except ModelError:
            self._found.tools = self._found.parallel_tools = None
            return
        cities = {str(call.args.get("city", "")).lower() for call in reply.calls if call.tool == "weather"}
        self._found.tools = bool(cities - {""})
        self._found.parallel_tools = len(cities - {""}) > 1

    async def _schema(self) -> None:
        """Ask for what the schema forbids: only a server that holds its model to it gives the other."""
        self._found.json_schema = await self._gives('Answer with the JSON {"colour": "red"} and nothing else.', _obeys)

    async def _object(self) -> None:
        """The same without the schema; the server is told only that it is to be an object."""
        refused = "json_schema" in self._found.refused
        self._found.refused.add("json_schema")
        self._found.json_object = await self._gives("Which colour has snow? Answer in JSON.", _is_object)
        if not refused:
            self._found.refused.discard("json_schema")

    async def _gives(self, text: str, check: Callable[[str], bool]) -> bool | None:
        try:
            return check((await self._ask(text, schema=_ANSWER)).text)
        except ModelError:
            return None

    async def _context(self) -> None:
        self._found.context_tokens = context_in(await metadata_of(self._settings, self._http), self._found.model)
        if self._found.context_tokens is None:
            with suppress(ModelError):
                reply = await self._ask("one two three " * (_LONG_WORDS // 3) + "Reply: ready.", max_tokens=4)
                self._found.context_tokens = reply.tokens


def _said(text: str) -> list[Message]:
    return [{"role": "user", "content": text}]


def _obeys(text: str) -> bool:
    return any(isinstance(value, dict) and value.get("answer") in ("lantern", "harbour") for value in json_values(text))


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
