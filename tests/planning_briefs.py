"""Briefs, scripted answers and plans: the shorthand of every test of planning with a model."""

import asyncio
import json
import time
from typing import Any

from fakes import ScriptedLLM

from agents.kit import Kit
from agents.model.chat import ModelReply
from agents.nouns import nouns_of
from agents.planning.planner import PlanBrief, plan_with_model
from agents.profile.state import Profile
from agents.state import PastTurn, Plan, Thread, ToolCall
from agents.turn import Turn
from agents.understanding.understand import understand
from retrieval.bundle import Bundle
from settings import Settings


def brief_of(bundle: Bundle, text: str, *, shown: list[str] | None = None, profile: Profile | None = None) -> PlanBrief:
    kit = Kit(bundle, Settings(_env_file=None), nouns_of(bundle.name))
    past = [PastTurn(turn_id="1", user="something", reply="here", slate=shown)] if shown else []
    thread = Thread(past=past)
    reading = understand(text, thread, bundle, kit.nouns)
    turn = Turn(turn_id="2", text=text, k=6, deadline_s=time.monotonic() + 60, thread=thread, reading=reading)
    turn.profile = profile or turn.profile
    return PlanBrief.of(turn, kit)


def plan_of(brief: PlanBrief, *replies: Any, tools: str = "json") -> Plan:
    settings = Settings(_env_file=None, llm_tools=tools)
    with ScriptedLLM(*replies) as model:
        return asyncio.run(plan_with_model(model, brief, settings))


def json_plan(**parts: Any) -> str:
    empty = {"query": "", "limits": [], "similar_to": [], "order_by": "", "ask": ""}
    return json.dumps({**empty, **parts})


def limit(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def native(*calls: tuple[str, dict[str, Any]]) -> ModelReply:
    return ModelReply(calls=[ToolCall(tool=name, args=args) for name, args in calls], tokens=10)


def args_of(plan: Plan) -> dict[str, dict[str, Any]]:
    return {call.tool: call.args for call in plan.calls}
