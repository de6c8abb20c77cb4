"""One question to an OpenAI-compatible server: every part is offered until the server refuses it, then left out."""

import re
from collections.abc import Sequence
from typing import Any

from agents.model.chat import ToolsRefused
from agents.model.endpoint import Endpoint

_MAX_STEPS_DOWN = 4
_REFUSALS = frozenset({400, 404, 422, 501})
_NAMED_BY = {
    "max_completion_tokens": r"max_completion_tokens",
    "max_tokens": r"max_tokens",
    "temperature": r"temperature",
    "reasoning_effort": r"reasoning",
    "stream_options": r"stream_options",
    "json_schema": r"response_format|schema|grammar|structured",
    "json_object": r"response_format|json_object|json mode|structured",
    "tools": r"tool|function",
}
"""Parts of a request a server may refuse, and the words by which its error names them."""
_EITHER = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_HEADROOM_FOR_THINKING = 4


class Request:
    """One question to the server, rebuilt with less after every refusal."""

    def __init__(
        self,
        endpoint: Endpoint,
        messages: Sequence[dict[str, str]],
        *,
        max_tokens: int,
        tools: Sequence[dict[str, Any]] | None = None,
        schema: dict[str, Any] | None = None,
        stream: bool = False,
        temperature: float = 0,
    ) -> None:
        self._endpoint = endpoint
        self._refused = set(endpoint.refused)
        self._messages = list(messages)
        self._max_tokens = max_tokens
        self._tools = list(tools or [])
        self._schema = schema
        self._stream = stream
        self._temperature = temperature
        self._n_steps = 0

    def body(self, model: str) -> dict[str, Any]:
        """Return the arguments of the request. Raises ToolsRefused where it needs tools and the server takes none."""
        if self._tools and "tools" in self._refused:
            raise ToolsRefused("The language model's server takes no tools.")
        limit = self._max_tokens * (1 if "reasoning_effort" in self._refused else _HEADROOM_FOR_THINKING)
        offered: dict[str, Any] = {
            "max_tokens": limit,
            "max_completion_tokens": limit,
            "temperature": self._temperature,
            "reasoning_effort": "low",
        }
        if self._stream:
            offered["stream_options"] = {"include_usage": True}
        if self._tools:
            offered["tools"] = self._tools
        body = {name: value for name, value in offered.items() if name not in self._refused}
        if self._stream:
            body["stream"] = True
        return {"model": model, "messages": self._messages, **body, **self._format()}

    def _format(self) -> dict[str, Any]:
        if self._schema and "json_schema" not in self._refused:
            described = {"name": "answer", "schema": self._schema}
            return {"response_format": {"type": "json_schema", "json_schema": described}}
        if self._schema and "json_object" not in self._refused:
            return {"response_format": {"type": "json_object"}}
        return {}

    def step_down(self, status: int, text: str) -> bool:
        """Leave out what the server refused, for good where its error names it. False when nothing is left to try."""
        if status not in _REFUSALS or self._n_steps == _MAX_STEPS_DOWN:
            return False
        self._n_steps += 1
        sent = self._sent()
        for name in sent:
            if re.search(_NAMED_BY[name], text[:2000], re.I):
                self._leave_out(name)
                return True
        unnamed = next((name for name in ("json_schema", "json_object", "tools") if name in sent), None)
        if unnamed is None or status == 404:
            return False
        self._refused.add(unnamed)
        return True

    def _sent(self) -> list[str]:
        body = self.body("")
        kind = body.get("response_format", {}).get("type")
        return [name for name in _NAMED_BY if name in body or name == kind]

    def _leave_out(self, name: str) -> None:
        for memory in (self._refused, self._endpoint.refused):
            memory.add(name)
            memory.discard(_EITHER.get(name, ""))
        if name == "tools":
            self._endpoint.tools = False
