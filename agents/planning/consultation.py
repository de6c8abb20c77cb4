"""What a planner and its model say to each other in one turn, by native tool calls or as JSON plans."""

import json
import time

from agents.model.chat import ChatModel, Message, ModelReply, ToolsRefused, TooSlow
from agents.model.text import tool_calls_in
from agents.planning.brief import PlanBrief
from agents.planning.draft import Draft, draft_from_calls, draft_from_text
from agents.planning.prompts import json_messages, plan_schema, tool_messages, tool_schemas
from agents.state import ToolCall
from tools import TOOLS

_MAX_TOKENS = 400
_TITLES_TOKENS = 400
"""Room for twenty titles with their years."""
_WRONG_CHARS = 500
_NO_PLAN = "This is not the JSON object asked for. Answer with that object alone."
_DONE = "done"


class Consultation:
    """One conversation with a planning model: ask, then tell it what its plan found or that it was none, ask again."""

    def __init__(self, model: ChatModel, brief: PlanBrief, deadline: float, *, native: bool) -> None:
        """Talk until `deadline` on the clock of time.monotonic(), at first by native calls where `native`."""
        self._model = model
        self._brief = brief
        self._deadline = deadline
        self._native = native
        self._since: list[Message] = []
        """What was said after the first question."""
        self._reply = ModelReply()
        self._max_tokens = _MAX_TOKENS + (_TITLES_TOKENS if brief.suggests else 0)

    async def draft(self) -> Draft | None:
        """Ask once more; None where the answer holds no plan.

        Raises ModelUnavailable or ModelNonsense. A server that takes no tools is asked for JSON in the same breath.
        """
        if self._native:
            try:
                return await self._by_tools()
            except ToolsRefused as error:
                self._brief.notes.append(str(error))
                self.correct()
        schema = plan_schema(self._brief.fields, suggests=self._brief.suggests)
        reply = self._reply = await self._model.complete(
            [*json_messages(self._brief), *self._since],
            schema=schema,
            max_tokens=self._max_tokens,
            timeout_s=self._left_s,
        )
        return draft_from_text(reply.text) or draft_from_calls(reply.calls or tool_calls_in(reply.text))

    async def _by_tools(self) -> Draft | None:
        """Ask with tools; a model that answers in text, or not in time, is asked for JSON from the next plan on."""
        tools = tool_schemas(TOOLS, self._brief)
        endpoint = self._model.endpoint
        try:
            reply = self._reply = await self._model.complete(
                [*tool_messages(self._brief), *self._since],
                tools=tools,
                max_tokens=self._max_tokens,
                timeout_s=self._left_s,
            )
        except TooSlow:
            endpoint.tools = False
            raise
        endpoint.tools = bool(reply.calls)
        # Small models write their calls as JSON text; some write a JSON plan at once.
        return draft_from_calls(reply.calls or tool_calls_in(reply.text)) or draft_from_text(reply.text)

    def correct(self) -> None:
        """Say that the last answer was no plan; who was asked for tool calls is asked for JSON instead."""
        if self._native:
            self._native, self._since = False, []
        else:
            self._since += [self._said(), {"role": "user", "content": _NO_PLAN}]

    def tell(self, findings: dict[str, str]) -> None:
        """Answer the last plan with what it found, by tool."""
        if self._reply.calls and self._native:
            self._since += [_called(self._reply.calls), *_results(self._reply.calls, findings)]
        else:
            told = " ".join(f"{tool}: {text}" for tool, text in findings.items())
            self._since += [self._said(), {"role": "user", "content": f"{told} Plan again."}]

    @property
    def _left_s(self) -> float:
        return max(0.1, self._deadline - time.monotonic())

    def _said(self) -> Message:
        return {"role": "assistant", "content": self._reply.text[:_WRONG_CHARS]}


def _called(calls: list[ToolCall]) -> Message:
    made = [
        {"id": f"call_{i}", "type": "function", "function": {"name": call.tool, "arguments": json.dumps(call.args)}}
        for i, call in enumerate(calls)
    ]
    return {"role": "assistant", "content": "", "tool_calls": made}


def _results(calls: list[ToolCall], findings: dict[str, str]) -> list[Message]:
    """Answer every call, as the protocol wants; what no call asked for by its name goes to the last of them."""
    told = [findings.get(call.tool, "") for call in calls]
    rest = [text for tool, text in findings.items() if tool not in {call.tool for call in calls}]
    told[-1] = " ".join(filter(None, [told[-1], *rest]))
    return [{"role": "tool", "tool_call_id": f"call_{i}", "content": text or _DONE} for i, text in enumerate(told)]
