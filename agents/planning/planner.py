"""The planner that asks a model: at most two calls, native tool calls or a JSON plan, and every answer is checked."""

import time
from typing import Any

from agents.model.chat import ChatModel, Message, ModelReply, ToolsRefused, TooSlow
from agents.model.text import tool_calls_in
from agents.planning.brief import PastWords, PlanBrief
from agents.planning.check import check_plan
from agents.planning.draft import Draft, draft_from_calls, draft_from_text
from agents.planning.prompts import json_messages, plan_schema, tool_messages, tool_schemas
from agents.state import Plan
from errors import ModelNonsense
from settings import Settings
from tools import TOOLS

__all__ = ["PastWords", "PlanBrief", "plan_with_model"]

_MAX_TOKENS = 400


async def plan_with_model(model: ChatModel, brief: PlanBrief, settings: Settings) -> Plan:
    """Return the checked plan of one turn; what is dropped is added to `brief.notes`.

    Raises ModelUnavailable, or ModelNonsense after a second answer that is no plan either.
    """
    deadline = time.monotonic() + settings.llm_timeout_s
    draft: Draft | None = None
    wrong: list[Message] = []
    if settings.llm_tools == "native" or (settings.llm_tools == "auto" and model.takes_tools):
        try:
            draft = await _by_tools(model, brief, deadline)
        except ToolsRefused as error:
            brief.notes.append(str(error))
    else:
        draft, wrong = await _by_json(model, brief, deadline, [])
    if draft is None:
        draft, _ = await _by_json(model, brief, deadline, wrong)
    if draft is None:
        raise ModelNonsense("The language model gave no usable plan.")
    plan, dropped = check_plan(draft, brief)
    brief.notes += dropped
    return plan


async def _by_tools(model: ChatModel, brief: PlanBrief, deadline: float) -> Draft | None:
    """Ask with tools; a model that answers in text, or not in time, is asked for JSON from the next plan on."""
    tools = tool_schemas(TOOLS, brief.fields)
    try:
        reply = await _ask(model, tool_messages(brief), deadline, tools=tools)
    except TooSlow:
        model.takes_tools = False
        raise
    model.takes_tools = model.takes_tools and bool(reply.calls)
    # Small models write their calls as JSON text; some write a JSON plan at once.
    return draft_from_calls(reply.calls or tool_calls_in(reply.text)) or draft_from_text(reply.text)


async def _by_json(
    model: ChatModel, brief: PlanBrief, deadline: float, wrong: list[Message]
) -> tuple[Draft | None, list[Message]]:
    """Ask for a JSON plan, after a wrong one with that and what is wrong about it; return also the wrong answer."""
    reply = await _ask(model, [*json_messages(brief), *wrong], deadline, schema=plan_schema(brief.fields))
    draft = draft_from_text(reply.text) or draft_from_calls(reply.calls or tool_calls_in(reply.text))
    told = "This is not the JSON object asked for. Answer with that object alone."
    return draft, [{"role": "assistant", "content": reply.text[:500]}, {"role": "user", "content": told}]


async def _ask(model: ChatModel, messages: list[Message], deadline: float, **how: Any) -> ModelReply:
    left_s = max(0.1, deadline - time.monotonic())
    return await model.complete(messages, max_tokens=_MAX_TOKENS, timeout_s=left_s, **how)
